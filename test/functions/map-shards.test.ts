import { tagForSlot } from '../../src/cluster/slots.js';
import type { Callers } from '../../src/functions/callers.js';
import { type FunctionSpec, t } from '../../src/functions/define/index.js';
import { connect, type Shardfold } from '../../src/index.js';
import { testCluster } from '../harness/cluster.js';
import { usersLibrary } from './users.js';

const specs = {
  size: { name: 'size', flags: ['no-writes'], keys: {}, args: { plus: t.integer }, returns: t.integer },
  keyed: { name: 'keyed', flags: [], keys: { key: t.string }, args: {}, returns: t.null },
} as const satisfies Record<string, FunctionSpec>;
const users = usersLibrary(specs, {
  size: 'if redis.call("DBSIZE") == 1 then error("too small") end return redis.call("DBSIZE") + args.plus',
  keyed: '',
});

const cluster = testCluster({ shards: 3 });
let sf: Shardfold;
let fns: Callers<typeof specs>;
beforeAll(async () => {
  sf = await connect({ url: cluster.url });
  fns = sf.functions(users);
  for (const [shard, size] of [2, 1, 3].entries()) for (let i = 0; i < size; i++) await setOn(shard, `${shard}-${i}`);
});
afterAll(() => sf.close());

/** Sets one key that lies on the given shard. */
async function setOn(shard: number, name: string): Promise<void> {
  const slot = sf.link.nodes()[shard]?.slots[0]?.[0] ?? 0;
  const key = `{${tagForSlot(slot)}}${name}`;
  await sf.link.call({ key, command: ['SET', key, ''], readOnly: false, idempotent: true }, sf.link.context());
}

const addresses = () => sf.link.nodes().map(({ address }) => address);

it('runs on every primary, heals each, and tells values and failures by shard', async () => {
  const results = await sf.mapShards(fns.size, { plus: 10 });
  expect(results.map(({ shard }) => shard)).toEqual(addresses());
  expect(results.map(({ value }) => value)).toEqual([12, undefined, 13]);
  expect(results[1]?.error).toMatchObject({
    code: 'FUNCTION_FAILED',
    message: expect.stringMatching(/^functions\/size\.lua:2: too small/),
    kernel: 'size (functions/size.lua:2)',
    shard: addresses()[1],
  });
});

it('tells of a shard that does not answer, while the others do', async () => {
  const [, , last] = cluster.nodes;
  const { port } = last as (typeof cluster.nodes)[number];
  const before = await sf.mapShards(fns.size, { plus: 0 });
  const wanted = before
    .filter(({ shard }) => !shard.endsWith(`:${port}`))
    .map(({ value, error }) => value ?? error?.code)
    .sort();
  await cluster.kill(port, 'SIGSTOP');
  try {
    const results = await sf.mapShards(fns.size, { plus: 0 }, { timeout: 1500 });
    const stopped = results.find(({ shard }) => shard.endsWith(`:${port}`));
    expect(stopped?.error?.message).toContain(`:${port}`);
    const others = results.filter((one) => one !== stopped);
    expect(others.map(({ value, error }) => value ?? error?.code).sort()).toEqual(wanted);
  } finally {
    await cluster.kill(port, 'SIGCONT');
  }
});

it('refuses what it cannot map, before anything is sent', async () => {
  await expect(sf.mapShards(fns.keyed as never)).rejects.toThrow(/^keyed takes keys/);
  await expect(sf.mapShards((() => undefined) as never)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    hint: expect.stringContaining('sf.functions'),
  });
  await expect(sf.mapShards(fns.size, { plus: 0.5 })).rejects.toThrow(/^size: plus is not an integer/);
});

it('ends as a whole when it is aborted', async () => {
  await expect(sf.mapShards(fns.size, { plus: 0 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
