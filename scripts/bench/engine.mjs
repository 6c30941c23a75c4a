// What generated kernels cost in a server as a ratio to the plainest of them, the sum of a float64 column, in the same interleaved runs:
// filters, products, groups, the largest values. Once with a chunk a call and once in slices of about a millisecond, as queries run.
// Counted is the processor time of the servers' own threads, so that a busy machine changes little.
import { randomSource } from './data/random.mjs';
import { interleave, processorTime, row } from './lib.mjs';

export const name = 'engine';
export const title =
  'Generated kernels in a shard against the sum of a float64 column (server processor time, medians of 15 runs)';

const CHUNK = 65_024;
const ROWS = CHUNK * 8;
const RUNS = 15;

/** Floats that fill their eight bytes, whole numbers that fill one, and keys of 8 and of 1,000 groups. */
function columns() {
  const random = randomSource(4);
  const floats = () => Float64Array.from({ length: ROWS }, () => random.real() * 1000);
  const integers = (count) => Int32Array.from({ length: ROWS }, () => random.integer(0, count - 1));
  const texts = (count) =>
    Array.from({ length: ROWS }, () => `g${String(random.integer(0, count - 1)).padStart(3, '0')}`);
  return {
    ...{ price: floats(), quantity: floats(), limit: floats() },
    ...{ pieces: integers(200), region: integers(8) },
    ...{ few: texts(8), many: texts(1000), number: integers(1000) },
  };
}

/** @param api what the package exports. A target may be the for one kind of query and absent for its variants. */
function questions({ col, count }) {
  const product = { s: col('price').mul(col('quantity')).sum() };
  const grouped = { n: count(), s: col('price').sum() };
  const over = (column, limit) => col(column).gt(limit);
  return [
    ['sum of a product', undefined, (t) => t.agg(product)],
    ['float64 filter, half pass: sum of a product', 4, (t) => t.filter(over('limit', 500)).agg(product)],
    ['float64 filter, 1 % pass: sum of a product', 4, (t) => t.filter(over('limit', 990)).agg(product)],
    ['byte filter, 0.5 % pass: sum of a product', 2.2, (t) => t.filter(col('pieces').eq(3)).agg(product)],
    ['byte filter, one region of 8: sum of a product', 2.2, (t) => t.filter(col('region').eq(3)).agg(product)],
    [
      'two byte filters, 6 % pass: sum of a product',
      2.2,
      (t) => t.filter(col('region').eq(3).and(over('pieces', 100))).agg(product),
    ],
    [
      'byte and float64 filter: sum(float64 * byte)',
      2.2,
      (t) => t.filter(col('region').eq(3).and(over('price', 10))).agg({ s: col('price').mul(col('pieces')).sum() }),
    ],
    ['byte filter, half pass: sum of a product', undefined, (t) => t.filter(over('pieces', 100)).agg(product)],
    ['the 100 largest', 2.5, (t) => t.sort('price', 'desc').limit(100).select('price')],
    [
      'the 100 largest, with two more columns',
      undefined,
      (t) => t.sort('price', 'desc').limit(100).select('price', 'many', 'region'),
    ],
    ['8 groups: count and sum', 3.5, (t) => t.groupBy('few').agg(grouped)],
    ['1,000 groups by strings: count and sum', 3.5, (t) => t.groupBy('many').agg(grouped)],
    ['1,000 groups by integers: count and sum', 3.5, (t) => t.groupBy('number').agg(grouped)],
    ['8 groups: count and sum of bytes', 3.5, (t) => t.groupBy('few').agg({ n: count(), s: col('pieces').sum() })],
    ['1,000 groups: count and sum of bytes', 3.5, (t) => t.groupBy('many').agg({ n: count(), s: col('pieces').sum() })],
  ];
}

export async function run(env) {
  const api = await env.shardfold();
  const sf = await env.client();
  await sf.createTable('engine', columns());
  const table = sf.table('engine');
  const meter = await processorTime(env);
  const perRow = (query, options) => async () => {
    const before = await meter.read();
    await query.collect({ side: 'shards', ...options });
    return ((await meter.read()) - before) / ROWS;
  };
  try {
    const asked = [['sum', undefined, (t) => t.agg({ s: api.col('price').sum() })], ...questions(api)];
    const rows = [];
    for (const [how, options] of [
      ['a chunk a call', { sliceUnits: 8 }],
      ['slices', {}],
    ]) {
      const ns = await interleave(
        asked.map(([, , query]) => perRow(query(table), options)),
        RUNS,
      );
      rows.push(row(`sum of a float64 column, ${how}`, ns[0], 'ns'));
      for (const [i, [name, atMost]] of asked.entries()) {
        if (i > 0) rows.push(row(`${name}, ${how}`, ns[i] / ns[0], '×', atMost === undefined ? {} : { atMost }));
      }
    }
    return rows;
  } finally {
    meter.close();
    await sf.drop('engine');
  }
}
