// Sums of floats whose rows have no order: correctly rounded, in the shards as on the client side, however rows are ordered and cut.
import fc from 'fast-check';
import type { BoundAggregate, StateField } from '../../src/aggregates/index.js';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { addLimb, exactAdd, type Limbs } from '../../src/codegen/exact-js.js';
import { EXACT_PIECES } from '../../src/codegen/exact-lua.js';
import { Kernels, type Slice } from '../../src/codegen/kernel.js';
import type { Partial } from '../../src/codegen/partial.js';
import { foldOnClient, sliceColumn } from '../../src/engine/client-side.js';
import { GroupLayout, type Groups } from '../../src/engine/groups.js';
import { foldInShard } from '../../src/engine/shard-side.js';
import { StateReader } from '../../src/engine/state-layout.js';
import { ShardfoldError } from '../../src/errors.js';
import { col, corr, covar, covarPop } from '../../src/index.js';
import type { ColumnBuffers } from '../../src/storage/decode.js';
import { type WrittenChunk, writeChunk } from '../codegen/chunk.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { nearestTo, nearestToRoot } from '../harness/oracle/nearest.js';
import { SCALE, scaled } from '../harness/oracle/rational.js';
import { foldOn } from '../harness/passes.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => link.close());

const [x, y] = [col('x'), col('y')];
const AGGREGATES = {
  sum: x.sum(),
  mean: x.mean(),
  var: x.var(),
  std: x.std(),
  varPop: x.varPop(),
  stdPop: x.stdPop(),
  covar: covar(x, y),
  covarPop: covarPop(x, y),
  corr: corr(x, y),
  weightedMean: x.weightedMean(y),
};
type Name = keyof typeof AGGREGATES;
type Results = Record<Name, unknown>;
type Row = readonly [x: number, y: number | null, group: number];
type Pair = readonly [x: number, y: number, group: number];

function expected(rows: readonly Row[]): Results {
  const both = rows.filter((row): row is Pair => row[1] !== null);
  if (both.length === rows.length) return ofPairs(both);
  const { sum, mean, var: sample, std, varPop, stdPop } = ofPairs(rows.map(([a, , group]) => [a, 0, group]));
  return { ...ofPairs(both), sum, mean, var: sample, std, varPop, stdPop };
}

/** n, the exact sums in units of 2^-1074 and 2^-2148, and what doubles make of values that are not finite. */
function ofPairs(rows: readonly Pair[]): Results {
  let [sx, sy, sxx, sxy, syy] = [0n, 0n, 0n, 0n, 0n];
  let [px, py, pxy, finite, finiteX] = [0, 0, 0, true, true];
  for (const [a, b] of rows) {
    const both = Number.isFinite(a) && Number.isFinite(b);
    finite &&= both;
    finiteX &&= Number.isFinite(a);
    const [i, j] = [Number.isFinite(a) ? scaled(a) : 0n, Number.isFinite(b) ? scaled(b) : 0n];
    [sx, sy, sxx, sxy, syy] = [sx + i, sy + j, sxx + i * i, sxy + (both ? i * j : 0n), syy + j * j];
    if (!Number.isFinite(a)) px += a;
    if (!Number.isFinite(b)) py += b;
    if (!both) pxy += a * b;
  }
  const count = rows.length;
  const n = BigInt(count);
  const one = 1n << SCALE;
  const deviations = (ab: bigint, a: bigint, b: bigint): bigint => n * ab - a * b;
  const [dxx, dxy, dyy] = [deviations(sxx, sx, sx), deviations(sxy, sx, sy), deviations(syy, sy, sy)];
  const variance = (lost: bigint, root: boolean): unknown => {
    if (n <= lost) return null;
    if (n === 1n) return 0;
    const divisor = n * (n - lost) * one * one;
    if (!finiteX || nearestTo(dxx, divisor) === Number.POSITIVE_INFINITY) return 'OUT_OF_RANGE';
    return root ? nearestToRoot(dxx, divisor) : nearestTo(dxx, divisor);
  };
  const covariance = (lost: bigint): unknown => {
    if (n <= lost) return null;
    return finite ? nearestTo(dxy, n * (n - lost) * one * one) : Number.NaN;
  };
  const correlation = (): unknown => {
    if (n === 1n) return Number.NaN;
    if (!finite) return 'OUT_OF_RANGE';
    if (dxx * dyy === 0n) return Number.NaN;
    const size = nearestToRoot(dxy * dxy, dxx * dyy);
    return dxy < 0n ? -size : size;
  };
  const weighted = (): unknown => {
    const [numerator, weights] = [finite ? nearestTo(sxy, one * one) : pxy, py !== 0 ? py : nearestTo(sy, one)];
    if (!finite || sy === 0n) return numerator / weights;
    return sy < 0n ? nearestTo(-sxy, -sy * one) : nearestTo(sxy, sy * one);
  };
  return {
    sum: finiteX ? nearestTo(sx, one) : px,
    mean: finiteX ? nearestTo(sx, n * one) : px / count,
    var: variance(1n, false),
    std: variance(1n, true),
    varPop: variance(0n, false),
    stdPop: variance(0n, true),
    covar: covariance(1n),
    covarPop: covariance(0n),
    corr: correlation(),
    weightedMean: weighted(),
  };
}

function write(rows: readonly Row[]): Promise<WrittenChunk> {
  const numbers = (place: 0 | 1 | 2) => {
    const values = Float64Array.from(rows, (row) => row[place] ?? 0);
    const valid = Uint8Array.from(rows, (row) => Number(row[place] !== null));
    return { kind: 'number', values, ...(valid.includes(0) && { valid }) } as const;
  };
  const columns = [
    ['x', 'float64', numbers(0)],
    ['y', 'float64', numbers(1)],
    ['k', 'int32', numbers(2)],
  ] as const;
  return writeChunk(link, columns, rows.length, link.context());
}

const planOf = ({ snapshot }: WrittenChunk, keys: readonly string[], exact: boolean) =>
  foldOn(
    {
      kind: 'aggregate',
      input: { kind: 'scan', table: 't' },
      keys: keys.map((name) => ({ name, node: col(name).node })),
      aggregates: Object.entries(AGGREGATES).map(([name, { node }]) => ({ name, node })),
    },
    snapshot,
    exact,
  );

const plain = ({ groups, keys, rows, fields }: Partial) => ({
  groups,
  keys: keys.map((column) => Array.from(column)),
  rows: Array.from(rows),
  fields: fields.map((column) => Array.from(column as ArrayLike<unknown>)),
});

function finished(aggregate: BoundAggregate, reader: StateReader, row: number): unknown {
  try {
    return aggregate.finish(reader.of(row));
  } catch (error) {
    if (error instanceof ShardfoldError) return error.code;
    throw error;
  }
}

type Change = (fields: StateField[], kind: string) => void;

interface Way {
  readonly keys?: readonly string[];
  /** Rows at which they are cut, multiples of 8. */
  readonly cuts?: readonly number[];
  readonly exact?: boolean;
  /** In which order parts merge, as numbers below 1. */
  readonly order?: readonly number[];
  /** Spoils the merged states, from which only one aggregate is then finished. */
  readonly change?: Change;
  readonly only?: Name;
}

/** The aggregates of each group, which both sides must find in each part with the same bits. */
async function results(written: WrittenChunk, way: Way = {}): Promise<Map<unknown, Results>> {
  const { keys = [], cuts = [], exact = true, order = [], change, only } = way;
  const { snapshot, chunk, buffers } = written;
  const { spec, outputs } = planOf(written, keys, exact);
  const kernel = new Kernels(spec, snapshot.schema).of(chunk);
  const layout = new GroupLayout(spec);
  const ends = [...new Set([0, ...cuts.filter((at) => at < chunk.rows), chunk.rows])].sort((a, b) => a - b);
  const parts: Groups[] = [];
  for (const [i, firstRow] of ends.slice(0, -1).entries()) {
    const slice: Slice = { chunk, firstRow, rows: (ends[i + 1] as number) - firstRow };
    const { partial } = await foldInShard(link, snapshot, kernel, slice, link.context());
    const columns = kernel.body.shape.columns.map((column) =>
      sliceColumn(column, slice, buffers[column.index] as ColumnBuffers),
    );
    expect(plain(partial)).toEqual(plain(foldOnClient(kernel, slice, columns)));
    parts.push(layout.read(partial, { body: kernel.body, codes: { chunk, text: () => '' } }));
  }
  for (let step = 0; parts.length > 1; step++) {
    const [left] = parts.splice(Math.floor((order[step] ?? 0) * parts.length), 1) as [Groups];
    const place = Math.floor((order[step] ?? 0) * parts.length);
    parts[place] = layout.merge(left, parts[place] as Groups);
  }
  const [groups] = parts as [Groups];
  for (const { spec: state, first, size } of layout.states.places.flat()) {
    const columns = groups.columns.slice(first, first + size);
    const fields = columns.map((column) => column[0] as StateField);
    change?.(fields, state.kind);
    for (const [i, column] of columns.entries()) column[0] = fields[i] as number;
  }
  const reader = new StateReader(
    layout.states,
    groups.columns,
    Uint32Array.from({ length: groups.rows }, (_, i) => i),
  );
  const aggregates = outputs.flatMap((output) =>
    output.kind !== 'aggregate' || (only ?? output.name) !== output.name ? [] : [output],
  );
  return new Map(
    Array.from({ length: groups.rows }, (_, row) => [
      keys.length === 0 ? undefined : layout.index.columns[0]?.at(groups.ids[row] as number),
      Object.fromEntries(aggregates.map(({ name, aggregate }) => [name, finished(aggregate, reader, row)])) as Results,
    ]),
  );
}

const one = async (rows: readonly Row[], way: Way = {}): Promise<Results> =>
  (await results(await write(rows), way)).get(undefined) as Results;

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
