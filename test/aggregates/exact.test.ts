// Sums of floats whose rows have no order: correctly rounded, in the shards as on the client side, however rows are ordered and cut.
import fc from 'fast-check';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { addLimb, exactAdd, type Limbs } from '../../src/codegen/exact-js.js';
import { EXACT_PIECES } from '../../src/codegen/exact-lua.js';
import { col, connect } from '../../src/index.js';
import type { ColumnType } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { expected, type Name, type Results, type Row } from '../harness/oracle/moments.js';
import { AGGREGATES, type Change, resultsOf, type Way, writeRows } from './unordered.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => link.close());

const write = (rows: readonly Row[], ...types: ColumnType[]) => writeRows(link, rows, types);
const results = (written: Parameters<typeof resultsOf>[1], way: Way = {}) => resultsOf(link, written, way);
const one = async (rows: readonly Row[], way: Way = {}, ofX: ColumnType = 'float64'): Promise<Results> =>
  (await results(await write(rows, ofX), way)).get(undefined) as Results;

const finite = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, min: -1000, max: 1000 }) },
  fc.constantFrom(0, -0, 1, -1, 1e16, -1e16, 1e308, -1e308, Number.MAX_VALUE, -Number.MAX_VALUE, 1e200, 2 ** -600),
  fc.constantFrom(5e-324, -5e-324, 2.2e-308, 2 ** -1022, 1 + 2 ** -52, 0.1, 2 ** 997, 2 ** -537, 3e-162, -1e-170),
);
const special = fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
const draw = (value: fc.Arbitrary<number>) =>
  fc.record({
    rows: fc.array(fc.tuple(value, value, fc.nat(3)), { minLength: 1, maxLength: 90, size: 'max' }),
    /** How many rows come again with the opposite sign, so that sums cancel. */
    cancelled: fc.double({ min: 0, max: 1, noNaN: true }),
    shuffle: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
    cuts: fc.array(fc.nat(22).map((at) => 8 * at)),
    order: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 24, maxLength: 24 }),
  });

async function check(value: fc.Arbitrary<number>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(draw(value), async ({ rows, cancelled, shuffle, cuts, order }) => {
      const again = rows.slice(0, Math.floor(rows.length * cancelled)).map(([a, b, k]): Row => [-a, b, k]);
      const all: Row[] = [...rows, ...again];
      const shuffled = all.map((row) => [row, shuffle.next().value as number] as const);
      const permuted = shuffled.sort((a, b) => a[1] - b[1]).map(([row]) => row);
      const wanted = expected(all);
      expect(await one(all)).toEqual(wanted);
      const written = await write(permuted);
      expect((await results(written, { cuts, order })).get(undefined)).toEqual(wanted);
      const groups = await results(written, { keys: ['k'], cuts, order });
      const byGroup = [...new Set(all.map(([, , k]) => k))].map((k): [number, Results] => {
        return [k, expected(all.filter(([, , group]) => group === k))];
      });
      expect(groups).toEqual(new Map(byGroup));
    }),
    { numRuns },
  );
}

it('of finite values of all magnitudes', () => check(finite, 20), 60_000);
it(
  'of values that may be infinite or NaN',
  () => check(fc.oneof({ weight: 30, arbitrary: finite }, special), 12),
  60_000,
);

const ones = (values: readonly number[]): Row[] => values.map((value) => [value, 1, 0]);
const pairs = (values: readonly number[]): Row[] => values.map((value, i) => [value, ((i * 7) % 5) + 0.1, 0]);

it('whole blocks of rows, and many groups that are looked up', async () => {
  const value = (i: number): number => Math.sin(i) * 10 ** ((i * 7) % 40);
  const rows = Array.from({ length: 700 }, (_, i): Row => {
    return [value(i), i % 11 === 5 ? null : Math.cos(i) / (1 + (i % 9)), (i % 50) * 1e6];
  });
  const written = await write(rows);
  expect((await results(written, { cuts: [128, 136] })).get(undefined)).toEqual(expected(rows));
  const groups = await results(written, { keys: ['k'], cuts: [320] });
  for (const [k, found] of groups) expect(found).toEqual(expected(rows.filter(([, , group]) => group === k)));
  expect(groups.size).toBe(50);
});

it('decimals and whole numbers too large to square', async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i): Row => [(i % 2 === 0 ? 1 : -1) * (2 ** 45 + i), 2 ** 44 - 3 ** i, i % 3],
  );
  const written = await write(rows.slice(0, 28), 'decimal(2)', 'int64');
  const found = await results(written, { cuts: [16] });
  expect(found.get(undefined)).toEqual(expected(rows.slice(0, 28), 100n));
  expect(await one(rows, {}, 'int64')).toEqual(expected(rows));
  expect((await results(written, { exact: false })).get(undefined)).not.toEqual(found.get(undefined));
});

it.each([1, 3] as const)('over keys of %i shards, in the shards and on the client side', async (shards) => {
  const prefix = uniquePrefix();
  await using sf = await connect({ url: sharedUrl(shards), prefix });
  const rows = Array.from({ length: 120 }, (_, i): Row => {
    return [Math.sin(i) * 10 ** ((i * 37) % 140), i % 9 === 4 ? null : Math.cos(i) * 10 ** -((i * 17) % 300), i % 5];
  });
  await Promise.all(
    rows.map(([x, y, k], i) => {
      const key = `${prefix}:${i}`;
      const fields = ['x', String(x), 'k', String(k), ...(y === null ? [] : ['y', String(y)])];
      return sf.link.call(
        { key, command: ['HSET', key, ...fields], readOnly: false, idempotent: true },
        sf.link.context(),
      );
    }),
  );
  const hashes = sf.hashes(`${prefix}:*`, { x: 'float64', y: 'float64', k: 'int32' });
  const wide = { wide: col('k').add(4e8).std(), cubed: col('k').mul(col('k')).mul(col('k')).stdPop() };
  const whole: unknown[] = [];
  for (const side of ['shards', 'client'] as const) {
    const [all] = await hashes.agg(AGGREGATES).collect({ side });
    expect(all).toEqual(expected(rows));
    const groups = await hashes.groupBy('k').agg(AGGREGATES).collect({ side });
    for (const { k, ...found } of groups) expect(found).toEqual(expected(rows.filter((row) => row[2] === k)));
    expect(groups).toHaveLength(5);
    whole.push([...(await hashes.agg(wide).collect({ side }))]);
  }
  expect(whole[0]).toEqual(whole[1]);
});

it('infinite and NaN values come to what they do in the order of a table', async () => {
  for (const values of [[1, Number.POSITIVE_INFINITY, 2], [Number.NaN, 1], [-1 / 0, 1 / 0, 3], [1 / 0], [Number.NaN]]) {
    const { covar: ofTables, covarPop: popOfTables, ...ordered } = await one(pairs(values), { exact: false });
    const found = await one(pairs(values));
    expect(found).toMatchObject(ordered);
    expect([found.covar, found.covarPop]).toEqual([values.length > 1 ? Number.NaN : null, Number.NaN]);
    expect([ofTables, popOfTables].some((each) => typeof each === 'number' && Number.isFinite(each))).toBe(false);
  }
});

describe('twins', () => {
  it.each([
    ['the compensation', 'exactSum', 1, 'sum', pairs([1e16, 1, -1e16])],
    ['the limbs of a sum', 'exactSum', 2, 'mean', pairs([1e300, 1, 1e-300, -1e300, -1])],
    ['the limbs of products', 'exactProduct', 4, 'weightedMean', ones([1e300, 1, 1e-200, -1e300, -1])],
    [
      'errors of products',
      'exactProduct',
      2,
      'weightedMean',
      [...ones([-(1 + 2 ** -51)]), [1 + 2 ** -52, 1 + 2 ** -52, 0]],
    ],
  ] as [string, string, number, Name, Row[]][])('without %s another result', async (_, kind, field, name, rows) => {
    const right = await one(rows);
    expect(right).toEqual(expected(rows));
    const change: Change = (fields, of) => {
      if (of === kind) fields[field] = field === fields.length - 1 ? new Map() : 0;
    };
    expect((await one(rows, { change, only: name }))[name]).not.toBe(right[name]);
  });
  it('in the order of a table 1 is lost', async () => {
    const values = pairs([1, 1e100, 1, -1e100]);
    expect([(await one(values)).sum, (await one(values, { exact: false })).sum]).toEqual([2, 0]);
  });
});

it('limbs carry before they round, on both sides', async () => {
  const steps = [2 ** 52 - 1, 2 ** 31, 2 ** 52 - 3, -(2 ** 51) - 7, 5, -(2 ** 52) + 1, -(2 ** 52) + 3, -(2 ** 52) + 5];
  const limbs: Limbs = new Map();
  for (const step of steps) addLimb(limbs, -1, step);
  const total = [...limbs].reduce(
    (sum, [index, whole]) => sum + (BigInt(whole) << BigInt(32 * (Number(index) + 1))),
    0n,
  );
  expect(total).toBe(steps.map(BigInt).reduce((a, b) => a + b));
  expect(Math.max(...[...limbs.values()].map(Math.abs))).toBeLessThan(2 ** 52);
  const code = EXACT_PIECES.map(([, lua]) => lua).join('\n');
  const lua = `local floor = math.floor\n${code}
    local t = {} for _, w in ipairs(ARGV) do exact_limb(t, -1, tonumber(w)) end
    return { string.format('%.0f', t[-1]), string.format('%.0f', t[0]) }`;
  const command = ['EVAL', lua, '1', `${link.prefix}none`, ...steps.map(String)];
  const reply = await link.call(
    { key: `${link.prefix}none`, command, readOnly: false, idempotent: true },
    link.context(),
  );
  expect((reply as unknown as Buffer[]).map(String)).toEqual([limbs.get(-1), limbs.get(0)].map(String));
});

it('one tiny value does not keep the doubles from holding what comes after it', () => {
  const limbs: Limbs = new Map();
  let [s, c] = exactAdd(1, 1e-300, limbs, 2 ** 60 + 2 ** 8);
  [s, c] = exactAdd(s, c, limbs, 3);
  const held = new Map(limbs);
  [s, c] = exactAdd(s, c, limbs, 5);
  expect([s, c, limbs]).toEqual([2 ** 60 + 2 ** 8, 9, held]);
});
