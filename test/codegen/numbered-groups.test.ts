// Groups that are numbered by the codes of their keys: arrays of more values than Lua takes at once, replies with and without gaps.

import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { Kernels } from '../../src/codegen/kernel.js';
import { type AggregateExpr, col, count, type Expr } from '../../src/expr/expr.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { foldOn } from '../harness/passes.js';
import { sameOnBothSides, type WrittenChunk, writeChunk } from './chunk.js';

const rows = 65_024;
const COUNTS = { few: 8, thousand: 1000, many: 9000 } as const;
let link: ClusterLink;
let written: WrittenChunk;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
  const numbers = (make: (i: number) => number) => {
    return { kind: 'number', values: Float64Array.from({ length: rows }, (_, i) => make(i)) } as const;
  };
  const spread = (i: number, count: number): number => (Math.imul(i + 1, 2_654_435_761) >>> 9) % count;
  const sparse = Uint8Array.from({ length: rows }, (_, i) => Number(i % 97 !== 0));
  const words = Array.from({ length: 1000 }, (_, i) => `word ${i}`);
  written = await writeChunk(
    link,
    [
      ['few', 'int32', numbers((i) => spread(i, COUNTS.few))],
      // Has nulls, which are a group.
      ['thousand', 'int32', { ...numbers((i) => spread(i, COUNTS.thousand)), valid: sparse }],
      ['many', 'int32', numbers((i) => spread(i, COUNTS.many))],
      // A wide range of which only three values in a hundred are there.
      ['gaps', 'int32', numbers((i) => spread(i, 100) * 80)],
      [
        'word',
        'utf8',
        { kind: 'string', codes: Int32Array.from({ length: rows }, (_, i) => spread(i, 1000)), dictionary: words },
      ],
      ['x', 'float64', numbers((i) => Math.sin(i) * 10 ** (i % 12))],
      ['n', 'int32', numbers((i) => i % 100)],
    ],
    rows,
    link.context(),
  );
});
afterAll(() => link.close());

async function same(keys: readonly string[], aggregates: readonly AggregateExpr[], filter?: Expr): Promise<boolean> {
  const scan: PlanNode = { kind: 'scan', table: 't' };
  const plan = foldOn(
    {
      kind: 'aggregate',
      input: filter === undefined ? scan : { kind: 'filter', input: scan, predicate: filter.node },
      keys: keys.map((name) => ({ name, node: col(name).node })),
      aggregates: aggregates.map(({ node }, i) => ({ name: `a${i}`, node })),
    },
    written.snapshot,
  );
  const { chunk, snapshot } = written;
  const kernel = new Kernels(plan.spec, snapshot.schema).of(chunk);
  for (const [firstRow, count] of [
    [0, rows],
    [8128, 8128],
    [8128 * 4, 8128 * 2],
    [rows - 8128, 8128],
  ] as const) {
    await sameOnBothSides(link, written, kernel, { chunk, firstRow, rows: count });
  }
  return kernel.body.shape.dense;
}

const whole = [count(), col('n').sum(), col('n').max()];
const floats = [count(), col('x').sum(), col('x').var(), col('x').max()];
const others = [col('word').max(), col('n').median(), col('x').sum()];

describe.each([
  ['few', [whole, floats, others]],
  ['thousand', [whole, floats, others]],
  ['many', [whole, floats, others]],
  ['word', [whole, floats, others]],
] as const)('by %s', (key, lists) => {
  it.each(lists.map((list, i) => [i, list] as const))('states %i', async (_, list) => {
    expect(await same([key], list)).toBe(true);
  });
});

it('by two keys, the first of them with nulls', async () => {
  expect(await same(['thousand', 'few'], whole)).toBe(true);
  expect(await same(['thousand', 'few'], floats)).toBe(true);
});

it('where most numbers stand for no group', async () => {
  expect(await same(['gaps'], whole)).toBe(true);
  expect(await same(['gaps'], floats)).toBe(true);
});

it('of a filter that leaves few rows, and none', async () => {
  expect(await same(['thousand'], floats, col('n').lt(2))).toBe(true);
  expect(await same(['thousand'], floats, col('n').gt(1000))).toBe(true);
  // Then more groups are looked up, for most would have no row.
  expect(await same(['many'], floats, col('n').lt(2))).toBe(false);
});
