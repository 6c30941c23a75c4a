// Numerical care: what plain sums lose, against the exact values for the stored doubles.

import { Kernels, type Slice } from '../../src/codegen/kernel.js';
import { foldOnClient, sliceColumn } from '../../src/engine/client-side.js';
import { GroupLayout, type Groups } from '../../src/engine/groups.js';
import { MergeTree } from '../../src/engine/tree.js';
import type { AggregateName, AggregateNode } from '../../src/expr/nodes.js';
import { col, connect, count, type Shardfold } from '../../src/index.js';
import type { PlanNode } from '../../src/plan/nodes.js';
import { UNIT_ROWS } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { type PureChunk, pureChunks } from '../harness/oracle/chunks.js';
import { exactOf, nearSum, nearVariance, toNumber, varianceOf } from '../harness/oracle/rational.js';
import { foldOn } from '../harness/passes.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
});
afterAll(() => sf.close());

const SIDES = [{ side: 'shards' }, { side: 'client' }] as const;
const aggregates = { n: count(), sum: col('x').sum(), mean: col('x').mean(), var: col('x').var(), std: col('x').std() };
const digits = (value: unknown, exact: number): number =>
  -Math.log10(Math.abs((value as number) - exact) / Math.abs(exact) + 1e-17);

describe('10000000.2 followed by 500 pairs 10000000.1, 10000000.3', () => {
  const x = [10000000.2, ...Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 10000000.1 : 10000000.3))];
  const exact = exactOf(x);
  const mean = toNumber(exact.sum, exact.n << 1074n);
  const std = Math.sqrt(varianceOf(exact, 1n));
  beforeAll(async () => {
    const columns = { x: Float64Array.from(x), g: Int32Array.from(x, () => 3), h: Int32Array.from(x, (_, i) => i % 2) };
    await sf.createTable('whole', columns);
    await sf.createTable('cut', columns, { chunkRows: 100 });
  });

  it('the exact values for the stored doubles', () => {
    expect(mean).toBeCloseTo(10000000.2, 6);
    expect(std).toBeCloseTo(0.1, 7);
  });

  it.each(['whole', 'cut'])('mean and deviation to ten digits and more, table %s', async (name) => {
    for (const options of SIDES) {
      const [all] = await sf.table(name).agg(aggregates).collect(options);
      const [grouped] = await sf.table(name).groupBy('g').agg(aggregates).collect(options);
      const [filtered] = await sf.table(name).filter(col('x').gt(0)).agg(aggregates).collect(options);
      for (const row of [all, grouped, filtered]) {
        expect(row?.n).toBe(1001);
        expect(digits(row?.mean, mean)).toBeGreaterThan(14);
        expect(digits(row?.std, std)).toBeGreaterThan(10);
      }
      for (const row of await sf.table(name).groupBy('h').agg(aggregates).collect(options)) {
        const part = exactOf(x.filter((_, i) => i % 2 === row.h));
        expect(digits(row.mean, toNumber(part.sum, part.n << 1074n))).toBeGreaterThan(14);
        expect(nearVariance(row.var as number, part, 1n)).toBe(true);
      }
    }
  });
});

it('a large value that comes and goes takes nothing with it', async () => {
  // Far enough apart to fall into different blocks of 64 rows.
  const x = new Float64Array(1000).fill(1);
  [x[0], x[500]] = [1e16, -1e16];
  await sf.createTable('spike', { x });
  for (const options of SIDES) {
    const [row] = await sf
      .table('spike')
      .agg({ sum: col('x').sum() })
      .collect(options);
    // The 62 ones that share a block with 1e16 are pairwise sums by then, and rounded to its even last place.
    expect(Math.abs((row?.sum as number) - 998)).toBeLessThanOrEqual(4);
  }
  expect(x.reduce((sum, value) => sum + value, 0)).toBeLessThan(500);
});

it('sums and variances of hard columns stay within their bounds', async () => {
  const n = 12_000;
  const columns = {
    tiny: Float64Array.from({ length: n }, (_, i) => 1e-162 * (1 + (i % 7))),
    subnormal: Float64Array.from({ length: n }, (_, i) => 5e-324 * (i % 9)),
    shifted: Float64Array.from({ length: n }, (_, i) => 1e15 + (i % 3)),
    drifting: Float64Array.from({ length: n }, (_, i) => i * 1e9 + Math.sin(i)),
    wild: Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 10 ** (i % 40)),
    cancelling: Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1e12 + 1 / (1 + i))),
    same: new Float64Array(n).fill(0.1),
    outlier: Float64Array.from({ length: n }, (_, i) => (i === 0 ? 1e18 : i % 5)),
  };
  await sf.createTable('hard', { ...columns, g: Int32Array.from({ length: n }, (_, i) => (i * i) % 5) });
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const all = names.flatMap((name) => [col(name).sum().as(`${name} sum`), col(name).var().as(`${name} var`)]);
  const deviations = names.map((name) => col(name).std().as(`${name} std`));
  for (const options of SIDES) {
    const [row] = await sf
      .table('hard')
      .agg(...all)
      .collect(options);
    const [std] = await sf
      .table('hard')
      .agg(...deviations)
      .collect(options);
    const groups = await sf
      .table('hard')
      .groupBy('g')
      .agg(...all)
      .collect(options);
    for (const name of names) {
      const exact = exactOf([...columns[name]]);
      expect([name, nearSum(row?.[`${name} sum`] as number, exact)]).toEqual([name, true]);
      expect([name, nearVariance(row?.[`${name} var`] as number, exact, 1n)]).toEqual([name, true]);
      expect(std?.[`${name} std`]).toBeGreaterThanOrEqual(0);
      for (const group of groups) {
        const part = exactOf([...columns[name]].filter((_, i) => (i * i) % 5 === group.g));
        expect([name, nearSum(group[`${name} sum`] as number, part)]).toEqual([name, true]);
        expect([name, nearVariance(group[`${name} var`] as number, part, 1n)]).toEqual([name, true]);
      }
    }
  }
});

describe('twins: what the fixed tree is for', () => {
  const rows = 50_000;
  const values = Array.from({ length: rows }, (_, i) => Math.sin(i * 1.3) * 10 ** ((i * 7) % 11));
  const table = { columns: [{ name: 'x', type: 'float64' as const, values, samples: [] }], rows, chunkRows: 65_024 };
  const { snapshot, chunks } = pureChunks(table);
  const [first] = chunks;
  const of = (aggregate: AggregateName) => {
    const node: AggregateNode = { kind: 'aggregate', aggregate, args: [col('x').node] };
    const input: PlanNode = { kind: 'scan', table: 'x' };
    const plan = foldOn({ kind: 'aggregate', input, keys: [], aggregates: [{ name: 'r', node }] }, snapshot);
    const layout = new GroupLayout(plan.spec);
    const kernel = new Kernels(plan.spec, snapshot.schema).of(snapshot.chunks[0] as Slice['chunk']);
    const fold = (firstRow: number, count: number): Groups => {
      const slice: Slice = { chunk: snapshot.chunks[0] as Slice['chunk'], firstRow, rows: count };
      const columns = kernel.body.shape.columns.map((column) =>
        sliceColumn(column, slice, first?.buffers[column.index] as PureChunk['buffers'][number]),
      );
      const partial = foldOnClient(kernel, slice, columns);
      return layout.read(partial, { body: kernel.body, codes: { chunk: slice.chunk, text: () => '' } });
    };
    return {
      layout,
      fold,
      cells: (groups: Groups | undefined) => groups?.columns.map(([cell]) => cell),
    };
  };
  const units = Array.from({ length: Math.ceil(rows / UNIT_ROWS) }, (_, i) => i);

  it.each(['sum', 'var'] as const)('%s: units in any order through the tree give the same bits', (aggregate) => {
    const { layout, fold, cells } = of(aggregate);
    const result = (order: readonly number[]) => {
      const tree = new MergeTree<Groups>(units.length, (left, right) => layout.merge(left, right));
      for (const unit of order) tree.add(0, unit, fold(unit * UNIT_ROWS, Math.min(UNIT_ROWS, rows - unit * UNIT_ROWS)));
      return cells(tree.result());
    };
    const whole = cells(fold(0, rows));
    expect(result(units)).toEqual(whole);
    expect(result([...units].reverse())).toEqual(whole);
    expect(result([3, 0, 6, 1, 5, 2, 4])).toEqual(whole);
  });

  it.each(['sum', 'var'] as const)('%s: merging in the order of arrival does not', (aggregate) => {
    const { layout, fold, cells } = of(aggregate);
    const results = [units, [...units].reverse(), [3, 0, 6, 1, 5, 2, 4]].map((order) => {
      const states = order.map((unit) => fold(unit * UNIT_ROWS, Math.min(UNIT_ROWS, rows - unit * UNIT_ROWS)));
      return JSON.stringify(cells(states.reduce((left, right) => layout.merge(left, right))));
    });
    expect(new Set(results).size).toBeGreaterThan(1);
  });

  it.each(['sum', 'var'] as const)('%s: neither does a moved cut', (aggregate) => {
    const { layout, fold, cells } = of(aggregate);
    const whole = JSON.stringify(cells(fold(0, rows)));
    const cut = 9216;
    const moved = JSON.stringify(cells(layout.merge(fold(0, cut), fold(cut, rows - cut))));
    expect(moved).not.toBe(whole);
  });
});
