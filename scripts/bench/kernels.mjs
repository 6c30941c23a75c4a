// What the kernels cost inside a server, in nanoseconds an element, the fetching of the column included: those that queries generate
// and those that vectors call, against a bare Lua loop of as many adds on locals, which reads nothing; against a sum without
// compensation; and decoding 64 values a call against one. Of updates, which write what they compute, also a call's time.
// Counted is the processor time of the servers' own threads, so that a busy machine changes little.
import { createCluster } from 'redis';
import { interleave, median, processorTime, row } from './lib.mjs';

export const name = 'kernels';
export const title = 'Kernels in a shard: float64, server processor time an element (medians of 31 runs)';

const CHUNK = 65_024;
const CHUNKS = 8;
/** Each way handles as many elements in a run, chunk by chunk: what is read again and again stays in the processor's cache. */
const ROWS = CHUNK * CHUNKS;
const RUNS = 31;

const list = (letter, n) => Array.from({ length: n }, (_, i) => `${letter}${i + 1}`);

/** a1 … an added pairwise, as the kernels do. */
function tree(terms) {
  if (terms.length === 1) return terms[0];
  const half = terms.length / 2;
  return `(${tree(terms.slice(0, half))} + ${tree(terms.slice(half))})`;
}

/** In one call, so that nothing but the loop counts. */
const BARE = {
  bareSum: `local S, a = 0, 0.1 for i = 1, ${ROWS} do S = S + a end`,
  bareDot: `local S, a, b = 0, 0.1, 0.2 for i = 1, ${ROWS} do S = S + a * b end`,
};

/** Called for one chunk after another. */
const BY_CHUNK = {
  fetch: `redis.call('GET', KEYS[1])`,
  naive64: `
    local F, unpack64, S = '<${'d'.repeat(64)}', struct.unpack, 0
    local s = redis.call('GET', KEYS[1])
    for p = 1, #s, 512 do
      local ${list('a', 64)} = unpack64(F, s, p)
      S = S + ${tree(list('a', 64))}
    end`,
  naive1: `
    local unpack1, S = struct.unpack, 0
    local s = redis.call('GET', KEYS[1])
    for p = 1, #s, 8 do S = S + unpack1('<d', s, p) end`,
};

const mapValues = (object, map) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));

const randoms = (n) => Float64Array.from({ length: n }, () => Math.random() * 1000);

export async function run(env) {
  const { col } = await env.shardfold();
  const sf = await env.client();
  await sf.createTable('kernels', { x: randoms(ROWS), y: randoms(ROWS) });
  const x = await sf.vector('kernels x').set(randoms(ROWS));
  const y = await sf.vector('kernels y').set(randoms(ROWS), { alignWith: x });
  const redis = createCluster({ rootNodes: [{ url: (await env.cluster()).url }] });
  await redis.connect();
  const keys = Array.from({ length: CHUNKS }, (_, i) => `kernels:column:${i}`);
  for (const key of keys) await redis.set(key, Buffer.from(randoms(CHUNK).buffer));
  const meter = await processorTime(env);

  const perElement = (work) => async () => {
    const before = await meter.read();
    await work();
    return ((await meter.read()) - before) / ROWS;
  };
  const kernel = (expression) => () =>
    sf.table('kernels').agg({ value: expression.sum() }).collect({ side: 'shards', sliceUnits: 8 });
  const calls = [];
  const update = { graceMs: 0, onReceipt: ({ serverMs, calls: count }) => calls.push((serverMs / count) * 1000) };
  const script = (text) => async () => {
    for (const key of keys) await redis.eval(text, { keys: [key] });
  };
  try {
    const work = {
      sum: kernel(col('x')),
      dot: kernel(col('x').mul(col('y'))),
      vectorSum: () => x.sum({ sliceUnits: 8 }),
      vectorDot: () => x.dot(y, { sliceUnits: 8 }),
      norm: () => x.norm({ sliceUnits: 8 }),
      axpy: () => y.axpy(1e-3, x, 'kernels z', update),
      scale: () => x.scale(2, 'kernels z', update),
      ...mapValues(BARE, (text) => () => redis.eval(text, { keys: keys.slice(0, 1) })),
      ...mapValues(BY_CHUNK, script),
    };
    const medians = await interleave(Object.values(work).map(perElement), RUNS);
    const ns = Object.fromEntries(Object.keys(work).map((name, i) => [name, medians[i]]));
    return [
      row('sum, a bare loop', ns.bareSum, 'ns'),
      row('sum, the generated kernel', ns.sum, 'ns'),
      row('sum, the generated kernel against the bare loop', ns.sum / ns.bareSum, '×', { atMost: 8 }),
      row('sum of a vector', ns.vectorSum, 'ns'),
      row('sum of a vector against the bare loop', ns.vectorSum / ns.bareSum, '×', { atMost: 8 }),
      row('dot, a bare loop', ns.bareDot, 'ns'),
      row('dot, the generated kernel', ns.dot, 'ns'),
      row('dot, the generated kernel against the bare loop', ns.dot / ns.bareDot, '×', { atMost: 8 }),
      row('dot of vectors', ns.vectorDot, 'ns'),
      row('dot of vectors against the bare loop', ns.vectorDot / ns.bareDot, '×', { atMost: 8 }),
      row('sum without compensation, 64 values a call', ns.naive64, 'ns'),
      row('compensated (generated) against naive', ns.sum / ns.naive64, '×', { atMost: 1.1 }),
      row('compensated (vector) against naive', ns.vectorSum / ns.naive64, '×', { atMost: 1.1 }),
      row('sum without compensation, one value a call', ns.naive1, 'ns'),
      row('fetching alone', ns.fetch, 'ns'),
      row('64 values a call against one, fetching and adding included', ns.naive1 / ns.naive64, '×'),
      row('64 values a call against one', (ns.naive1 - ns.fetch) / (ns.naive64 - ns.fetch), '×', { atLeast: 2.2 }),
      row('norm of a vector', ns.norm, 'ns'),
      row('axpy, the writing included', ns.axpy, 'ns'),
      row('scale, the writing included', ns.scale, 'ns'),
      row('axpy and scale, a call', median(calls), 'µs'),
    ];
  } finally {
    meter.close();
    for (const key of keys) await redis.unlink(key);
    await redis.close();
  }
}
