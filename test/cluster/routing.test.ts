import { connectCluster } from '../../src/cluster/connect.js';
import { slotOf, tagForSlot } from '../../src/cluster/slots.js';
import type { Argument, CallContext, ClusterLink, NodeInfo, Reply } from '../../src/cluster/types.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const call = (command: Argument[], context: CallContext = link.context()): Promise<Reply> =>
  link.call({ key: String(command[1]), command, readOnly: false, idempotent: true }, context);
const onNode = (node: NodeInfo, ...command: string[]) => link.callNode(node.id, command, link.context(), true);
const other = (node: NodeInfo): NodeInfo => link.nodes().find(({ id }) => id !== node.id) as NodeInfo;

describe('a cluster link', () => {
  it('knows every node and who owns which slot', () => {
    const nodes = link.nodes();
    expect(nodes.map(({ id }) => id).sort()).toEqual(cluster.nodes.map(({ id }) => id).sort());
    expect(nodes.map(({ role }) => role)).toEqual(['primary', 'primary', 'primary']);
    const owned = nodes.flatMap(({ slots }) => slots.map(([from, to]) => to - from + 1));
    expect(owned.reduce((a, b) => a + b)).toBe(16384);
    for (const slot of [0, 8000, 16383]) {
      expect(link.ownerOf(slot).slots.some(([from, to]) => slot >= from && slot <= to)).toBe(true);
    }
    expect(link).toMatchObject({ isCluster: true, prefix: 'sf', server: expect.stringMatching(/^\w+ \d+\.\d+/) });
  });

  it('sends each key to its shard without any redirect', async () => {
    const context = link.context();
    await Promise.all(Array.from({ length: 60 }, (_, i) => call(['SET', `route:${i}`, `${i}`], context)));
    const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => call(['GET', `route:${i}`], context)));
    expect(replies.map(String)).toEqual(Array.from({ length: 60 }, (_, i) => `${i}`));
    expect(context.tally).toMatchObject({ calls: 120, retries: {} });
  });

  it('is safe for any bytes, also across the pieces in which they arrive', async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 7919) >> 3));
    const context = link.context();
    expect(String(await call(['SET', 'bytes', bytes], context))).toBe('OK');
    expect((await call(['GET', 'bytes'], context)) as Buffer).toEqual(bytes);
    const around = '*3\r\n$3\r\nSET\r\n$5\r\nbytes\r\n$1000003\r\n\r\n*2\r\n$3\r\nGET\r\n$5\r\nbytes\r\n';
    expect(context.tally.bytesSent).toBe(around.length + bytes.length);
    expect(context.tally.bytesReceived).toBeGreaterThan(bytes.length);
    expect(context.tally.bytesReceived).toBeLessThan(bytes.length + 40);
  });

  it('brings every type of reply to one shape', async () => {
    const callScript = (body: string) =>
      link.call(
        { key: 'shape', command: ['EVAL', body, '1', 'shape'], readOnly: true, idempotent: true },
        link.context(),
      );
    await call(['HSET', 'shape', 'f', 'v']);
    expect(await call(['HGETALL', 'shape'])).toEqual([Buffer.from('f'), Buffer.from('v')]);
    expect(await call(['GET', 'absent'])).toBeNull();
    expect(await callScript('return {1, "a", {2, false}}')).toEqual([1, Buffer.from('a'), [2, null]]);
    expect(await callScript('redis.setresp(3); return {double = 0.1}')).toBe(0.1);
    expect(await callScript('redis.setresp(3); return true')).toBe(true);
    expect(await callScript('redis.setresp(3); return {map = {a = 1}}')).toEqual([Buffer.from('a'), 1]);
    expect(await callScript('redis.setresp(3); return {big_number = "123456789012345678901"}')).toEqual(
      Buffer.from('123456789012345678901'),
    );
    await expect(callScript('return {1, redis.error_reply("ERR inside")}')).rejects.toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringContaining('inside'),
    });
  });

  it('tries a command at one node once, and tells why there is no answer', async () => {
    const slot = slotOf('tried');
    const [owner, wrong] = [link.ownerOf(slot), other(link.ownerOf(slot))];
    const context = link.context();
    expect(await link.tryNode(owner.id, ['SET', 'tried', '1'], context)).toEqual({ reply: Buffer.from('OK') });
    expect(await link.tryNode(wrong.id, ['GET', 'tried'], context)).toMatchObject({ cause: 'MOVED' });
    expect(await link.tryNode('0'.repeat(40), ['GET', 'tried'], context)).toMatchObject({ cause: 'NOT_CONNECTED' });
    expect(context.tally).toMatchObject({ calls: 3, retries: { MOVED: 1, NOT_CONNECTED: 1 } });
    await expect(link.tryNode(owner.id, ['LPUSH', 'tried', '1'], context)).rejects.toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringMatching(/^WRONGTYPE/),
    });
  });

  it('says where a refused command failed', async () => {
    await call(['SET', 'text', 'x']);
    await expect(call(['LPUSH', 'text', 'y'])).rejects.toMatchObject({
      code: 'SERVER_ERROR',
      message: expect.stringMatching(/^WRONGTYPE .*\(on 127\.0\.0\.1:\d+, slot \d+\)$/),
      slot: slotOf('text'),
      shard: link.ownerOf(slotOf('text')).address,
    });
  });
});

describe('while a slot moves', () => {
  const slot = 4242;
  const tag = `{${tagForSlot(slot)}}`;
  const [gone, stays] = [`${tag}:gone`, `${tag}:stays`];

  it('follows ASK for moved keys, waits out TRYAGAIN, follows MOVED, and then knows the new owner', async () => {
    const source = link.ownerOf(slot);
    const target = other(source);
    const [host, port] = target.address.split(':') as [string, string];
    const migrate = (key: string) => onNode(source, 'MIGRATE', host, port, key, '0', '5000');
    await call(['MSET', gone, 'a', stays, 'b']);
    await onNode(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
    await onNode(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
    await migrate(gone);

    const context = link.context();
    expect(String(await call(['GET', stays], context))).toBe('b');
    expect(context.tally.retries).toEqual({});
    expect(String(await call(['GET', gone], context))).toBe('a');
    expect(context.tally.retries).toEqual({ ASK: 1 });

    const impatient = link.context({ timeoutMs: 300 });
    await expect(call(['MGET', gone, stays], impatient)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/waiting for MGET .*TRYAGAIN/),
      slot,
    });

    const patient = link.context();
    const both = call(['MGET', gone, stays], patient);
    while (!patient.tally.retries.TRYAGAIN) await new Promise((resolve) => setTimeout(resolve, 5));
    await migrate(stays);
    expect((await both) as Reply[]).toEqual([Buffer.from('a'), Buffer.from('b')]);

    for (const node of [target, source, ...link.nodes()]) {
      await onNode(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target.id);
    }
    const after = link.context();
    expect(String(await call(['GET', gone], after))).toBe('a');
    expect(after.tally.retries).toEqual({ MOVED: 1 });
    for (const end = Date.now() + 10_000; link.ownerOf(slot).id !== target.id && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(link.ownerOf(slot).id).toBe(target.id);
    const settled = link.context();
    await call(['GET', gone], settled);
    expect(settled.tally.retries).toEqual({});
  });
});

describe('a call that waits', () => {
  it('is rejected at once when its signal fires, and the next calls are not disturbed', async () => {
    const node = link.ownerOf(0);
    const key = `{${tagForSlot(0)}}:k`;
    const port = Number(node.address.split(':')[1]);
    cluster.kill(port, 'SIGSTOP');
    try {
      const controller = new AbortController();
      const context = link.context({ signal: controller.signal });
      const waiting = [call(['GET', key], context), call(['GET', key], context)];
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error('enough'));
      for (const one of waiting) {
        await expect(one).rejects.toMatchObject({ code: 'ABORTED', message: expect.stringContaining('GET on') });
      }
      await expect(call(['GET', key], context)).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(call(['GET', key], link.context({ timeoutMs: 50 }))).rejects.toMatchObject({
        code: 'TIMEOUT',
        message: `no progress for 50 ms while waiting for GET on ${node.address}`,
        hint: expect.stringContaining('--timeout'),
      });
    } finally {
      cluster.kill(port, 'SIGCONT');
    }
    expect(await call(['GET', key])).toBeNull();
  });

  it('stops when the link is closed', async () => {
    const second = await connectCluster({ url: cluster.url });
    await second.close();
    const closed = second.call({ key: 'a', command: ['GET', 'a'], readOnly: true, idempotent: true }, second.context());
    await expect(closed).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('closed'),
    });
  });
});
