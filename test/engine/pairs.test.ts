// Every operation on every pair of awkward values: column with column, column with constant, constant with column.
import { AggregateExpr, col, connect, Expr, lit, type Shardfold } from '../../src/index.js';
import { fromPhysical } from '../../src/storage/schema.js';
import type { ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Duck } from '../harness/oracle/duckdb.js';
import type { OracleExpr } from '../harness/oracle/exprs.js';
import type { OracleAggregate, OraclePlan } from '../harness/oracle/plan.js';
import { decimalText, identifier, sqlDouble, sqlText, sqlTime } from '../harness/oracle/sql.js';
import type { OracleTable, Stored } from '../harness/oracle/table.js';
import { checkPlan, describePlan, store } from '../harness/oracle/world.js';

const classes = { Expr, AggregateExpr };
const SIDES = [{ side: 'shards' }, { side: 'client' }] as const;
let sf: Shardfold;
let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
});
afterAll(async () => {
  await sf.close();
  duck.close();
});

const FLOATS = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  5e-324,
  -1e-310,
  1e308,
  -1e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  2 ** 53,
  64,
];
const VALUES: Partial<Record<ColumnType, readonly (number | string)[]>> = {
  float64: FLOATS,
  float32: FLOATS.map(Math.fround),
  int32: [0, 1, -1, 7, -7, 2 ** 31 - 1, -(2 ** 31), 46_341, 65_536],
  int64: [0, 1, -1, 3, 2 ** 31, -(2 ** 32), 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 94_906_266],
  utf8: ['', 'a', 'Z', 'é', '🦆', '\u{ffff}', 'a\0', 'aa', "'", '{}', 'x'.repeat(40), `${'x'.repeat(40)}y`],
  bool: [0, 1],
  date: [0, -1, 11_356, 100_000_000, -100_000_000],
  timestamp: [0, -1, 981_158_400_000, 8.64e15, -8.64e15],
  'decimal(2)': [0, 10, 11, -10, 100, 2 ** 53, -(2 ** 53)],
};

function pairsOf(type: ColumnType): OracleTable {
  const values: Stored[] = [...(VALUES[type] as readonly Stored[]), null];
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  const column = (name: string, of: ColumnType, list: Stored[]) => ({ name, type: of, values: list, samples: [] });
  return {
    rows: pairs.length,
    chunkRows: 100,
    columns: [
      column(
        'id',
        'int32',
        pairs.map((_, i) => i),
      ),
      column(
        'a',
        type,
        pairs.map(([a]) => a),
      ),
      column(
        'b',
        type,
        pairs.map(([, b]) => b),
      ),
    ],
  };
}

const column = (name: string, type: ColumnType): OracleExpr => ({
  expr: col(name),
  sql: identifier(name),
  type,
  wide: [],
  samples: [],
});

function constant(type: ColumnType, value: number | string): OracleExpr {
  const made = (sql: string): OracleExpr => ({
    expr: lit(fromPhysical(type, value)),
    sql,
    type,
    wide: [],
    samples: [],
  });
  if (typeof value === 'string') return made(sqlText(value));
  if (type === 'bool') return made(value === 1 ? 'true' : 'false');
  if (type === 'date') return made(sqlTime(value * 86_400_000));
  if (type === 'timestamp') return made(sqlTime(value));
  if (type.startsWith('decimal')) return made(`CAST('${decimalText(value, 2)}' AS DECIMAL(18, 2))`);
  return made(type.startsWith('int') ? `CAST(${value} AS BIGINT)` : sqlDouble(value));
}

const COMPARISONS = { eq: '=', neq: '<>', lt: '<', ltEq: '<=', gt: '>', gtEq: '>=' } as const;
const ARITHMETIC = { add: '+', sub: '-', mul: '*', div: '/', mod: '%' } as const;

async function check(
  table: OracleTable,
  name: string,
  keys: readonly OracleExpr[],
  aggregates: readonly OracleAggregate[],
) {
  const named = keys.map((key, i) => ({ ...key, name: `key ${i}` }));
  const wide = aggregates.flatMap(({ arg }) => arg?.wide ?? []);
  const plan: OraclePlan = { steps: [], where: [], wide, end: { kind: 'aggregate', keys: named, aggregates } };
  const places = SIDES.map((options) => ({ sf, classes, name, options }));
  const wrong = await checkPlan(places, plan, duck);
  if (wrong !== undefined) throw new Error(`${wrong}\n${describePlan(table, plan)}`);
}

/** How often a condition is true, and how often it is not null. */
const truths = (arg: OracleExpr, i: number): OracleAggregate[] => [
  { name: `true ${i}`, aggregate: 'sum', arg },
  { name: `known ${i}`, aggregate: 'count', arg },
];

describe.each(Object.keys(VALUES) as ColumnType[])('%s', (type) => {
  const table = pairsOf(type);
  let name: string;
  beforeAll(async () => {
    name = await store(sf, table);
    await duck.load(table);
  });
  const wider = type === 'float32' ? (sql: string) => `CAST(${sql} AS DOUBLE)` : (sql: string) => sql;
  const [a, b] = [column('a', type), column('b', type)];
  const condition = (expr: Expr, sql: string): OracleExpr => ({ expr, sql, type: 'bool', wide: [], samples: [] });

  it('columns compared', async () => {
    const each = Object.entries(COMPARISONS).map(([op, sign]) =>
      condition(a.expr[op as 'eq'](b.expr), `(${a.sql} ${sign} ${b.sql})`),
    );
    await check(table, name, [], each.flatMap(truths));
    await check(table, name, [], each.map(({ expr, sql }) => condition(expr.not(), `(NOT ${sql})`)).flatMap(truths));
  });

  it.each(Object.entries(COMPARISONS))('%s with constants on either side', async (op, sign) => {
    const each = (VALUES[type] as readonly (number | string)[]).flatMap((value) => {
      const known = constant(type, value);
      return [
        condition(a.expr[op as 'eq'](known.expr), `(${wider(a.sql)} ${sign} ${known.sql})`),
        condition(known.expr[op as 'eq'](a.expr), `(${known.sql} ${sign} ${wider(a.sql)})`),
      ];
    });
    for (let i = 0; i < each.length; i += 10) await check(table, name, [], each.slice(i, i + 10).flatMap(truths));
  });

  if (!/^(int|float)/.test(type)) return;
  it.each(Object.entries(ARITHMETIC))('%s, row by row', async (op, sign) => {
    const sql = `(${wider(a.sql)} ${sign} ${wider(b.sql)})`;
    const result = op === 'div' || type.startsWith('float') ? 'float64' : type;
    const arg: OracleExpr = {
      expr: a.expr[op as 'add'](b.expr),
      sql,
      type: result,
      wide: result === 'int64' ? [sql] : [],
      samples: [],
    };
    await check(table, name, [column('id', 'int32')], [{ name: 'r', aggregate: 'max', arg }]);
  });
});
