// Aggregates of users' own: the same bits as Lua and as JavaScript, whatever the slices; and errors where they are defined.
import fc from 'fast-check';
import type { CollectOptions } from '../../src/engine/options.js';
import type { AggregateExpr, Expr } from '../../src/expr/expr.js';
import { col, connect, count, defineAggregate, lit, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { Draw } from '../harness/oracle/draw.js';
import { SOAK } from '../harness/oracle/world.js';

const ROWS = 30_000;
const WAYS: [shards: 1 | 3, options: CollectOptions][] = [
  [3, { side: 'client' }],
  [1, { side: 'shards', sliceUnits: 1 }],
  [3, { side: 'shards', sliceUnits: 2 }],
  [3, { side: 'shards', sliceUnits: 8 }],
];
const open = new Map<1 | 3, Shardfold>();
const x = Array.from({ length: ROWS }, (_, i) => ((i * 7919) % 1009) / 7 - 50);
const y = Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? null : ((i * 31) % 200) - 100));
const DATA = { x, y, k: x.map((_, i) => i % 3), s: x.map((_, i) => ['a', 'bb', 'ccc'][i % 3] ?? '') };

beforeAll(async () => {
  for (const shards of [1, 3] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    open.set(shards, sf);
    const schema = { x: 'float64', y: 'int32', k: 'int32', s: 'utf8' } as const;
    await sf.createTable('t', DATA, { schema, chunkRows: 10_000 });
  }
});
afterAll(async () => {
  for (const sf of open.values()) await sf.close();
});

/** Every way gives the same bits; the first is returned. */
async function everyWay(
  aggregates: Record<string, AggregateExpr>,
  keys: readonly string[] = [],
): Promise<Record<string, unknown>[]> {
  let first: Record<string, unknown>[] | undefined;
  for (const [shards, options] of WAYS) {
    const table = (open.get(shards) as Shardfold).table('t');
    const query = keys.length === 0 ? table.agg(aggregates) : table.groupBy(...keys).agg(aggregates);
    const rows = await query.collect(options);
    if (options.side === 'shards') expect(rows.receipt.computedOn.client).toBe(0);
    first ??= [...rows];
    expect([...rows]).toEqual(first);
  }
  return first ?? [];
}

const sumOfSquares = defineAggregate({
  name: 'sumOfSquares',
  init: { total: 0, n: 0 },
  step: ({ total, n }, value: Expr) => ({ total: total.add(value.mul(value)), n: n.add(1) }),
  merge: (a, b) => ({ total: a.total.add(b.total), n: a.n.add(b.n) }),
  finish: ({ total, n }) => total.div(n),
});
/** The order of rows, and where units were cut, show in every bit. */
const ordered = defineAggregate({
  init: { hash: 1, depth: 0 },
  step: ({ hash, depth }, value: Expr) => ({ hash: hash.mul(0.75).add(value), depth }),
  merge: (a, b) => ({ hash: a.hash.mul(0.3).sub(b.hash), depth: a.depth.add(b.depth).add(1) }),
  finish: (state) => state.hash / 2 ** 0,
});

it('a sum of squares is that of the rows', async () => {
  const [row] = await everyWay({
    squares: sumOfSquares(col('x')),
    y: sumOfSquares(col('y')),
    none: sumOfSquares(col('x'), { where: lit(false) }),
  });
  const plain = x.reduce((sum, value) => sum + value * value, 0) / ROWS;
  expect(Math.abs((row?.squares as number) - plain)).toBeLessThan(1e-9 * plain);
  const some = y.filter((value) => value !== null);
  expect(row?.y).toBe(some.reduce((sum, value) => sum + value * value, 0) / some.length);
  expect(row?.none).toBeNull();
});

it('within a unit row by row, units by the fixed tree', async () => {
  const [row] = await everyWay({ hash: ordered(col('x')) });
  const unit = (from: number, to: number): number => x.slice(from, to).reduce((hash, value) => hash * 0.75 + value, 1);
  // Chunks of 10,000 rows: two units each, of 8,128 and 1,872 rows; three chunks.
  const chunks = [0, 10_000, 20_000].map((first) => {
    return unit(first, first + 8128) * 0.3 - unit(first + 8128, first + 10_000);
  }) as [number, number, number];
  expect(row?.hash).toBe((chunks[0] * 0.3 - chunks[1]) * 0.3 - chunks[2]);
});

it('grouped, under a filter, beside aggregates of the house', async () => {
  const rows = await everyWay(
    {
      n: count(),
      hash: ordered(col('x'), { where: col('y').gt(0) }),
      squares: sumOfSquares(col('y')),
      sum: col('y').sum(),
    },
    ['k'],
  );
  expect(rows).toHaveLength(3);
  const positive = x.filter((_, i) => i % 3 === 1 && (y[i] ?? 0) > 0);
  expect(rows[1]?.hash).not.toBeNull();
  expect(positive.length).toBeGreaterThan(0);
  await everyWay({ hash: ordered(col('x')) }, ['k', 's', 'y']);
});

it("nulls: 'pass' hands rows with nulls to the step; a null leaves its field", async () => {
  const passing = defineAggregate({
    init: { nulls: 0, sum: 0 },
    step: ({ sum }, value: Expr) => ({ nulls: value.isNull(), sum: sum.add(value) }),
    merge: (a, b) => ({ nulls: b.nulls, sum: a.sum.add(b.sum) }),
    finish: ({ nulls }) => Math.max(nulls, 0),
    nulls: 'pass',
  });
  const total = defineAggregate({
    init: { sum: 0 },
    step: ({ sum }, value: Expr) => ({ sum: sum.add(value) }),
    merge: (a, b) => ({ sum: a.sum.add(b.sum) }),
    finish: ({ sum }) => sum,
    nulls: 'pass',
  });
  const [row] = await everyWay({ nulls: passing(col('y')), sum: total(col('y')), own: col('y').sum() });
  expect(row).toEqual({ nulls: 0, sum: row?.own, own: row?.own });
});

it('texts, several arguments, and a finish that is a function of numbers', async () => {
  const weighted = defineAggregate({
    init: { a: 0, b: 0, last: -1, least: Number.POSITIVE_INFINITY },
    step: ({ a, b, least }, value: Expr, weight: Expr, text: Expr) => ({
      a: a.add(value.mul(weight)),
      b: b.add(1),
      last: text.gt('b'),
      least,
    }),
    merge: (a, b) => ({ a: a.a.add(b.a), b: a.b.add(b.b), last: b.last, least: a.least }),
    finish: ({ a, b, last, least }) => (least === Number.POSITIVE_INFINITY ? Math.sqrt(Math.abs(a)) + b + last : null),
  });
  const [row] = await everyWay({ w: weighted(col('x'), 2, col('s')) });
  const exact = x.reduce((sum, value) => sum + 2 * value, 0);
  expect(row?.w).toBeCloseTo(Math.sqrt(Math.abs(exact)) + ROWS + 1, 6);
});

it('the same definition of two arguments, and twice of one, which is kept once', async () => {
  const [row] = await everyWay({ a: sumOfSquares(col('x')), b: sumOfSquares(col('y')), c: sumOfSquares(col('x')) });
  expect(row?.a).toBe(row?.c);
  expect(row?.a).not.toBe(row?.b);
});

it('random trees: Lua and JavaScript come to the same bits', async () => {
  const draw = (g: Draw, names: readonly Expr[], depth: number): Expr => {
    if (depth === 0) return g.chance(0.8) ? g.pick(names) : lit(g.pick([0.5, -1.25, 3, 1e-3, -0, 1e10]));
    const [a, b] = [draw(g, names, depth - 1), draw(g, names, depth - 1)];
    return g.pick([
      () => a.add(b),
      () => a.sub(b),
      () => a.mul(b),
      () => a.div(b),
      () => a.mod(b),
      () => a.neg(),
      () => a.lt(b).and(a.gt(0)),
    ])();
  };
  const number = (expr: Expr): Expr => (['compare', 'logic'].includes(expr.node.kind) ? lit(1) : expr);
  const safe = (g: Draw, names: readonly Expr[]): Expr => {
    for (;;) {
      const expr = number(draw(g, names, g.int(0, 3)));
      if (!/<|>| and /.test(JSON.stringify(expr.node)) && !JSON.stringify(expr.node).includes('"kind":"compare"'))
        return expr;
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (gen) => {
      const g = new Draw(gen);
      const custom = defineAggregate({
        init: { a: g.pick([0, 1, -0.5, 1e300]), b: g.pick([0, Number.POSITIVE_INFINITY, -1]) },
        step: ({ a, b }, v: Expr, w: Expr) => ({ a: safe(g, [a, b, v, w]), b: safe(g, [a, b, v, w]) }),
        merge: (p, q) => ({ a: safe(g, [p.a, p.b, q.a, q.b]), b: safe(g, [p.a, p.b, q.a, q.b]) }),
        finish: ({ a, b }) => a.add(b),
        nulls: g.pick(['skip', 'pass'] as const),
      });
      const other = g.chance(0.5) ? col('x') : col('y');
      await everyWay({ r: custom(col('x'), other), n: count() }, g.pick([[], ['k'], ['y', 's']]));
    }),
    { numRuns: 6 * SOAK, endOnFailure: true },
  );
});

describe('refused where it is defined', () => {
  const merge = (a: { n: Expr }): { n: Expr } => ({ n: a.n });
  const finish = ({ n }: { n: Expr }): Expr => n;
  const step = merge;
  const refused = (make: () => unknown, message: RegExp): void => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
    );
  };
  it('a field that there is not, with the one that was meant', () => {
    const typo = (state: object): { n: Expr } => ({ n: (state as { m: Expr }).m });
    refused(() => defineAggregate({ init: { n: 0 }, step: typo, merge, finish }), /no field m/);
    refused(() => defineAggregate({ init: { n: 0 }, step, merge: typo, finish }), /no field m/);
    refused(
      () => defineAggregate({ init: { n: 0 }, step, merge, finish: (state) => (state as unknown as { m: Expr }).m }),
      /no field m/,
    );
  });
  it('other fields than those of init', () => {
    const more = (state: { n: Expr }) => ({ n: state.n, m: state.n });
    refused(() => defineAggregate<'n', []>({ init: { n: 0 }, step: more, merge, finish }), /step returns m/);
    refused(
      () =>
        defineAggregate<'n' | 'm', []>({ init: { n: 0, m: 0 }, step: more, merge: merge as never, finish: () => 1 }),
      /merge does not return m/,
    );
    refused(
      () => defineAggregate({ init: {}, step: () => ({}), merge: () => ({}), finish: () => 1 }),
      /init has no field/,
    );
  });
  it('values that are none', () => {
    refused(() => defineAggregate({ init: { n: '0' as unknown as number }, step, merge, finish }), /init: n is "0"/);
    refused(
      () => defineAggregate({ init: { n: 0 }, step: () => ({ n: undefined as unknown as Expr }), merge, finish }),
      /undefined/,
    );
    refused(() => defineAggregate({ init: { n: 0 }, step, merge, finish, nulls: 'keep' as 'skip' }), /nulls is "keep"/);
  });
  it('too few arguments', () => {
    refused(() => (sumOfSquares as unknown as () => unknown)(), /takes 1 argument/);
    refused(() => (sumOfSquares as unknown as (...args: unknown[]) => unknown)(col('x'), col('y')), /takes 1 argument/);
  });
  it('an argument of a type that the step cannot take', async () => {
    const table = (open.get(3) as Shardfold).table('t');
    await expect(table.agg({ r: sumOfSquares(col('s')) }).collect()).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });
});

it('columns that are called as the state is, or as arguments are, are themselves', async () => {
  const sf = open.get(3) as Shardfold;
  const columns = { 'state.total': [1, 2, 3], arg1: [10, 20, 30], arg2: [100, 200, 300] };
  await sf.createTable('names', columns);
  const total = defineAggregate({
    init: { total: 0 },
    step: ({ total: sum }, a: Expr, b: Expr) => ({ total: sum.add(a).add(b.mul(2)) }),
    merge: (a, b) => ({ total: a.total.add(b.total) }),
    finish: ({ total: sum }) => sum,
  });
  const aggregates = {
    a: total(col('state.total'), col('arg1')),
    b: total(col('arg2'), col('arg1')),
    c: total(col('arg1'), col('arg2')),
  };
  for (const side of ['client', 'shards'] as const) {
    const rows = await sf.table('names').agg(aggregates).collect({ side });
    expect([...rows]).toEqual([{ a: 126, b: 720, c: 1260 }]);
  }
});
