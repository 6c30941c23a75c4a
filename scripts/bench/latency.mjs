// How long everyone else waits while a job runs: GETs from a separate process while a group-by over three million rows runs again and
// again in this one, and while nothing runs. For comparison, without a target: nothing runs, but as many other processes as the job keeps
// busy compete for the processors, as they do where servers, job and foreground share one machine.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { interleave, median, quantile, row } from './lib.mjs';

export const name = 'latency';
export const title = 'Latency of everyone else: GET from a separate process (medians of five runs)';

const MEASURE_MS = 4000;
const RUNS = 5;

/** Writes a key of one byte to every shard; the result names them as the foreground wants them. */
async function foregroundKeys(env) {
  const { RespConnection } = await env.load('src/local/resp.ts');
  const { nodes } = await env.cluster();
  const targets = [];
  for (const { host, port } of nodes.filter((node) => node.role === 'primary')) {
    const connection = new RespConnection(port);
    let key;
    for (let i = 0; key === undefined; i++) {
      const reply = await connection.call('SET', `foreground:${i}`, 'x').catch((error) => error.message);
      if (reply === 'OK') key = `foreground:${i}`;
      else if (!reply.startsWith('MOVED')) throw new Error(`The foreground's key cannot be written: ${reply}`);
    }
    connection.close();
    targets.push(`${host}:${port}/${key}`);
  }
  return targets;
}

async function startForeground(targets) {
  const file = fileURLToPath(new URL('child/foreground.mjs', import.meta.url));
  const child = fork(file, targets, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let failure;
  child.once('exit', (code) => {
    failure = new Error(`The foreground process ended with code ${code}`);
    child.emit('message', {});
  });
  const message = async () => {
    const [text] = await once(child, 'message');
    if (failure) throw failure;
    return text;
  };
  await message();
  return {
    async measure() {
      child.send({ measureMs: MEASURE_MS });
      const { latencies } = await message();
      const at = (q) => quantile(latencies, q);
      return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
    },
    stop: () => child.disconnect(),
  };
}

/** Runs `job` again and again while `work` is under way; every job's time goes to `times`. */
async function during(job, times, work) {
  let going = true;
  const loop = (async () => {
    while (going) {
      const from = performance.now();
      await job();
      times.push(performance.now() - from);
    }
  })();
  try {
    // A job that fails must not go unseen while the foreground measures.
    return (await Promise.race([Promise.all([work()]), loop]))[0];
  } finally {
    going = false;
    await loop;
  }
}

/** Runs `work` while as many processes as there are servers do nothing but count; they end by themselves if this one dies. */
async function amongBusyProcesses(count, work) {
  const counting = `const end = Date.now() + ${MEASURE_MS + 2000}; while (Date.now() < end);`;
  const children = Array.from({ length: count }, () => spawn(process.execPath, ['-e', counting], { stdio: 'ignore' }));
  try {
    return await work();
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

async function groupBy(env) {
  const { col, count } = await env.shardfold();
  const flights = await env.flights();
  const query = flights
    .filter(col('distance').gt(500))
    .groupBy('origin')
    .agg({ n: count(), mean: col('delay').mean(), max: col('delay').max() });
  return () => query.collect({ side: 'shards' });
}

export async function run(env, job) {
  const work = job ?? (await groupBy(env));
  const foreground = await startForeground(await foregroundKeys(env));
  const times = [];
  try {
    const shards = (await env.cluster()).nodes.length;
    const [idle, busy, crowded] = await interleave(
      [
        () => foreground.measure(),
        () => during(work, times, foreground.measure),
        () => amongBusyProcesses(shards, foreground.measure),
      ],
      RUNS,
    );
    return [
      ...['p50', 'p99', 'p999', 'max'].flatMap((key) => {
        const label = key.replace('p999', 'p99.9');
        return [
          row(`${label}, no job`, idle[key], 'ms'),
          row(`${label}, a job runs`, busy[key], 'ms'),
          row(`${label}, no job, ${shards} other busy processes`, crowded[key], 'ms'),
        ];
      }),
      row('p99.9 with a job less p99.9 without', busy.p999 - idle.p999, 'ms', { atMost: 10 }),
      row('the job, one after another', median(times), 'ms a query'),
    ];
  } finally {
    foreground.stop();
  }
}
