/** Casts between numbers, and their texts. Null is what does not fit; whether that is an error is for others to say. */

import { MATH } from './math.js';

const MAX = 9007199254740992;

/** To the nearest whole number, halves to even, as C's rint. */
function rint(x: number): number {
  const whole = Math.floor(x);
  const rest = x - whole;
  return (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole) + 0;
}

const within = (x: number, least: number, most: number): number | null => (x >= least && x <= most ? x : null);

/**
 * Digits and exponent of the shortest text that reads as x (positive) again, the nearest of those. At a power of two what
 * lies below is nearer than what lies above, so that the one above may do where the nearest does not.
 */
function shortest(x: number, least: number, same: (read: number) => boolean): [string, number] {
  for (let digits = least; ; digits++) {
    const text = x.toExponential(digits - 1);
    const above = text.replace(/[0-8](?=e)/, (digit) => String(Number(digit) + 1));
    const found = same(Number(text)) || digits >= 17 ? text : above;
    if (found === above && !same(Number(above))) continue;
    const [mantissa = '', exponent = ''] = found.split('e');
    return [mantissa.replace('.', '').replace(/0+$/, '') || '0', Number(exponent)];
  }
}

/** As DuckDB writes floats: with a point or an exponent of two digits. */
function written(x: number, [digits, exponent]: [string, number]): string {
  const sign = x < 0 || (x === 0 && 1 / x < 0) ? '-' : '';
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = Math.abs(exponent);
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1);
  return `${sign}${whole}${'0'.repeat(exponent + 1 - whole.length)}.${digits.slice(exponent + 1) || '0'}`;
}

function unusual(x: number): string | undefined {
  if (Number.isFinite(x)) return undefined;
  return Number.isNaN(x) ? 'nan' : x < 0 ? '-inf' : 'inf';
}

export const CAST_NUMBERS = {
  rint,
  f_toInt32: (x: number): number | null =>
    x >= -2147483648 && x < 2147483648 ? within(rint(x), -2147483648, 2147483647) : null,
  f_toInt64: (x: number): number | null => (x >= -MAX && x <= MAX ? rint(x) : null),
  f_toFloat32(x: number): number | null {
    if (x - x !== 0) return x;
    return x < 3.4028235677973366e38 && x > -3.4028235677973366e38 ? Math.fround(x) : null;
  },
  /** @param unit 10^scale */
  f_toDecimal: (x: number, unit: number): number | null => within(MATH.f_round(x * unit) + 0, -MAX, MAX),
  f_decimalToInt32: (x: number, unit: number): number | null =>
    within(MATH.f_roundQuotient(x, unit), -2147483648, 2147483647),
  f_toBool: (x: number): number => (x !== 0 ? 1 : 0),
  f_boolText: (x: number): string => (x === 1 ? 'true' : 'false'),
  f_wholeText: (x: number): string => String(x),
  f_floatText(x: number): string {
    const size = Math.abs(x);
    // So many digits are always kept, but by the smallest numbers.
    return (
      unusual(x) ??
      written(
        x,
        shortest(size, size < 1e-300 ? 1 : 15, (read) => read === size),
      )
    );
  },
  f_float32Text(x: number): string {
    const size = Math.abs(x);
    return (
      unusual(x) ??
      written(
        x,
        shortest(size, size < 1e-37 ? 1 : 6, (read) => Math.fround(read) === size),
      )
    );
  },
  f_decimalText(x: number, scale: number): string {
    const digits = String(Math.abs(x)).padStart(scale + 1, '0');
    const point = scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`;
    return `${x < 0 ? '-' : ''}${digits.slice(0, digits.length - scale)}${point}`;
  },
} as const;
