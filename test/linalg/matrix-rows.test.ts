// A matrix as the rows of a query: the columns c0, c1, … in the shards and on the client side, whatever its values are packed as.
import fc from 'fast-check';
import { type AggregateExpr, col, connect, count, type Shardfold } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

let three: Shardfold;
let one: Shardfold;
beforeAll(async () => {
  three = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  one = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(async () => {
  await three.close();
  await one.close();
});

const ROWS = 30_000;
const COLS = 5;

/** Matrices whose blocks are packed in each way that there is. */
const PACKED: Record<string, (i: number, j: number) => number> = {
  f64: (i, j) => Math.sin(i * COLS + j) * 10 ** j,
  f32: (i, j) => Math.fround(Math.cos(i + j)),
  u8: (i, j) => ((i * 7 + j) % 50) * 2 - 20,
  u16: (i, j) => (i * 31 + j * 1000) % 40_000,
};

describe.each(Object.entries(PACKED))('packed as %s', (name, value) => {
  const data = Float64Array.from({ length: ROWS * COLS }, (_, k) => value(Math.floor(k / COLS), k % COLS));
  const column = (j: number): number[] => Array.from({ length: ROWS }, (_, i) => data[i * COLS + j] as number);

  beforeAll(async () => {
    for (const sf of [three, one]) await sf.matrix(name).set(data, [ROWS, COLS]);
  });

  it('rows come as they are', async () => {
    const whole = await three.table(name).collectColumns();
    expect(whole.rows).toBe(ROWS);
    expect(Object.keys(whole.columns)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    for (let j = 0; j < COLS; j++) expect(Array.from(whole.columns[`c${j}`] as Float64Array)).toEqual(column(j));
  });

  it('filters, sums, groups and orders: the same bits in the shards, here and on one shard', async () => {
    const mean = column(2).reduce((sum, x) => sum + x, 0) / ROWS;
    const query = (sf: Shardfold) =>
      sf
        .table(name)
        .filter(col('c2').gt(mean))
        .groupBy(col('c1').gt(0).as('positive'))
        .agg({ n: count(), sum: col('c3').mul(col('c0')).sum(), least: col('c4').min(), middle: col('c0').median() })
        .sort('positive');
    const seen = await Promise.all([
      query(three).collect({ side: 'shards' }),
      query(three).collect({ side: 'client' }),
      query(one).collect({ side: 'shards' }),
    ]);
    expect(seen[0].receipt.computedOn.client).toBe(0);
    for (const rows of seen) expect([...rows]).toEqual([...(seen[0] as (typeof seen)[0])]);
    const kept = Array.from({ length: ROWS }, (_, i) => i).filter((i) => (column2[i] as number) > mean);
    expect(seen[0].reduce((sum, { n }) => sum + Number(n), 0)).toBe(kept.length);
  });
  const column2 = column(2);

  it('the first rows of an order, and pages', async () => {
    const wanted = column(1)
      .map((x, i) => [x, i] as const)
      .sort(([a, i], [b, j]) => b - a || i - j)
      .slice(0, 7)
      .map(([, i]) => data[i * COLS + 3]);
    for (const side of ['shards', 'client'] as const) {
      const rows = await three.table(name).sort('c1', 'desc').limit(7).select('c3').collect({ side });
      expect(rows.map(({ c3 }) => c3)).toEqual(wanted);
    }
    const page = await three.table(name).select('c4').page({ size: 3, offset: 20_000 });
    expect(page.rows.map(({ c4 }) => c4)).toEqual([0, 1, 2].map((i) => data[(20_000 + i) * COLS + 4]));
  });

  it('becomes a table, a column taken over and one computed', async () => {
    await three.table(name).select('c4', col('c0').add(1).as('more')).into(`${name}-table`);
    const made = await three.table(`${name}-table`).collectColumns();
    expect(Array.from(made.columns.c4 as Float64Array)).toEqual(column(4));
    expect(Array.from(made.columns.more as Float64Array)).toEqual(column(0).map((x) => x + 1));
  });

  it('SQL reads it, too', async () => {
    const [row] = await three
      .sql(`SELECT max(c3) AS most, count(*) AS n FROM "${name}" WHERE c0 IS NOT NULL`)
      .collect();
    expect(row).toEqual({ most: Math.max(...column(3)), n: ROWS });
  });
});

it('models take it', async () => {
  const x = Array.from({ length: 500 }, (_, i) => [i, Math.sqrt(i), 3 + 2 * i - 5 * Math.sqrt(i)]);
  await three.matrix('line').set(x);
  const model = await three.linearRegression('line', { y: 'c2', x: ['c0', 'c1'] });
  const estimates = model.coefficients.map(({ estimate }) => estimate);
  [3, 2, -5].forEach((value, j) => void expect(estimates[j]).toBeCloseTo(value, 9));
});

describe('tables whose column is called as that of a matrix', () => {
  const kindOf = async (name: string) => (await three.tables()).find((table) => table.name === name)?.matrix;

  it('are what they are where no whole rows lie in their chunks', async () => {
    const tables: [string, (number | null)[], number][] = [
      ['part of a row', [1.5, 2.5], 100],
      ['cut rows', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 4],
      ['nulls', [1, null, 3, 4, 5], 100],
    ];
    for (const [name, values, chunkRows] of tables) {
      const described = await three.createTable(
        name,
        { 'row[5]': values },
        { schema: { 'row[5]': 'float64' }, chunkRows },
      );
      const columns = [{ name: 'row[5]', type: 'float64' }];
      expect(described).toEqual({
        name,
        version: 1,
        rows: values.length,
        chunks: Math.ceil(values.length / chunkRows),
        columns,
      });
      expect(await kindOf(name)).toBeUndefined();
      expect([...(await three.table(name).collect())]).toEqual(values.map((value) => ({ 'row[5]': value })));
      const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0);
      const [told] = await three.sql(`SELECT sum("row[5]") AS sum, count(*) AS n FROM "${name}"`).collect();
      expect(told).toEqual({ sum, n: values.length });
      expect(
        await three
          .matrix(name)
          .shape()
          .catch(({ code }) => code),
      ).toBe(name === 'nulls' ? 'INVALID_VALUE' : 'SCHEMA_MISMATCH');
    }
    await three.createTable('integers', { 'row[2]': Int32Array.of(1, 2) });
    expect(await kindOf('integers')).toBeUndefined();
    expect((await three.table('integers').collect())[1]).toEqual({ 'row[2]': 2 });
  });

  it('a matrix takes whole rows of numbers, and nothing else: it stays one', async () => {
    await three.matrix('grows').set([1, 2, 3, 4, 5, 6], [2, 3]);
    const table = three.table('grows');
    const part = { code: 'SHAPE_MISMATCH', message: 'cannot append 2 values to matrix "grows" of shape [2, 3]' };
    const hint = 'whole rows, one after the other: a multiple of 3 values';
    await expect(table.append({ 'row[3]': [7, 8] })).rejects.toMatchObject({ ...part, hint });
    const batches = (async function* () {
      yield [{ 'row[3]': 7 }];
      yield [{ 'row[3]': 8 }];
    })();
    await expect(table.append(batches)).rejects.toMatchObject(part);
    await expect(
      three.table('part of a row').select(col('row[5]').as('row[3]')).into('grows', { mode: 'append' }),
    ).rejects.toMatchObject(part);
    await expect(table.append({ 'row[3]': [7, 8, 9, 10, null, 12] })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: 'cannot append to matrix "grows": row 1, column c1 is null',
    });
    expect(await table.describe()).toMatchObject({ version: 1, matrix: { shape: [2, 3] } });
    expect(await table.append({ 'row[3]': [7, 8, 9] })).toMatchObject({ version: 2, matrix: { shape: [3, 3] } });
    expect(await kindOf('grows')).toEqual({ shape: [3, 3], type: 'float64' });
    expect((await table.collect()).at(-1)).toEqual({ c0: 7, c1: 8, c2: 9 });
    expect((await three.matrix('grows').get()).data).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  });

  it('sums and counts are those of the numbers that were written, whatever the table is taken for', async () => {
    const values = fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -99, max: 99 }) }, fc.constant(null)), {
      maxLength: 30,
    });
    const whole = (cols: number): fc.Arbitrary<(number | null)[]> =>
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: cols, maxLength: 8 * cols });
    const made = fc.integer({ min: 1, max: 5 }).chain((cols) =>
      fc.record({
        cols: fc.constant(cols),
        chunkRows: fc.integer({ min: 1, max: 17 }),
        pieces: fc.array(
          fc.oneof(
            values,
            whole(cols).map((all) => all.slice(0, all.length - (all.length % cols))),
          ),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(made, async ({ cols, chunkRows, pieces: [first = [], ...more] }) => {
        const column = `row[${cols}]`;
        const schema = { [column]: 'float64' } as const;
        await three.createTable('any', { [column]: first }, { schema, chunkRows, mode: 'replace' });
        const table = three.table('any');
        const written: (number | null)[] = [...first];
        for (const piece of more) {
          const { matrix } = await table.describe();
          const done = await table.append({ [column]: piece }).catch(({ code }: { code: string }) => code);
          const fits = !matrix || (piece.length % cols === 0 && !piece.includes(null));
          if (fits) written.push(...piece);
          expect(typeof done).toBe(fits ? 'object' : 'string');
          if (matrix && fits) expect(done).toMatchObject({ matrix: { shape: [written.length / cols, cols] } });
        }
        const { rows, matrix } = await table.describe();
        expect(rows).toBe(written.length);
        expect(await kindOf('any')).toEqual(matrix);
        const columns = matrix ? Array.from({ length: cols }, (_, j) => `c${j}`) : [column];
        const asked: Record<string, AggregateExpr> = {};
        for (const name of columns)
          Object.assign(asked, { [`sum ${name}`]: col(name).sum(), [`n ${name}`]: col(name).count() });
        const [told = {}] = await table.agg(asked).collect();
        const total = (what: string) => columns.reduce((sum, name) => sum + Number(told[`${what} ${name}`] ?? 0), 0);
        const numbers = written.filter((value) => value !== null);
        expect([total('n'), total('sum')]).toEqual([numbers.length, numbers.reduce((sum, value) => sum + value, 0)]);
        const inOrder = (await table.collect()).flatMap((row) => columns.map((name) => row[name]));
        expect(inOrder).toEqual(written);
      }),
      { numRuns: 25 },
    );
  });
});
