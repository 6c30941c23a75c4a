// Blocks of few passing rows decode less, and blocks without a candidate of an equality are passed over; the bits stay the same.

import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { Kernels } from '../../src/codegen/kernel.js';
import { type AggregateExpr, col, count, type Expr } from '../../src/expr/expr.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { foldOn } from '../harness/passes.js';
import { sameOnBothSides, type WrittenChunk, writeChunk } from './chunk.js';

const rows = 8128 * 3 + 200;
let link: ClusterLink;
let written: WrittenChunk;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
  const numbers = (make: (i: number) => number) => {
    return { kind: 'number', values: Float64Array.from({ length: rows }, (_, i) => make(i)) } as const;
  };
  const third = Uint8Array.from({ length: rows }, (_, i) => Number(i % 3 !== 0));
  // Few rows of the first units and nearly all of the last have a 7; the last unit has no 3 at all.
  const byte = (i: number): number => (i > 18_000 ? 7 : (Math.imul(i, 2_654_435_761) >>> 8) % 40);
  const text = Array.from({ length: rows }, (_, i) => `text ${i}`);
  written = await writeChunk(
    link,
    [
      ['x', 'float64', numbers((i) => (i % 50 === 0 ? -0 : Math.sin(i) * 10 ** (i % 20)))],
      ['y', 'float64', numbers((i) => Math.cos(i))],
      ['nulls', 'float64', { ...numbers((i) => Math.tan(i)), valid: third }],
      ['small', 'float32', numbers((i) => Math.fround(i / 3))],
      ['byte', 'int32', numbers(byte)],
      ['wide', 'int32', numbers((i) => (i * 7919) % 60_000)],
      ['key', 'int32', numbers((i) => (i * 31) % 12)],
      ['text', 'utf8', { kind: 'string', codes: Int32Array.from(text.keys()), dictionary: text }],
    ],
    rows,
    link.context(),
  );
});
afterAll(() => link.close());

async function same(filter: Expr, keys: readonly string[], aggregates: readonly AggregateExpr[]): Promise<string> {
  const plan = foldOn(
    {
      kind: 'aggregate',
      input: { kind: 'filter', input: { kind: 'scan', table: 't' }, predicate: filter.node },
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
    [16_256, 8128 + 200],
  ] as const) {
    await sameOnBothSides(link, written, kernel, { chunk, firstRow, rows: count });
  }
  return kernel.lua;
}

const product = col('x').mul(col('y')).sum();
const every = [
  count(),
  product,
  col('x').var(),
  col('nulls').sum(),
  col('small').mean(),
  col('wide').sum(),
  col('text').max(),
];

describe.each([
  ['none', col('byte').eq(77)],
  ['a few, then none', col('byte').eq(3)],
  ['a few, then nearly all', col('byte').eq(7)],
  ['half', col('byte').gtEq(20)],
  ['all', col('byte').gtEq(0)],
  ['by a float that the sum takes as well', col('x').gt(0.5)],
  ['by a float of its own', col('small').lt(300)],
  ['by an equality and a float', col('y').gt(0).and(col('byte').eq(7))],
])('rows that pass: %s', (_, filter) => {
  it('without groups', () => same(filter, [], every));
  it('a product alone', () => same(filter, [], [product]));
  it('in few groups', () => same(filter, ['key'], every));
  it('in many groups', () => same(filter, ['wide'], [count(), product]));
});

it('has both forms where a float can wait, and finds blocks where an equality is selective', async () => {
  const forms = (lua: string) => [/if rows - np <= /.test(lua), /if nextAt <= r /.test(lua)];
  expect(forms(await same(col('byte').eq(7), [], [product]))).toEqual([true, true]);
  expect(forms(await same(col('byte').gt(7), [], [product]))).toEqual([true, false]);
  expect(forms(await same(col('x').gt(0), [], [col('x').sum()]))).toEqual([false, false]);
  expect(forms(await same(col('byte').gt(7), [], [col('wide').sum()]))).toEqual([false, false]);
});
