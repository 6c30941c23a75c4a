// The clock of scripts moves while they run: TIME does so on Redis 7.0 alone.
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { CLOCK } from '../../src/codegen/clock.js';
import { callFunction } from '../../src/functions/call.js';
import { sharedUrl } from '../harness/cluster.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1) });
});
afterAll(() => link.close());

/** Microseconds that a script tells of additions, and those that passed here. */
async function told(before: string, additions: number): Promise<{ inside: number; here: number }> {
  const lua = `${before}
${CLOCK}
local started, x = clock(), 0
for i = 1, ${additions} do x = x + i end
return clock() - started`;
  const from = performance.now();
  const command = ['EVAL_RO', lua, '0'];
  const inside = await link.call({ key: 'x', command, readOnly: true, idempotent: true }, link.context());
  return { inside: Number(inside), here: (performance.now() - from) * 1000 };
}

it.each([
  ['as the server has it', ''],
  // Where there is no os.clock either.
  [
    'by INFO, as on 7.2',
    'local redis, pcall = { REDIS_VERSION_NUM = 0x070204, call = redis.call }, function() return false end',
  ],
])('moves while a script runs, %s', async (_, before) => {
  // No Lua adds in half a nanosecond.
  const { inside, here } = await told(before, 8_000_000);
  expect(inside).toBeGreaterThan(4000);
  // Of the processor time of a server that does nothing else.
  expect(inside).toBeLessThan(here + 1000);
});

it('is the clock of functions, too', async () => {
  const [, microseconds] = (await callFunction(
    link,
    {
      name: 'sum',
      key: 'x',
      keys: [],
      args: [packed(0, 500_000), Buffer.from('f64'), packed(0, 0, 0), Buffer.alloc(4_000_000)],
      readOnly: true,
      idempotent: true,
    },
    link.context(),
  )) as readonly [Buffer, number];
  expect(microseconds).toBeGreaterThan(1000);
});

const packed = (...numbers: readonly number[]): Buffer => Buffer.from(Float64Array.from(numbers).buffer);
