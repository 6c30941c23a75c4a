/** A table with every type, with all that is awkward about each, over several chunks. */
import { connect, type Shardfold } from '../../src/index.js';
import type { ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const TIMES = [0, -1, 1, 981_158_400_123, -62_135_596_800_000, 253_402_300_799_999];
const DAYS = [0, -1, 11_356, -719_162, 2_932_896];
const date = (days: number) => new Date(days * 86_400_000);

/** What goes into the columns, in turn; every column has a null as well, and a length of its own. */
export const VALUES: Record<string, { type: ColumnType; values: readonly unknown[] }> = {
  f64: { type: 'float64', values: [0, -0, 0.1, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, -Infinity, 1e21] },
  f32: { type: 'float32', values: [0, -0, Math.fround(0.1), 3.4028234663852886e38, Number.NaN, -Infinity] },
  i32: { type: 'int32', values: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)] },
  i64: { type: 'int64', values: [0, 2 ** 53, -(2 ** 53), 2 ** 32, -(2 ** 32) - 1, 2 ** 53 - 1, -7] },
  flag: { type: 'bool', values: [true, false] },
  text: {
    type: 'utf8',
    values: [
      '',
      'a',
      ' b ',
      'c,d',
      '"q"',
      'line\nbreak\r\n',
      'é',
      '🦆',
      'null',
      '#x',
      '\u0001',
      'x'.repeat(300),
      '007',
    ],
  },
  at: { type: 'timestamp', values: TIMES.map((ms) => new Date(ms)) },
  day: { type: 'date', values: DAYS.map(date) },
  price: { type: 'decimal(2)', values: ['0.00', '12.34', '-0.05', '90071992547409.92', '-90071992547409.92'] },
  whole: { type: 'decimal(0)', values: ['0', '9007199254740992', '-1'] },
  none: { type: 'float64', values: [] },
};

export const SCHEMA = Object.fromEntries(Object.entries(VALUES).map(([name, { type }]) => [name, type]));

export type Row = Record<string, unknown>;

export function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const row: Row = { id: i };
    for (const [name, { values }] of Object.entries(VALUES)) row[name] = values[i % (values.length + 1)] ?? null;
    return row;
  });
}

export const ROWS = 700;

export interface Fixture {
  readonly sf: Shardfold;
  readonly rows: Row[];
}

/** The table `all`: rows in chunks of 100; `id` counts them. */
export function fixture(): Fixture {
  let sf: Shardfold | undefined;
  const rows = rowsOf(ROWS);
  beforeAll(async () => {
    sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
    await sf.createTable('all', rows, { schema: { id: 'int32', ...SCHEMA }, chunkRows: 100 });
  });
  afterAll(() => sf?.close());
  return {
    rows,
    get sf() {
      if (!sf) throw new Error('connected in beforeAll');
      return sf;
    },
  };
}
