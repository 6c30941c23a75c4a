import { connectCluster } from '../../src/cluster/connect.js';
import { tagForSlot } from '../../src/cluster/slots.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { callFunction, type FunctionCall } from '../../src/functions/call.js';
import { deployLibrary, libraryStatus } from '../../src/functions/deploy.js';
import { library } from '../../src/functions/library.js';
import { testCluster } from '../harness/cluster.js';
import { sampleLibrary } from './sample.js';

const cluster = testCluster({ shards: 2 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const sample = sampleLibrary();
const key = (slot: number): string => `t:{${tagForSlot(slot)}}:k`;
const flushAll = () =>
  Promise.all(link.nodes().map(({ id }) => link.callNode(id, ['FUNCTION', 'FLUSH'], link.context(), true)));

function call(name: string, options: Partial<FunctionCall> = {}, context = link.context()) {
  const all = { name, key: key(0), keys: [], args: [], readOnly: true, idempotent: true, ...options };
  return callFunction(link, all, context, sample);
}

describe('callFunction', () => {
  beforeAll(async () => {
    await deployLibrary(link, link.context(), sample);
  });

  it('passes bytes through unchanged, both ways', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const reply = (await call('echo', { args: [bytes, '', 'ünï'] })) as Buffer[];
    expect(reply[0]?.equals(bytes)).toBe(true);
    expect(reply[1]).toHaveLength(0);
    expect(String(reply[2])).toBe('ünï');
  });

  it('writes and reads on the shard of its key', async () => {
    for (const slot of [1, 9000]) {
      await call('append', { key: key(slot), keys: [key(slot)], args: ['x'], readOnly: false });
      expect(String(await call('get', { key: key(slot), keys: [key(slot)] }))).toBe('x');
    }
  });

  it('names the Lua file and line of a run-time error', async () => {
    await expect(call('crash')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringMatching(/^lua\/sample\/helper\.lua:3: .*nothing/),
      kernel: 'crash (lua/sample/helper.lua:3)',
      shard: link.ownerOf(0).address,
      slot: 0,
    });
  });

  it('turns the codes of our own Lua into our errors', async () => {
    await expect(call('coded')).rejects.toMatchObject({
      code: 'DATA_LOSS',
      message: expect.stringMatching(/^chunk 7 is gone \(/),
      slot: 0,
    });
  });

  it('loads the library into a shard that lost it, once for many calls, and counts that', async () => {
    const { id } = link.ownerOf(0);
    await link.callNode(id, ['FUNCTION', 'FLUSH'], link.context(), true);
    const context = link.context();
    const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => call('echo', { args: [`${i}`] }, context)));
    expect(replies.map(String)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
    expect(context.tally.retries.FUNCTION_MISSING).toBeGreaterThan(0);
    expect(context.tally.calls).toBe(20 + 20 + 1);
    expect(await libraryStatus(link, link.context(), sample)).toEqual(
      link.nodes().map(({ address }) => expect.objectContaining({ address, inStep: true })),
    );
  });

  it('says how to load where the user may not', async () => {
    await flushAll();
    const rules = ['on', '>pw', '~*', '+@all', '-function'];
    for (const { id } of link.nodes())
      await link.callNode(id, ['ACL', 'SETUSER', 'reader', ...rules], link.context(), true);
    const reader = await connectCluster({ url: cluster.url, username: 'reader', password: 'pw' });
    try {
      const asked = { name: 'echo', key: key(0), keys: [], args: [], readOnly: true, idempotent: true };
      await expect(callFunction(reader, asked, reader.context(), sample)).rejects.toMatchObject({
        code: 'FUNCTION_MISSING',
        hint: expect.stringContaining('shardfold deploy'),
        shard: link.ownerOf(0).address,
      });
    } finally {
      await reader.close();
    }
  });

  it('does not look for a function that no library has', async () => {
    await expect(call('nonsense')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('the library of this package', () => {
  it('deploys, and every function of it has a name of its own', async () => {
    const reports = await deployLibrary(link, link.context());
    expect(reports).toHaveLength(2);
    expect(reports.every((report) => report.inStep && report.library === library.name)).toBe(true);
    expect(new Set(library.functions.map(({ name }) => name)).size).toBe(library.functions.length);
  });
});
