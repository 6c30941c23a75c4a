// Passes over rows: the same bits in the shards and on the client side, on any number of shards, with filters and nulls.
import { col, connect, type Expr, type Query, type Shardfold } from '../../src/index.js';
import { runPass } from '../../src/models/run-pass.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const ROWS = 20_000;
const connected: Shardfold[] = [];
const sources: Query[] = [];

/** A generator that gives the same numbers on all machines. */
function* numbers(): Generator<number> {
  for (let state = 12345; ; ) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647 - 0.5;
  }
}

beforeAll(async () => {
  for (const shards of [1, 3, 5] as const) {
    const sf = await connect({ url: sharedUrl(shards), prefix: uniquePrefix() });
    connected.push(sf);
    const random = numbers();
    const next = (): number => random.next().value as number;
    const rows = Array.from({ length: ROWS }, (_, i) => ({
      a: next() * 1000,
      b: i % 97 === 0 ? null : next(),
      c: Math.floor(next() * 100),
      d: next() * 1e-3,
      word: i % 2 === 0 ? 'even' : 'odd',
    }));
    const schema = { a: 'float64', b: 'float64', c: 'int32', d: 'float64', word: 'utf8' } as const;
    await sf.createTable('t', rows, { schema, chunkRows: 9000 });
    sources.push(sf.table('t'));
  }
});
afterAll(async () => {
  for (const sf of connected) await sf.close();
});

const columns: Expr[] = [col('a'), col('b'), col('c'), col('a').mul(col('d'))];
const list = [10, 0, -3, 0.25];

it('sums of products: the same bits on 1, 3 and 5 shards, in the shards and here', async () => {
  const seen = new Set<string>();
  for (const source of sources) {
    for (const side of ['shards', 'client'] as const) {
      for (const sliceUnits of [1, 4] as const) {
        const { flat, rows, dropped, receipt } = await runPass(source, 'gram', { columns, list }, { side, sliceUnits });
        expect([rows, dropped]).toEqual([ROWS - 207, 207]);
        expect(receipt.computedOn[side]).toBe(3);
        seen.add(Buffer.from(Float64Array.from(flat).buffer).toString('hex'));
      }
    }
  }
  expect(seen.size).toBe(1);
});

it('is right, with a filter and expressions', async () => {
  const [source] = sources as [Query];
  const some = source.filter(col('word').eq('odd'));
  const { flat, rows } = await runPass(some, 'gram', { columns, list });
  const all = await some.collect<{ a: number; b: number | null; c: number; d: number }>();
  const kept = all.filter(({ b }) => b !== null);
  expect(rows).toBe(kept.length);
  const given = kept.map(({ a, b, c, d }) => [a, b as number, c, a * d].map((x, i) => x - (list[i] as number)));
  let k = 0;
  for (let i = 0; i < 4; i++) {
    for (let j = i; j < 4; j++, k++) {
      const terms = given.map((x) => (x[i] as number) * (x[j] as number));
      const sum = terms.reduce((total, term) => total + term, 0);
      const size = terms.reduce((total, term) => total + Math.abs(term), 0);
      expect(Math.abs((flat[k] as number) - sum)).toBeLessThanOrEqual(1e-12 * size);
    }
  }
});

it('of no rows it is empty, and texts are refused', async () => {
  const [source] = sources as [Query];
  const none = source.filter(col('c').gt(1000));
  expect(await runPass(none, 'gram', { columns, list })).toMatchObject({ flat: [], rows: 0, dropped: 0 });
  await expect(runPass(source, 'gram', { columns: [col('word')], list: [0] })).rejects.toMatchObject({
    code: 'TYPE_MISMATCH',
    message: expect.stringContaining('word is utf8'),
  });
});
