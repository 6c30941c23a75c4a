// A filtered group-by over a million hashes that lie in the servers already: in the shards, and as it is done without any of this, by SCAN
// and pipelined HMGET with node-redis and with ioredis, in turns. What the keys weigh by prefix, against redis-cli --bigkeys and --memkeys.
// And how long everyone else waits meanwhile.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pour } from './data/pour.mjs';
import { randomSource } from './data/random.mjs';
import { ioRedis, nodeRedis } from './data/scanners.mjs';
import { run as latency } from './latency.mjs';
import { interleave, median, processorTime, rounds, row } from './lib.mjs';

export const name = 'keys';
export const title =
  'A million hashes on three shards (medians of interleaved runs; processor time: of the servers’ main threads, and of this process)';

const KEYS = Number(process.env.SHARDFOLD_BENCH_KEYS ?? 1_000_000);
const RUNS = 3;
const PATTERN = 'order:*';
const LIMIT = 10;

function* orders() {
  const random = randomSource(5);
  for (let i = 0; i < KEYS; i++) {
    const price = (random.integer(1, 100_000) / 100).toFixed(2);
    const fields = ['price', price, 'qty', `${random.integer(1, 50)}`, 'region', `region-${random.integer(1, 8)}`];
    yield ['HSET', `order:${i}`, ...fields, 'customer', `c${random.integer(1, 100_000)}`, 'status', 'shipped'];
  }
}

function* names() {
  for (let i = 0; i < KEYS; i++) yield ['UNLINK', `order:${i}`];
}

/** Counts are the same and sums nearly so, or the race is void. */
function sameGroups(what, ours, theirs) {
  const same =
    ours.length === theirs.size &&
    ours.every(({ region, n, sum }) => {
      const their = theirs.get(region);
      return their?.n === n && Math.abs(their.sum - sum) <= 1e-9 * Math.abs(sum);
    });
  if (!same) throw new Error(`${what} and the shards disagree`);
}

/** Each case with the processor time of the servers and of this process. */
const metered = (meter, work) => async () => {
  const cpu = await meter.read();
  const [own, from] = [process.cpuUsage(), performance.now()];
  await work();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(own);
  return { ms, ns: ((await meter.read()) - cpu) / KEYS, client: ((user + system) * 1000) / KEYS };
};

async function groupBy(env, api, ports) {
  const sf = await env.client();
  const query = sf
    .hashes(PATTERN, { price: 'float64', qty: 'int32', region: 'utf8' })
    .filter(api.col('qty').gt(LIMIT))
    .groupBy('region')
    .agg({ n: api.count(), sum: api.col('price').sum() });
  const others = { 'node-redis': await nodeRedis(ports, PATTERN), ioredis: await ioRedis(ports, PATTERN) };
  const meter = await processorTime(env);
  try {
    const answer = await query.collect({ side: 'shards' });
    for (const [client, { ask }] of Object.entries(others)) sameGroups(client, answer, await ask(LIMIT));
    const cases = [
      () => query.collect({ side: 'shards' }),
      ...Object.values(others).map(
        ({ ask }) =>
          () =>
            ask(LIMIT),
      ),
    ];
    const [ours, ...theirs] = await rounds(
      cases.map((work) => metered(meter, work)),
      RUNS,
    );
    const of = (values, key) => median(values.map((value) => value[key]));
    const { receipt } = answer;
    const rows = [
      row('filter, group-by, sum: in the shards', of(ours, 'ms'), 'ms'),
      row('filter, group-by, sum: in the shards, moved', (receipt.bytesSent + receipt.bytesReceived) / 1e6, 'MB'),
      row('filter, group-by, sum: in the shards, calls', receipt.calls, ''),
      row('filter, group-by, sum: in the shards, longest call', receipt.longestCallMs, 'ms'),
      row('filter, group-by, sum: in the shards, server', of(ours, 'ns'), 'ns a key'),
      row('filter, group-by, sum: in the shards, client', of(ours, 'client'), 'ns a key'),
    ];
    for (const [i, client] of Object.keys(others).entries()) {
      const ratios = theirs[i].map(({ ms }, round) => ms / ours[round].ms);
      const what = `SCAN and HMGET by ${client}`;
      rows.push(
        row(what, of(theirs[i], 'ms'), 'ms'),
        row(`${what}, server`, of(theirs[i], 'ns'), 'ns a key'),
        row(`${what}, client`, of(theirs[i], 'client'), 'ns a key'),
        row(`${what}, against the shards`, of(theirs[i], 'ms') / of(ours, 'ms'), '×', { atLeast: 8 }),
        row(`${what}, against the shards, least of ${RUNS} rounds`, Math.min(...ratios), '×'),
        row(`${what}, against the shards, greatest`, Math.max(...ratios), '×'),
      );
    }
    return { rows, query };
  } finally {
    meter.close();
    for (const { close } of Object.values(others)) close();
  }
}

async function byPrefix(env, api, ports) {
  const { server } = await env.cluster();
  const beside = join(dirname(server.path), 'redis-cli');
  const cli = existsSync(beside) ? beside : 'redis-cli';
  const ask = (flag) => async () => {
    await Promise.all(ports.map((port) => promisify(execFile)(cli, ['-p', `${port}`, flag], { maxBuffer: 1 << 28 })));
  };
  const keys = (await env.client()).keys('*').groupBy(api.col('key').splitPart(':', 1).as('prefix'));
  const [counted, big, weighed, memory] = await interleave(
    [
      async () => {
        await keys.agg({ n: api.count() }).collect();
      },
      ask('--bigkeys'),
      async () => {
        await keys.agg({ n: api.count(), bytes: api.col('memory').sum() }).collect();
      },
      ask('--memkeys'),
    ],
    RUNS,
  );
  return [
    row('count by prefix', counted, 'ms'),
    row('redis-cli --bigkeys, all shards at once', big, 'ms'),
    row('--bigkeys against count by prefix', big / counted, '×'),
    row('count and bytes by prefix', weighed, 'ms'),
    row('redis-cli --memkeys, all shards at once', memory, 'ms'),
    row('--memkeys against count and bytes by prefix', memory / weighed, '×'),
  ];
}

export async function run(env) {
  const api = await env.shardfold();
  const { nodes } = await env.cluster();
  const ports = nodes.filter(({ role }) => role === 'primary').map(({ port }) => port);
  env.note(`writing ${KEYS} hashes …`);
  const from = performance.now();
  await pour(ports[0], orders());
  const loaded = performance.now() - from;
  try {
    const { rows, query } = await groupBy(env, api, ports);
    rows.push(...(await byPrefix(env, api, ports)));
    env.note('latency of everyone else …');
    const others = await latency(env, () => query.collect({ side: 'shards' }));
    return [
      row(`writing ${KEYS} hashes`, loaded, 'ms'),
      ...rows,
      ...others.map((each) => ({ ...each, name: `GET meanwhile: ${each.name}` })),
    ];
  } finally {
    await pour(ports[0], names());
  }
}
