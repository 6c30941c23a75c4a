/** Numbers and small tables as R prints them in summaries. */

/** Rows under titles: the first column to the left, the others to the right. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, k) => Math.max(...all.map((row) => (row[k] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number))).join(' ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/**
 * Numbers of a column as R's format() has them: as many decimals for all as the one that needs most has for so many significant
 * digits; with exponents where that is shorter.
 */
export function formatAll(values: readonly number[], digits = 4): string[] {
  const parts = values.filter(Number.isFinite).map((value) => partsOf(value, digits));
  const most = (of: (part: Parts) => number, least: number): number => Math.max(least, ...parts.map(of));
  const decimals = most(({ significant, exponent }) => significant - 1 - exponent, 0);
  const mantissa = most(({ significant }) => significant - 1, 0);
  const fraction = (count: number): number => (count > 0 ? count + 1 : 0);
  const fixedWidth = most(({ exponent }) => exponent + 1, 1) + fraction(decimals);
  const exponentWidth = parts.some(({ exponent }) => Math.abs(exponent) > 99) ? 5 : 4;
  const isFixed = fixedWidth <= 1 + fraction(mantissa) + exponentWidth;
  return values.map((value) => {
    if (!Number.isFinite(value)) return String(value);
    return isFixed ? value.toFixed(decimals) : withExponent(value, mantissa);
  });
}

interface Parts {
  /** Digits without the zeros behind them. */
  readonly significant: number;
  readonly exponent: number;
}

function partsOf(value: number, digits: number): Parts {
  const [mantissa = '', exponent = ''] = Math.abs(value)
    .toExponential(digits - 1)
    .split('e');
  return { significant: mantissa.replace(/\.?0*$/, '').replace('.', '').length, exponent: Number(exponent) };
}

/** Exponents have two digits at least, so that they stand below each other. */
const withExponent = (value: number, decimals: number): string =>
  value.toExponential(decimals).replace(/([+-])(\d)$/, (_, sign, digit) => `${sign}0${digit}`);

/** So many significant digits, without zeros at the end. */
export function signif(value: number, digits = 4): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const [mantissa = '', exponent] = value.toPrecision(digits).split('e');
  if (exponent !== undefined && value >= 1e5 && value < 1e9) return String(Math.round(value));
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? short : `${short}e${exponent}`;
}

/** Probabilities of a column as R's format.pval() has them: below the spacing of numbers near 1 they only say so. */
export function formatProbabilities(values: readonly number[], digits = 3): string[] {
  const texts = new Map<number, string>();
  const groups = [values.filter((p) => p >= 1e-3), values.filter((p) => p < 1e-3 && p >= Number.EPSILON)];
  for (const group of groups)
    for (const [i, text] of formatAll(group, digits).entries()) texts.set(group[i] as number, text);
  return values.map((p) => (p < Number.EPSILON ? '<2e-16' : (texts.get(p) ?? String(p))));
}

export const formatProbability = (p: number): string => formatProbabilities([p])[0] as string;

/** `1 row`, `1000 rows`. */
export const counted = (n: number): string => `${n} ${n === 1 ? 'row' : 'rows'}`;
