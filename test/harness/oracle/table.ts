/** Random tables: every column type, every encoding, and the values that go wrong elsewhere. */
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from './draw.js';

/** A value as it is stored: ms, days, scaled integers, 0/1, numbers, strings. */
export type Stored = number | string | null;

export interface OracleColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: readonly Stored[];
  /** Values to compare with, that mostly occur. */
  readonly samples: readonly (number | string)[];
}

export interface OracleTable {
  readonly columns: readonly OracleColumn[];
  readonly rows: number;
  readonly chunkRows: number;
}

const NAMES = ['a', 'b', 'we"ird {0}', "it's", 'é🦆', 'select', 'g', 'h'];
export const TYPES: readonly ColumnType[] = [
  'float64',
  'float64',
  'float32',
  'int32',
  'int64',
  'bool',
  'utf8',
  'utf8',
  'timestamp',
  'date',
  'decimal(2)',
  'decimal(6)',
];

/** Around the widths of decoding, the units and the chunks. */
const SIZES = [0, 1, 2, 3, 7, 8, 9, 20, 40, 63, 64, 65, 100, 127, 128, 129, 200, 254, 255, 256, 300, 700];
const LARGE_SIZES = [8127, 8128, 8129, 8192, 12_000, 16_256, 16_257, 20_000, 25_000];

export function drawTable(draw: Draw, large: boolean): OracleTable {
  const rows = large ? draw.pick(LARGE_SIZES) : draw.pick(SIZES);
  const chunkRows = large ? draw.pick([8128, 10_000, 16_256, 65_024]) : draw.pick([1, 7, 8, 64, 100, 65_024]);
  const count = draw.int(1, 6);
  const columns = draw.list(count, (i) => drawColumn(draw, NAMES[i] as string, rows));
  return { columns, rows, chunkRows: Math.max(chunkRows, Math.ceil(rows / 40)) };
}

function drawColumn(draw: Draw, name: string, rows: number): OracleColumn {
  const type = draw.pick(TYPES);
  const base = draw.list(
    draw.int(1, draw.pick([1, 3, 12, 40])),
    (
      (value) => () =>
        value()
    )(profile(draw, type)),
  );
  const nulls = draw.pick([0, 0, 0, 0.1, 0.5, 1]);
  const inRuns = draw.chance(0.4);
  const spread = draw.chance(0.4);
  const step = draw.pick([1, 3, 7]);
  const values = Array.from({ length: rows }, (_, i): Stored => {
    // Missing rows by a fixed pattern, for large tables are not drawn value by value.
    if (((i * 2_654_435_761) % 1000) / 1000 < nulls) return null;
    const place = inRuns ? Math.floor((i * base.length) / rows) : (i * step + (i >> 5)) % base.length;
    const value = base[place] as number | string;
    return spread ? spreadOut(type, value, i) : value;
  });
  const found = [0, 1, rows >> 1, rows - 1].map((i) => values[i]).filter((value) => typeof value !== 'undefined');
  const samples = [...base.slice(0, 6), ...found.filter((value): value is number | string => value !== null)];
  return { name, type, values, samples };
}

/** More distinct values than could be drawn one by one, all of them of the type. */
function spreadOut(type: ColumnType, value: number | string, i: number): number | string {
  if (typeof value === 'string') return `${value}${(i * 7919) % 30_011}`;
  if (type === 'float64') return value * (1 + (i % 1021) / 1024) + (i % 13) / 7;
  if (type === 'float32') return Math.fround(value * (1 + (i % 61) / 64));
  if (type === 'bool') return (value + i) % 2;
  return value - Math.sign(value || 1) * (((i * 7919) % 100_003) % (Math.abs(value) + 1));
}

const SPECIAL_FLOATS = [
  Number.NaN,
  0,
  -0,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2.2250738585072014e-308,
  1e-162,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1e16,
  -1e16,
  2 ** 53,
  0.1,
  1 / 3,
];
const LONG = 'the same thirty-two bytes and more ';
const SPECIAL_TEXTS = [
  '',
  ' ',
  "'",
  '"',
  "''",
  '\0',
  'a\0b',
  '🦆',
  '{}',
  '{tag}',
  'Z',
  'a',
  'A',
  'z',
  'é',
  'É',
  '\u{ffff}',
  '𝒳',
  LONG,
  `${LONG}a`,
  `${LONG}Z`,
  `${LONG}\0`,
  'NaN',
  'null',
  '\n',
  '%s',
  '\\',
];

/** How the values of one column are drawn. */
function profile(draw: Draw, type: ColumnType): () => number | string {
  switch (type) {
    case 'float64':
      return draw.pick([
        () => draw.double(),
        () => draw.pick(SPECIAL_FLOATS),
        () => draw.int(-100, 100),
        () => draw.int(-1000, 1000) / 8,
        () => draw.int(-1_000_000, 1_000_000) / 1000,
        () => 1e7 + draw.int(0, 9) / 10,
        () => (draw.chance(0.1) ? draw.pick(SPECIAL_FLOATS) : draw.int(-99, 99) / 7),
      ]);
    case 'float32': {
      const special = SPECIAL_FLOATS.map(Math.fround);
      return draw.pick([
        () => draw.pick(special),
        () => draw.int(-9999, 9999) / 16,
        () => Math.fround(draw.int(-99, 99) / 7),
      ]);
    }
    case 'utf8':
      return draw.pick([() => draw.pick(SPECIAL_TEXTS), () => draw.text(8), () => `${LONG}${draw.text(3)}`]);
    case 'bool':
      return () => draw.int(0, 1);
    case 'timestamp':
      return whole(draw, 8.64e15, [60_000, 86_400_000]);
    case 'date':
      return whole(draw, 100_000_000, [1]);
    case 'int32':
      return whole(draw, 2 ** 31 - 1, [1, 100]);
    default:
      return whole(draw, 2 ** 53, [1, 100, 25]);
  }
}

function whole(draw: Draw, most: number, steps: readonly number[]): () => number {
  const step = draw.pick(steps);
  const low = draw.pick([0, -most, -5]);
  const edges = [most, -most, most - 1, 1 - most, 0, 1, -1];
  const within = (value: number): number => Math.max(-most, Math.min(most, value)) + 0;
  return draw.pick([
    () => within(draw.int(-100, 100)),
    () => within(low + draw.int(0, 200)),
    () => within(low + draw.int(0, 60_000) * step),
    // The last codes of one byte and of two.
    () => within(low + draw.pick([0, 1, 254, 255, 65_534, 65_535]) * step),
    () => within(draw.int(-3_000_000, 3_000_000)),
    () => within(draw.wide(-most, most)),
    () => draw.pick(edges),
  ]);
}
