// Every aggregate against DuckDB: over all column types and edge values, ungrouped and grouped, under filters of its own; with the same bits
// on 1, 3 and 5 shards, by slices of any size, on either side.
import type { CollectOptions } from '../../src/engine/options.js';
import type { AggregateExpr, Expr } from '../../src/expr/expr.js';
import { col, connect, corr, count, covar, covarPop, type Shardfold } from '../../src/index.js';
import type { ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import { identifier } from '../harness/oracle/sql.js';
import type { OracleColumn, OracleTable, Stored } from '../harness/oracle/table.js';
import { store } from '../harness/oracle/world.js';

const ROWS = 9000;
const FLOATS = [Number.NaN, 0, -0, 1 / 0, -1 / 0, 5e-324, 1e308, -1e308, 0.1, 1 / 3, 2 ** 53, -7.5];

/** Every third or seventh row of some columns is null. */
const column = (name: string, type: ColumnType, value: (i: number) => Stored, nulls = 0): OracleColumn => ({
  name,
  type,
  values: Array.from({ length: ROWS }, (_, i) => (nulls > 0 && (i * 7) % nulls === 1 ? null : value(i))),
  samples: [],
});
const mixed = (i: number): number => (i * 2_654_435_761) % 4_294_967_296;

const TABLE: OracleTable = {
  rows: ROWS,
  chunkRows: 8200,
  columns: [
    column('k', 'int32', (i) => mixed(i) % 7, 11),
    column('wide', 'int64', (i) => mixed(i) % 900),
    column('f', 'float64', (i) => (mixed(i) / 2 ** 20 - 2000) / 3, 3),
    column('special', 'float64', (i) => FLOATS[mixed(i) % FLOATS.length] as number, 7),
    column('f32', 'float32', (i) => Math.fround((mixed(i) % 5000) / 7)),
    column('i32', 'int32', (i) => (mixed(i) % 2 ** 31) - 2 ** 30, 3),
    column('u8', 'int32', (i) => (mixed(i) >> 4) % 200, 7),
    column('u16', 'int64', (i) => 1e15 + 25 * (mixed(i) % 60_000)),
    column('i64', 'int64', (i) => (mixed(i) % 3 === 0 ? 2 ** 53 - (i % 5) : -(2 ** 53) + i)),
    column('b', 'bool', (i) => mixed(i) % 2, 3),
    column('s', 'utf8', (i) => ['Z', 'a', 'é', '', '🦆', 'aa\0', 'ü'][mixed(i) % 7] as string, 7),
    column('plain', 'utf8', (i) => `${['é', 'z', ''][i % 3]}${mixed(i)}`, 3),
    column('t', 'timestamp', (i) => 1e12 - 60_000 * mixed(i), 7),
    column('day', 'date', (i) => (mixed(i) % 20_000) - 9000, 3),
    column('dec', 'decimal(2)', (i) => (mixed(i) % 100_000) - 50_000, 3),
    column('none', 'float64', () => null),
  ],
};
const NAMES = TABLE.columns.map(({ name }) => name).filter((name) => name !== 'k' && name !== 'wide');
const typeOf = (name: string): ColumnType => TABLE.columns.find((each) => each.name === name)?.type as ColumnType;

const WAYS: [shards: 1 | 3 | 5, options: CollectOptions][] = [
  [3, { side: 'client' }],
  [1, { side: 'shards', sliceUnits: 1 }],
  [3, { side: 'shards', sliceUnits: 2 }],
  [5, { side: 'shards', sliceUnits: 8, maxInFlight: 4 }],
];

const open = new Map<1 | 3 | 5, Shardfold>();
let duck: Duck;

beforeAll(async () => {
  duck = await Duck.open();
  await duck.load(TABLE);
  for (const shards of [1, 3, 5] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    open.set(shards, sf);
    const made = await store(sf, TABLE);
    names.set(shards, made);
  }
});
const names = new Map<1 | 3 | 5, string>();
afterAll(async () => {
  for (const sf of open.values()) await sf.close();
  duck.close();
});

/** An aggregate with its twin in SQL, and whether that is exact. */
interface Twin {
  readonly ours: AggregateExpr;
  readonly sql: string;
  readonly near?: boolean;
}

function stored(value: unknown, type: string): unknown {
  if (Array.isArray(value)) return value.map((each) => stored(each, type));
  if (value instanceof Date) return type === 'date' ? value.getTime() / 86_400_000 : value.getTime();
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && type.startsWith('decimal') ? Number(value.replace('.', '')) : value;
}

function wrong(ours: unknown, theirs: unknown, near = false): boolean {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length !== theirs.length || ours.some((each, i) => wrong(each, theirs[i], near));
  }
  if (near && typeof ours === 'number' && typeof theirs === 'number' && Number.isFinite(ours)) {
    return Math.abs(ours - theirs) > 1e-9 * Math.max(1e-9, Math.abs(theirs));
  }
  // Which of two equal zeros it is is not decided.
  return !(
    ours === theirs ||
    Object.is(ours, theirs) ||
    (typeof theirs === 'bigint' && BigInt(Number(ours)) === theirs)
  );
}

/** Runs them every way, ungrouped and by keys, and compares the first with DuckDB, the others with the first. */
async function check(twins: readonly (Twin & { type: string })[], keys: readonly string[], where?: [Expr, string]) {
  const aggs = Object.fromEntries(twins.map(({ ours }, i) => [`a${i}`, ours]));
  let first: readonly Record<string, unknown>[] | undefined;
  for (const [shards, options] of WAYS) {
    const table = (open.get(shards) as Shardfold).table(names.get(shards) as string);
    const rows = where === undefined ? table : table.filter(where[0]);
    const found = await (keys.length === 0 ? rows.agg(aggs) : rows.groupBy(...keys).agg(aggs)).collect(options);
    if (options.side === 'shards') expect(found.receipt.computedOn.client).toBe(0);
    first ??= [...found] as readonly Record<string, unknown>[];
    expect([...found]).toEqual(first);
  }
  const by = keys.map(identifier).join(', ');
  const list = [...keys.map(identifier), ...twins.map(({ sql }) => sql)].join(', ');
  const filter = where === undefined ? '' : ` WHERE ${where[1]}`;
  const end =
    keys.length === 0
      ? ''
      : ` GROUP BY ${by} ORDER BY ${keys.map((key) => `${identifier(key)} NULLS LAST`).join(', ')}`;
  const theirs = await duck.lists(`SELECT ${list} FROM t${filter}${end}`);
  expect(first).toHaveLength(theirs.length);
  for (const [row, their] of theirs.entries()) {
    for (const [i, { type, sql, near = false }] of twins.entries()) {
      const ours = stored(first?.[row]?.[`a${i}`], type);
      if (wrong(ours, their[keys.length + i], near)) {
        throw new Error(
          `${sql}, group ${keys.map((_, key) => their[key])}: ${JSON.stringify(ours)} instead of ${JSON.stringify(their[keys.length + i], (_, each) => (typeof each === 'bigint' ? String(each) : Number.isNaN(each) ? 'NaN' : each))}`,
        );
      }
    }
  }
}

/** Everything that a column of a type can be asked, under a filter of its own where one is given. */
function twinsOf(column: string, where?: { expr: Expr; sql: string }): (Twin & { type: string })[] {
  const type = typeOf(column);
  const x = col(column);
  const sql = identifier(column);
  const options = where === undefined ? {} : { where: where.expr };
  const when = where === undefined ? '' : ` FILTER (WHERE ${where.sql})`;
  const twin = (ours: AggregateExpr, text: string, near = false, as: string = type): Twin & { type: string } => {
    // Microseconds there, milliseconds here.
    const isTime = text.startsWith('median') || text.startsWith('quantile') ? as === 'timestamp' : false;
    return { ours, sql: isTime ? `date_trunc('milliseconds', ${text}${when})` : `${text}${when}`, near, type: as };
  };
  const list = [
    twin(x.count(options), `count(${sql})`),
    twin(x.first(options), `first(${sql} ORDER BY "#")`),
    twin(x.last(options), `last(${sql} ORDER BY "#")`),
    twin(x.argMin(col('special'), options), `arg_min(${sql}, special)`),
    twin(x.argMax(col('special'), options), `arg_max(${sql}, special)`),
    twin(col('plain').argMax(x, options), `arg_max(plain, ${sql})`, false, 'utf8'),
    twin(col('u8').argMin(x, options), `arg_min(u8, ${sql})`, false, 'int32'),
    twin(x.countDistinct(options), `count(DISTINCT ${sql})`, false, 'int64'),
    twin(x.topK(5, options), `max(${sql}, 5)`),
    twin(x.topK(300, options), `max(${sql}, 300)`),
  ];
  const median = type === 'date' ? 'timestamp' : type;
  list.push(twin(x.median(options), `median(${sql})`, false, median));
  const kind = type === 'utf8' || type === 'bool' ? 'disc' : 'cont';
  for (const q of [0, 0.25, 0.9, 1]) {
    list.push(twin(x.quantile(q, options), `quantile_${kind}(${sql}, ${q}::DOUBLE)`, false, median));
  }
  if (type === 'bool') {
    list.push(twin(x.any(options), `bool_or(${sql})`), twin(x.all(options), `bool_and(${sql})`));
  }
  return list;
}

describe.each(NAMES)('%s', (column) => {
  it('ungrouped', () => check(twinsOf(column), []));
  it('by a coded key', () => check(twinsOf(column), ['k']));
  it('by 900 keys', () => check(twinsOf(column), ['wide']));
  it('by a text and a float, of the rows of a filter', () =>
    check(twinsOf(column), ['s', 'b'], [col('f').gt(-100), 'f > -100']));
  it('under a filter of its own', () => {
    const where = { expr: col('special').gt(0).and(col('u8').lt(100)), sql: 'special > 0 AND u8 < 100' };
    return check(twinsOf(column, where), ['k']);
  });
  it('of no rows', () => check(twinsOf(column), [], [col('u8').gt(1000), 'u8 > 1000']));
});

describe('of two numbers', () => {
  const PAIRS = [
    ['f', 'i32'],
    ['f32', 'u8'],
    ['dec', 'f'],
    ['u8', 'u8'],
    ['none', 'f'],
  ];
  const twins = (when?: { expr: Expr; sql: string }): (Twin & { type: string })[] =>
    PAIRS.flatMap(([a, b]) => {
      const [x, y] = [col(a as string), col(b as string)];
      const options = when === undefined ? {} : { where: when.expr };
      const filter = when === undefined ? '' : ` FILTER (WHERE ${when.sql})`;
      const both = `CAST(${a} AS DOUBLE), CAST(${b} AS DOUBLE)`;
      const near = { near: true, type: 'float64' };
      const positive = `(CASE WHEN ${a} IS NOT NULL AND ${b} > 0 ${when === undefined ? '' : `AND ${when.sql}`} THEN CAST(${b} AS DOUBLE) END)`;
      return [
        { ours: corr(x, y, options), sql: `corr(${both})${filter}`, ...near },
        { ours: covar(x, y, options), sql: `covar_samp(${both})${filter}`, ...near },
        { ours: covarPop(x, y, options), sql: `covar_pop(${both})${filter}`, ...near },
        {
          ours: x.weightedMean(y, { where: when === undefined ? y.gt(0) : when.expr.and(y.gt(0)) }),
          sql: `sum(CAST(${a} AS DOUBLE) * ${positive}) / sum(${positive})`,
          ...near,
        },
      ];
    });
  it('ungrouped', () => check(twins(), []));
  it('grouped', () => check(twins(), ['k']));
  it('by two keys, under a filter', () =>
    check(twins({ expr: col('b').not(), sql: 'NOT b' }), ['k', 's'], [col('u8').gt(10), 'u8 > 10']));
});

it('lists in the order of the rows, nulls among them', async () => {
  const twins = NAMES.map((column) => ({
    ours: col(column).collectList({ limit: 40, where: col('u8').gt(20) }),
    sql: `(list(${identifier(column)} ORDER BY "#") FILTER (WHERE u8 > 20))[1:40]`,
    type: typeOf(column),
  }));
  await check(twins, []);
  await check(twins, ['k']);
  await check(twins, ['wide']);
});

it('rows counted under filters, and everything at once in one pass', async () => {
  const twins = [
    { ours: count({ where: col('u8').gt(20) }), sql: 'count(*) FILTER (WHERE u8 > 20)', type: 'int64' },
    { ours: count(), sql: 'count(*)', type: 'int64' },
    { ours: col('u8').sum({ where: col('b') }), sql: 'sum(u8) FILTER (WHERE b)', type: 'int64' },
    { ours: col('u8').min({ where: col('b') }), sql: 'min(u8) FILTER (WHERE b)', type: 'int32' },
    { ours: col('s').max({ where: col('b').not() }), sql: 'max(s) FILTER (WHERE NOT b)', type: 'utf8' },
    ...['i32', 'plain', 't'].flatMap((column) => twinsOf(column)),
  ];
  await check(twins, []);
  await check(twins, ['k', 'b']);
});
