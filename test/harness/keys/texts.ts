/** Texts that stand for values, as people write them into Redis: most of them well, some oddly, some not at all. */
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';

export type TextOf = (i: number) => string | Buffer;

/** Texts that are numbers somewhere, and that readers disagree about. */
const ODD_NUMBERS = [
  ...[
    ' 5 ',
    '\t7\n',
    '+5',
    '5.',
    '.5',
    '-.5',
    '.',
    '-',
    '+',
    '',
    ' ',
    '00012',
    '-0',
    '0.0',
    '1e3',
    '1E2',
    '1e+2',
    '1e',
    '1e-1',
  ],
  ...[
    '1e400',
    '-1e400',
    '1e-400',
    '1e300',
    '5e-324',
    '1.7976931348623157e308',
    'nan',
    'NaN',
    '-nan',
    'inf',
    '-inf',
    'Infinity',
  ],
  ...[
    'infin',
    '2147483647',
    '-2147483648',
    '2147483648',
    '4294967296',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740992',
  ],
  ...[
    '123456789012345678901234567890',
    '0.1',
    '0.30000000000000004',
    '12.345',
    '0.005',
    '-0.005',
    '0.5',
    '1.5',
    '2.5',
    '-2.5',
  ],
  ...[
    '5a',
    '0x10',
    '1_000',
    '1,5',
    '--5',
    '5 5',
    '٣',
    'true',
    'null',
    'abc',
    '5\0',
    '\u00a09',
    '1e5.5',
    '99999999999.995',
  ],
];
/** DuckDB rounds digits with an exponent and a fraction to whole numbers twice (docs/semantics.md). */
const ODD_DIGITS = ODD_NUMBERS.filter((text) => !/[.\d]e-|\.\d*e/i.test(text));
const BOOLS = ['true', 'false', 'TRUE', 'f', 't', 'yes', 'no', 'N', '1', '0', '01', ' true', '', 'on', '2', 'wahr'];
const DAYS = [
  ...[
    '2020-02-29',
    '2019-02-29',
    '2020-2-9',
    '2020-13-01',
    '0001-01-01',
    '12345-06-07',
    '1969-12-31',
    ' 1999-01-02',
    '',
    'gestern',
  ],
  ...[
    '2020-02-29 12:34:56',
    '2020-02-29T12:34:56Z',
    '2020-02-29 12:34:56.789',
    '1969-12-31 23:59:59.999',
    '2020-02-29 24:00:00',
  ],
  ...['2020-02-30', '20200229', '1700000000', '-5'],
];
const WORDS = [
  ...[
    '',
    ' ',
    'eu',
    'us',
    'EU',
    'é',
    'É',
    '🦆',
    'a\0b',
    '\n',
    "'",
    '"',
    '\\',
    '{}',
    'NaN',
    'null',
    '5',
    '-0',
    '\u{ffff}',
    '𝒳',
    '%s',
  ],
  ...['the same sixty-four bytes and more, which a small hash does not hold as a listpack', 'z'.repeat(300)],
];

const two = (n: number): string => String(n).padStart(2, '0');
const day = (i: number): string => `${1990 + (i % 50)}-${two(1 + (i % 12))}-${two(1 + ((i * 7) % 28))}`;

/** How a number is written well: canonically, or as JavaScript and C print doubles. */
function wellFormed(draw: Draw, type: ColumnType): TextOf {
  const step = draw.pick([1, 7, 7919]);
  const base = draw.int(-1000, 1000);
  const few = draw.pick([3, 17, 100_003]);
  const whole = (i: number): number => base + ((i * step) % few);
  if (type === 'int32' || type === 'int64') return (i) => String(whole(i));
  if (type.startsWith('decimal')) return (i) => (whole(i) / 100).toFixed(draw.pick([2])).replace(/^-0\.00$/, '0.00');
  return draw.pick<TextOf>([
    (i) => String(whole(i) / 8),
    (i) => String(whole(i) / 100),
    (i) => (whole(i) / 7).toPrecision(17),
    (i) => (whole(i) * 1e12 + 1 / 3).toExponential(),
    (i) => String((i % 3) - 1 === 0 ? 1e16 : (i % 3) - 1),
  ]);
}

/** Texts of which most are of a type; `i` is the row. */
export function drawTexts(draw: Draw, type: ColumnType, unit: 's' | 'ms' | undefined): TextOf {
  const good = goodTexts(draw, type, unit);
  const odd = draw.list(draw.int(1, 12), () => oddText(draw, type, unit));
  const every = draw.pick([0, 2, 5, 17, 90]);
  return (i) => (every > 0 && i % every === 0 ? (odd[Math.floor(i / every) % odd.length] as string) : good(i));
}

function goodTexts(draw: Draw, type: ColumnType, unit: 's' | 'ms' | undefined): TextOf {
  if (unit !== undefined) {
    const scale = unit === 's' ? 1 : 1000;
    return (i) => String((1_700_000_000 + i * 977 - (i % 3) * 1_800_000_000) * scale);
  }
  if (type === 'utf8') {
    const few = draw.pick([2, 11, 1_000_000]);
    return (i) => `w${i % few}`;
  }
  if (type === 'bool') return (i) => (i % 3 === 0 ? 'true' : '0');
  if (type === 'date') return day;
  if (type === 'timestamp')
    return (i) => `${day(i)}${i % 2 === 0 ? ' ' : 'T'}${two(i % 24)}:${two(i % 60)}:${two((i * 7) % 60)}.${i % 10}`;
  return wellFormed(draw, type);
}

function oddText(draw: Draw, type: ColumnType, unit: 's' | 'ms' | undefined): string {
  if (type === 'utf8') return draw.chance(0.7) ? draw.pick(WORDS) : draw.text(6);
  if (draw.chance(0.05)) return draw.text(4);
  if (unit === undefined && (type === 'timestamp' || type === 'date')) return draw.pick(DAYS);
  if (type === 'bool') return draw.pick(BOOLS);
  const isFloat = type.startsWith('float');
  return isFloat && draw.chance(0.2) ? String(draw.double()) : draw.pick(isFloat ? ODD_NUMBERS : ODD_DIGITS);
}
