// What aggregates do where there is a choice: ties, edges of bins, lists, options, and what they share.
import type { CollectOptions } from '../../src/engine/options.js';
import {
  type AggregateExpr,
  type AggregateMap,
  col,
  connect,
  corr,
  count,
  covar,
  covarPop,
  type Expr,
  type Literal,
  Shardfold,
} from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { shuffled } from '../harness/oracle/links.js';
import { type Cells, cellMerge } from '../harness/states.js';

const ROWS = 30_000;
const WAYS: CollectOptions[] = [
  { side: 'client' },
  { side: 'shards', sliceUnits: 1 },
  { side: 'shards', sliceUnits: 4, maxInFlight: 4 },
  {},
];
let sf: Shardfold;

beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  const data = {
    i: rows,
    same: rows.map(() => 1.5),
    tied: rows.map((i) => (i * 7) % 10),
    nan: rows.map((i) => (i % 3 === 2 ? Number.NaN : i)),
    u8: rows.map((i) => i % 100),
    unique: rows.map((i) => ((i * 7919) % ROWS) / 3),
    nothing: rows.map(() => null),
    one: rows.map((i) => (i === 17 ? 4 : null)),
    k: rows.map((i) => i % 4),
    s: rows.map((i) => `text ${(i * 31) % 5000}`),
  };
  const schema = {
    i: 'int32',
    same: 'float64',
    tied: 'float64',
    nan: 'float64',
    u8: 'int32',
    unique: 'float64',
    nothing: 'float64',
    one: 'float64',
    k: 'int32',
    s: 'utf8',
  } as const;
  await sf.createTable('t', data, { schema, chunkRows: 10_000 });
});
afterAll(() => sf.close());

/** The same on either side, whatever the slices and the order of replies. */
async function everyWay(aggregates: AggregateMap, by: readonly string[] = []) {
  let first: Record<string, unknown>[] | undefined;
  for (const options of WAYS) {
    for (const each of [sf, new Shardfold(shuffled(sf.link))]) {
      const table = each.table('t');
      const query = by.length === 0 ? table.agg(aggregates) : table.groupBy(...by).agg(aggregates);
      const rows = await query.collect(options);
      first ??= [...rows];
      expect([...rows]).toEqual(first);
    }
  }
  return first as Record<string, unknown>[];
}

describe('ties: the first row of the table', () => {
  const i = col('i');
  it('argMin and argMax of what is equal everywhere', async () => {
    expect(await everyWay({ min: i.argMin(col('same')), max: i.argMax(col('same')) })).toEqual([{ min: 0, max: 0 }]);
    const groups = await everyWay({ min: i.argMin(col('same')), max: i.argMax(col('same')) }, ['k']);
    expect(groups.map(({ min, max }) => [min, max])).toEqual([0, 1, 2, 3].map((k) => [k, k]));
  });
  it('of some, in other units and chunks too', async () => {
    const where = col('i').gt(12_345);
    expect(await everyWay({ min: i.argMin(col('tied'), { where }), max: i.argMax(col('tied'), { where }) })).toEqual([
      { min: 12_350, max: 12_347 },
    ]);
    expect(await everyWay({ min: i.argMin(col('nan')), max: i.argMax(col('nan')) })).toEqual([{ min: 0, max: 2 }]);
  });
  it('first and last row, null or not', async () => {
    const found = await everyWay({
      a: i.first(),
      b: i.last(),
      c: col('one').first(),
      d: col('one').last({ where: col('one').isNotNull() }),
    });
    expect(found).toEqual([{ a: 0, b: ROWS - 1, c: null, d: 4 }]);
  });
  it.each(['argMin', 'argMax', 'first', 'last', 'list'] as const)(
    'twin: %s merged the other way round is another row',
    (kind) => {
      const merge = cellMerge({ kind, param: 1 });
      const row = (value: number): Cells => (kind === 'list' ? [1, [value]] : [1, value, 7]);
      const [left, right] = [row(1), row(2)];
      merge(left, row(2));
      merge(right, row(1));
      expect(left).not.toEqual(right);
      expect(left).toEqual(row(kind === 'last' ? 2 : 1));
    },
  );
});

describe('histogram', () => {
  const bins = async (expr: Expr, options: { edges: number[] } | { bins: number }) =>
    (await everyWay({ h: expr.histogram(options) }))[0]?.h as { low: number; high: number; count: number }[] | null;
  it('edges belong to the bin below them, the first to the first', async () => {
    expect(await bins(col('u8'), { edges: [0, 10, 20, 99] })).toEqual([
      { low: 0, high: 10, count: 11 * 300 },
      { low: 10, high: 20, count: 10 * 300 },
      { low: 20, high: 99, count: 79 * 300 },
    ]);
    expect((await bins(col('u8'), { edges: [5, 6, 7.5] }))?.map(({ count }) => count)).toEqual([600, 300]);
  });
  it('bins of equal width, NaN left out', async () => {
    const found = await bins(col('nan'), { bins: 4 });
    expect(found?.map(({ low, high }) => [low, high])).toEqual([0, 1, 2, 3].map((i) => [i * 7499.5, (i + 1) * 7499.5]));
    expect(found?.reduce((sum, { count }) => sum + count, 0)).toBe((ROWS / 3) * 2);
  });
  it('one value has half a unit around it, none has no bins', async () => {
    expect(await bins(col('one'), { bins: 2 })).toEqual([
      { low: 3.5, high: 4, count: 1 },
      { low: 4, high: 4.5, count: 0 },
    ]);
    expect(await bins(col('nothing'), { bins: 2 })).toBeNull();
    expect(await bins(col('nothing'), { edges: [0, 1] })).toBeNull();
  });
  it('with hundreds of edges, in groups', async () => {
    const edges = Array.from({ length: 700 }, (_, i) => i * 15 - 20);
    const groups = await everyWay({ h: col('unique').histogram({ edges }), n: count() }, ['k']);
    const total = groups.map(({ h }) => (h as { count: number }[]).reduce((sum, bin) => sum + bin.count, 0));
    expect(total).toEqual(groups.map(({ n }) => n));
  });
});

describe('sketches', () => {
  it('approxQuantile is within its error', async () => {
    const [row] = await everyWay({
      near: col('unique').approxQuantile(0.3),
      nearer: col('unique').approxQuantile(0.3, { relativeError: 0.0005 }),
      whole: col('u8').approxQuantile(0.5),
      none: col('nothing').approxQuantile(0.5),
    });
    const exact = Math.floor(0.3 * (ROWS - 1)) / 3;
    expect(Math.abs((row?.near as number) - exact)).toBeLessThanOrEqual(0.01 * exact);
    expect(Math.abs((row?.nearer as number) - exact)).toBeLessThanOrEqual(0.0005 * exact);
    expect(Math.abs((row?.whole as number) - 49)).toBeLessThanOrEqual(0.49);
    expect(row?.none).toBeNull();
  });
  it('approxCountDistinct is within three standard errors, of any type', async () => {
    const exact = { unique: ROWS, s: 5000, u8: 100, i: ROWS, nothing: 0, nan: (ROWS / 3) * 2 + 1 };
    const names = Object.keys(exact) as (keyof typeof exact)[];
    const [row] = await everyWay(Object.fromEntries(names.map((name) => [name, col(name).approxCountDistinct()])));
    for (const name of names) {
      expect(Math.abs((row?.[name] as number) - exact[name])).toBeLessThanOrEqual(0.049 * exact[name]);
    }
    const groups = await everyWay({ exact: col('s').countDistinct(), near: col('s').approxCountDistinct() }, ['k']);
    for (const { exact: of, near } of groups)
      expect(Math.abs(Number(near) - Number(of))).toBeLessThan(0.049 * Number(of));
  });
});

it('corr of NaN or infinities is an error, of what does not vary NaN', async () => {
  const of = (x: string, y: string) =>
    sf
      .table('t')
      .agg({ r: corr(col(x), col(y)) })
      .collect();
  await expect(of('nan', 'i')).rejects.toMatchObject({
    code: 'OUT_OF_RANGE',
    message: expect.stringContaining('column "r"'),
  });
  expect((await of('same', 'i'))[0]?.r).toBeNaN();
  expect((await of('one', 'i'))[0]?.r).toBeNaN();
  expect((await of('nothing', 'i'))[0]?.r).toBeNull();
  expect((await of('i', 'i'))[0]?.r).toBe(1);
});

it('more states than a Lua function has locals still run in the shards', async () => {
  const columns = ['i', 'same', 'tied', 'u8', 'unique', 'k'];
  const many = Object.fromEntries(
    columns.flatMap((name) => {
      const x = col(name);
      const list = [
        x.mean(),
        x.std(),
        x.min(),
        x.max(),
        x.first(),
        x.last(),
        x.argMax(col('i')),
        x.median(),
        covar(x, col('tied')),
        x.topK(2),
      ];
      return list.map((aggregate, i) => [`${name} ${i}`, aggregate]);
    }),
  );
  const one = async (name: string): Promise<unknown> => {
    const [row] = await sf
      .table('t')
      .agg({ [name]: many[name] as (typeof many)[string] })
      .collect();
    return row?.[name];
  };
  const [row] = await everyWay(many);
  for (const name of ['i 1', 'unique 7', 'k 8', 'tied 9']) expect(row?.[name]).toEqual(await one(name));
  const rows = await sf.table('t').agg(many).collect({ side: 'shards' });
  expect(rows.receipt.computedOn.client).toBe(0);
  const groups = await everyWay(many, ['k']);
  expect(groups).toHaveLength(4);
});

it('columns are pulled where the values of a grouped quantile would weigh more than they do', async () => {
  const big = Array.from({ length: 200_000 }, (_, i) => i / 7);
  await sf.createTable('big', { x: big, k: big.map((_, i) => i % 5) });
  const rows = await sf
    .table('big')
    .groupBy('k')
    .agg({ m: col('x').median(), d: col('x').countDistinct() })
    .collect();
  expect(rows.receipt.computedOn.reason).toMatch(/weigh more than half/);
  expect(rows.map(({ d }) => d)).toEqual([0, 1, 2, 3, 4].map(() => 40_000));
  expect(rows[0]?.m).toBe((99_995 / 7) * 0.5 + (100_000 / 7) * 0.5);
});

describe('refused before anything is read', () => {
  const x = col('i');
  const cases: [string, () => AggregateExpr, string][] = [
    ['a quantile beyond 1', () => x.quantile(1.5), 'q is 1.5'],
    ['no quantile', () => x.quantile('half' as unknown as number), 'q is "half"'],
    ['a relative error of 0', () => x.approxQuantile(0.5, { relativeError: 0 }), 'relativeError is 0'],
    ['a list without a limit', () => x.collectList({} as { limit: number }), 'limit is undefined'],
    ['the top of half a value', () => x.topK(0.5), 'k is 0.5'],
    ['no bins', () => x.histogram({ bins: 0 }), 'bins is 0'],
    ['neither bins nor edges', () => x.histogram({} as { bins: number }), 'neither bins nor edges'],
    ['edges that fall', () => x.histogram({ edges: [1, 0] }), 'edge 1 is 0'],
    ['one edge', () => x.histogram({ edges: [1] }), 'edges is an array'],
    ['bins and edges', () => x.histogram({ bins: 2, edges: [1, 2] } as { bins: number }), 'not both'],
    ['a misspelt option', () => x.sum({ wher: true } as object), 'there is no option wher'],
  ];
  it.each(cases)('%s', async (_, aggregate, message) => {
    await expect(async () => sf.table('t').agg(aggregate()).collect()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });
  it.each([
    ['any of numbers', x.any(), 'any takes conditions, not int32'],
    ['a correlation with text', corr(x, col('s')), 'corr takes numbers'],
    ['an approximate quantile of text', col('s').approxQuantile(0.5), 'approxQuantile takes numbers'],
    ['a filter that is no condition', x.sum({ where: x }), 'where a condition is needed'],
  ])('%s', async (_, aggregate, message) => {
    await expect(sf.table('t').agg(aggregate).collect()).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining(message),
    });
  });
  it('groups cannot be sorted by a list', async () => {
    const query = sf
      .table('t')
      .groupBy('k')
      .agg({ l: x.topK(2) })
      .sort('l');
    await expect(query.collect()).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      message: expect.stringContaining('list(int32)'),
    });
  });
});

it('where is not a value that a row must have: constants and nulls are conditions too', async () => {
  const of = async (where: Literal): Promise<unknown> =>
    (
      await sf
        .table('t')
        .agg({ n: count({ where }) })
        .collect()
    )[0]?.n;
  expect([await of(true), await of(false), await of(null)]).toEqual([ROWS, 0, 0]);
});

it('corr, covar and covarPop of one pair agree', async () => {
  const [row] = await everyWay({
    r: corr(col('i'), col('unique')),
    s: covar(col('i'), col('unique')),
    p: covarPop(col('i'), col('unique')),
  });
  expect(row?.p).toBeCloseTo(((row?.s as number) * (ROWS - 1)) / ROWS, 5);
});

describe('where the answer is not DuckDB’s', () => {
  beforeAll(async () => {
    const rows = [
      { b: true, at: new Date(0), day: new Date(0), far: 1e9 + 0.5, i: 1, d: '0.10' },
      { b: false, at: new Date(1), day: new Date(86_400_000), far: 1e9 + 1.5, i: 2, d: '0.20' },
      { b: true, at: null, day: null, far: 1e9 + 2.5, i: 3, d: null },
    ];
    const schema = { b: 'bool', at: 'timestamp', day: 'date', far: 'float64', i: 'int32', d: 'decimal(2)' } as const;
    await sf.createTable('few', rows, { schema });
  });
  const of = async (aggregate: AggregateExpr): Promise<unknown> =>
    (await sf.table('few').agg({ r: aggregate }).collect())[0]?.r;

  it('bools count as 0 and 1 in covariances, and not in weighted means', async () => {
    expect(await of(covarPop(col('b'), col('i')))).toBeCloseTo(0, 15);
    expect(await of(covarPop(col('b'), col('b')))).toBeCloseTo(2 / 9, 15);
    await expect(of(col('b').weightedMean(1))).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });
  it('quantiles of times are cut to milliseconds, of dates they are timestamps', async () => {
    expect(await of(col('at').quantile(0.7))).toEqual(new Date(0));
    expect(await of(col('day').median())).toEqual(new Date(43_200_000));
  });
  it('a covariance far from 0 keeps its digits', async () => {
    expect(await of(covarPop(col('far'), col('far')))).toBe(2 / 3);
    expect(await of(corr(col('far'), col('i')))).toBe(1);
  });
  it('an approximate quantile is a float64, a weighted mean too', async () => {
    expect(Math.abs(((await of(col('d').approxQuantile(1, { relativeError: 0.001 }))) as number) - 0.2)).toBeLessThan(
      0.0002,
    );
    expect(await of(col('i').weightedMean(col('i')))).toBe(14 / 6);
  });
});
