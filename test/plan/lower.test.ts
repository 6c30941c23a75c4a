// From a query to one pass: what is shared, what is read, what is pruned.
import { type AggregateExpr, col, count, type Expr, lit } from '../../src/expr/expr.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import { pureChunks } from '../harness/oracle/chunks.js';
import type { OracleTable } from '../harness/oracle/table.js';
import { foldOn, rowsOn } from '../harness/passes.js';

const rows = 100;
const numbers = (of: (i: number) => number) => Array.from({ length: rows }, (_, i) => of(i));
const table: OracleTable = {
  rows,
  chunkRows: 25,
  columns: [
    { name: 'x', type: 'float64', values: numbers((i) => i / 3), samples: [] },
    { name: 'n', type: 'int32', values: numbers((i) => i), samples: [] },
    { name: 'flag', type: 'bool', values: numbers((i) => i % 2), samples: [] },
  ],
};
const { snapshot } = pureChunks(table);
const scan: PlanNode = { kind: 'scan', table: 'pure' };
const filtered = (predicate: Expr, input: PlanNode = scan): PlanNode => ({
  kind: 'filter',
  input,
  predicate: predicate.node,
});
const made = (name: string, expr: Expr, input: PlanNode = scan): PlanNode => ({
  kind: 'withColumns',
  input,
  columns: [{ name, node: expr.node }],
});

function lower(aggregates: readonly AggregateExpr[], input: PlanNode = scan, keys: readonly string[] = []) {
  const named = aggregates.map(({ node }, i) => ({ name: `a${i}`, node }));
  const nodes = keys.map((name) => ({ name: `key ${name}`, node: col(name).node }));
  return foldOn({ kind: 'aggregate', input, keys: nodes, aggregates: named }, snapshot);
}

it('aggregates of one expression share their states', () => {
  const { args } = lower([col('x').mean(), col('x').sum(), col('x').std(), col('x').var(), col('x').count()]).spec;
  expect(args).toHaveLength(1);
  expect((args[0]?.states ?? []).map(({ kind }) => kind).sort()).toEqual(['moments', 'sumFloat', 'valid']);
});

it('the same expression under two names is computed once, and 0 is not -0', () => {
  const twice = made('y', col('x').add(1));
  expect(lower([col('y').sum(), col('x').add(1).max()], twice).spec.args).toHaveLength(1);
  expect(lower([col('x').div(0).max(), col('x').div(-0).max()]).spec.args).toHaveLength(2);
  expect(lower([col('x').add(Number.NaN).max(), col('x').add(lit(null)).max()]).spec.args).toHaveLength(2);
});

it('only the columns of the plan are read; the narrowest where it needs none', () => {
  expect(lower([col('n').sum()]).spec.columns).toEqual([1]);
  expect(lower([col('n').sum()], filtered(col('flag'))).spec.columns).toEqual([1, 2]);
  expect(lower([count()], filtered(lit(true))).spec.columns).toEqual([1]);
  const replaced = made('x', col('n').mul(2));
  expect(lower([col('x').sum()], replaced).spec.columns).toEqual([1]);
});

it('zone maps prune through names that were given on the way', () => {
  const chunks = (predicate: Expr, input?: PlanNode) =>
    lower([count()], filtered(predicate, input)).chunks.map(({ index }) => index);
  expect(chunks(col('n').lt(30))).toEqual([0, 1]);
  expect(chunks(col('n').between(40, 60))).toEqual([1, 2]);
  expect(chunks(col('m').gtEq(75), made('m', col('n')))).toEqual([3]);
  expect(chunks(col('n').gt(50).not())).toEqual([0, 1, 2]);
  expect(chunks(col('n').eq(12.5))).toEqual([0]);
  expect(chunks(col('n').isNull())).toEqual([]);
  expect(chunks(col('n').isIn([3, 99]))).toEqual([0, 3]);
  expect(chunks(col('n').lt(10).or(col('x').gt(32)))).toEqual([0, 3]);
  expect(chunks(col('n').add(1).lt(3))).toEqual([0, 1, 2, 3]);
});

it('filters join, and later ones see what was added before', () => {
  const input = filtered(col('y').gt(5), made('y', col('n').mul(2), filtered(col('n').lt(50))));
  expect(lower([count()], input).spec.filter).toMatchObject({
    kind: 'logic',
    op: 'and',
    left: { kind: 'compare', op: 'lt' },
    right: { kind: 'compare', op: 'gt', left: { kind: 'arithmetic', op: 'mul' } },
  });
});

it('results: keys first, with their types', () => {
  const { outputs } = lower([count(), col('flag').sum(), col('n').mean()], scan, ['flag', 'x']);
  expect(outputs.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'key flag bool',
    'key x float64',
    'a0 int64',
    'a1 int64',
    'a2 float64',
  ]);
});

it('rows: select decides names and order', () => {
  const input: PlanNode = {
    kind: 'select',
    input: scan,
    columns: [col('n'), col('x').mul(2)].map((expr, i) => ({ name: `c${i}`, node: expr.node })),
  };
  const plan = rowsOn({ kind: 'slice', input, offset: 0, count: 3 }, snapshot);
  expect(plan.outputs.map(({ name, type }) => `${name} ${type}`)).toEqual(['c0 int32', 'c1 float64']);
  expect(plan).toMatchObject({ count: 3, columns: [0, 1] });
  expect(() => rowsOn(filtered(col('flag'), input), snapshot)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_COLUMN' }),
  );
});
