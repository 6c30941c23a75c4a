// Kernels of many columns and states decode fewer rows at once; the bits stay the same.

import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { Kernels } from '../../src/codegen/kernel.js';
import { decodeWidth } from '../../src/codegen/lua-wide.js';
import { type AggregateExpr, col, count, type Expr } from '../../src/expr/expr.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import type { BatchColumn, ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { foldOn } from '../harness/passes.js';
import { sameOnBothSides, type WrittenChunk, writeChunk } from './chunk.js';

const rows = 8128 * 2 + 70;
const COLUMNS = 20;
let link: ClusterLink;
let written: WrittenChunk;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
  const numbers = (make: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => make(i));
  const nulls = (every: number) => Uint8Array.from({ length: rows }, (_, i) => Number(i % every !== 0));
  const kinds: ((c: number) => [ColumnType, BatchColumn])[] = [
    (c) => ['float64', { kind: 'number', values: numbers((i) => Math.sin(i * (c + 1))) }],
    (c) => ['float64', { kind: 'number', values: numbers((i) => Math.cos(i + c) * 1e5), valid: nulls(c + 2) }],
    (c) => ['int32', { kind: 'number', values: numbers((i) => (i * 31 + c) % 200) }],
    (c) => [
      'int64',
      { kind: 'number', values: numbers((i) => 2 ** 40 + ((i * 7919) % 60_000) * 3), valid: nulls(c + 3) },
    ],
    (c) => ['float32', { kind: 'number', values: numbers((i) => Math.fround(i / 7 + c)) }],
    (c) => [
      'utf8',
      {
        kind: 'string',
        codes: Int32Array.from({ length: rows }, (_, i) => (i * 3 + c) % 5),
        dictionary: ['b', 'a', 'ü', '', 'Z'],
      },
    ],
  ];
  const columns = Array.from({ length: COLUMNS }, (_, c) => {
    const [type, values] = (kinds[c % kinds.length] as (typeof kinds)[number])(c);
    return [`c${c}`, type, values] as const;
  });
  written = await writeChunk(link, columns, rows, link.context());
});
afterAll(() => link.close());

const isText = (c: number): boolean => c % 6 === 5;
const widths = new Set<number>();

async function bothSides(filter: Expr | undefined, keys: readonly string[], aggregates: readonly AggregateExpr[]) {
  const scan: PlanNode = { kind: 'scan', table: 't' };
  const input: PlanNode = filter === undefined ? scan : { kind: 'filter', input: scan, predicate: filter.node };
  const { snapshot, chunk } = written;
  const named = aggregates.map(({ node }, i) => ({ name: `a${i}`, node }));
  const nodes = keys.map((name) => ({ name, node: col(name).node }));
  const plan = foldOn({ kind: 'aggregate', input, keys: nodes, aggregates: named }, snapshot);
  const kernel = new Kernels(plan.spec, snapshot.schema).of(chunk);
  widths.add(decodeWidth(kernel.body));
  const slices = [
    { chunk, firstRow: 0, rows },
    { chunk, firstRow: 8128, rows: 8128 },
    { chunk, firstRow: 16_256, rows: 70 },
  ];
  for (const slice of slices) await sameOnBothSides(link, written, kernel, slice);
}

describe.each([1, 2, 3, 4, 6, 9, 14, COLUMNS])('%i columns', (columns) => {
  const list = Array.from({ length: columns }, (_, c) => c);
  const sums = list.map((c) => (isText(c) ? col(`c${c}`).max() : col(`c${c}`).sum()));
  it('summed', () => bothSides(undefined, [], [count(), ...sums]));
  it('summed under a filter', () =>
    bothSides(
      col(`c${columns - 1}`)
        .isNotNull()
        .and(col('c0').gt(0)),
      [],
      sums,
    ));
  it('with variances', () =>
    bothSides(
      undefined,
      [],
      list.slice(0, 14).map((c) => (isText(c) ? col(`c${c}`).min() : col(`c${c}`).var())),
    ));
  it('in groups', () => bothSides(col('c0').lt(0.5), ['c2'], [count(), ...sums]));
});

afterAll(() => expect([...widths].sort((a, b) => a - b)).toEqual(expect.arrayContaining([0, 8, 16, 32, 64])));
