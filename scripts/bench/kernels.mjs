// What the kernels cost inside a server, in nanoseconds an element, the fetching of the column included: against a bare Lua loop
// of as many adds on locals, which reads nothing; against a sum without compensation; and decoding 64 values a call against one.
// Counted is the processor time of the servers' own threads, so that a busy machine changes little.
import { createCluster } from 'redis';
import { interleave, row } from './lib.mjs';

export const name = 'kernels';
export const title = 'Kernels in a shard: float64, server processor time an element (medians of eleven runs)';

const CHUNK = 65_024;
const CHUNKS = 8;
/** Each way handles as many elements in a run: the kernels chunk by chunk, the scripts the same chunk again and again. */
const ROWS = CHUNK * CHUNKS;
const RUNS = 11;

const list = (letter, n) => Array.from({ length: n }, (_, i) => `${letter}${i + 1}`);

/** a1 … an added pairwise, as the kernels do. */
function tree(terms) {
  if (terms.length === 1) return terms[0];
  const half = terms.length / 2;
  return `(${tree(terms.slice(0, half))} + ${tree(terms.slice(half))})`;
}

const SCRIPTS = {
  bareSum: `local S, a = 0, 0.1 for i = 1, ${ROWS} do S = S + a end`,
  bareDot: `local S, a, b = 0, 0.1, 0.2 for i = 1, ${ROWS} do S = S + a * b end`,
  naive64: `
    local F, unpack64, S = '<${'d'.repeat(64)}', struct.unpack, 0
    for again = 1, ${CHUNKS} do
      local s = redis.call('GET', KEYS[1])
      for p = 1, #s, 512 do
        local ${list('a', 64)} = unpack64(F, s, p)
        S = S + ${tree(list('a', 64))}
      end
    end`,
  naive1: `
    local unpack1, S = struct.unpack, 0
    for again = 1, ${CHUNKS} do
      local s = redis.call('GET', KEYS[1])
      for p = 1, #s, 8 do S = S + unpack1('<d', s, p) end
    end`,
};

const randoms = (n) => Float64Array.from({ length: n }, () => Math.random() * 1000);

/** A meter of the processor time that the servers' main threads have used so far, in nanoseconds. */
async function processorTime(env) {
  const { RespConnection } = await env.load('src/local/resp.ts');
  const connections = (await env.cluster()).nodes.map(({ port }) => new RespConnection(port));
  const seconds = (text, field) => Number(new RegExp(`^${field}:(.*)`, 'm').exec(text)?.[1]);
  const used = async (connection) => {
    const info = String(await connection.call('INFO', 'cpu'));
    const thread = info.includes('main_thread') ? '_main_thread' : '';
    return (seconds(info, `used_cpu_user${thread}`) + seconds(info, `used_cpu_sys${thread}`)) * 1e9;
  };
  return {
    read: async () => (await Promise.all(connections.map(used))).reduce((sum, value) => sum + value, 0),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

export async function run(env) {
  const { col } = await env.shardfold();
  const sf = await env.client();
  await sf.createTable('kernels', { x: randoms(ROWS), y: randoms(ROWS) });
  const redis = createCluster({ rootNodes: [{ url: (await env.cluster()).url }] });
  await redis.connect();
  const key = 'kernels:column';
  await redis.set(key, Buffer.from(randoms(CHUNK).buffer));
  const meter = await processorTime(env);

  const perElement = (work) => async () => {
    const before = await meter.read();
    await work();
    return ((await meter.read()) - before) / ROWS;
  };
  const kernel = (expression) => () =>
    sf.table('kernels').agg({ value: expression.sum() }).collect({ side: 'shards', sliceUnits: 8 });
  const script = (text) => () => redis.eval(text, { keys: [key] });
  try {
    const [sum, dot, bareSum, bareDot, naive64, naive1] = await interleave(
      [kernel(col('x')), kernel(col('x').mul(col('y'))), ...Object.values(SCRIPTS).map(script)].map(perElement),
      RUNS,
    );
    return [
      row('sum, the generated kernel', sum, 'ns'),
      row('sum, a bare loop', bareSum, 'ns'),
      row('sum against the bare loop', sum / bareSum, '×', { atMost: 8 }),
      row('dot, the generated kernel', dot, 'ns'),
      row('dot, a bare loop', bareDot, 'ns'),
      row('dot against the bare loop', dot / bareDot, '×', { atMost: 8 }),
      row('sum without compensation, 64 values a call', naive64, 'ns'),
      row('compensated against naive', sum / naive64, '×', { atMost: 1.1 }),
      row('sum without compensation, one value a call', naive1, 'ns'),
      row('64 values a call against one', naive1 / naive64, '×', { atLeast: 2.2 }),
    ];
  } finally {
    meter.close();
    await redis.unlink(key);
    await redis.close();
  }
}
