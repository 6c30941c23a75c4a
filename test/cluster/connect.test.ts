import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectOptions, connectCluster } from '../../src/cluster/connect.js';
import { Connection } from '../../src/cluster/connection.js';
import { tagForSlot } from '../../src/cluster/slots.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';
import { certificate, tlsProxy } from './tls-proxy.js';

const refusal = async (options: ConnectOptions): Promise<unknown> => {
  try {
    await (await connectCluster(options)).close();
    return 'connected';
  } catch (error) {
    return error;
  }
};

async function listen(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a single server', () => {
  const single = testCluster({ clusterMode: false });
  let link: ClusterLink;
  beforeAll(async () => {
    link = await connectCluster({ url: single.url });
  });
  afterAll(() => link.close());
  const admin = (...command: string[]) => link.callNode(link.ownerOf(0).id, command, link.context(), true);
  const port = () => single.nodes[0]?.port as number;

  it('is one shard that owns all slots', async () => {
    const name = `127.0.0.1:${port()}`;
    expect(link.isCluster).toBe(false);
    expect(link.nodes()).toEqual([{ id: name, address: name, role: 'primary', slots: [[0, 16383]] }]);
    for (const slot of [0, 16383]) {
      const key = `{${tagForSlot(slot)}}`;
      const context = link.context();
      await link.call({ key, command: ['SET', key, `${slot}`], readOnly: false, idempotent: true }, context);
      const reply = await link.call({ key, command: ['GET', key], readOnly: true, idempotent: true }, context);
      expect(String(reply)).toBe(`${slot}`);
    }
  });

  it('comes back after a restart', async () => {
    await single.restart(port());
    const context = link.context();
    expect(await link.call({ key: 'a', command: ['GET', 'a'], readOnly: true, idempotent: true }, context)).toBeNull();
  });

  it('refuses a wrong user or password', async () => {
    const host = `127.0.0.1:${port()}`;
    for (const url of [`redis://nobody:secret@${host}`, `redis://default@${host}`]) {
      if (url.includes('default')) await admin('CONFIG', 'SET', 'requirepass', 'right');
      const error = await refusal({ url });
      expect(error).toMatchObject({
        code: 'AUTH_FAILED',
        message: expect.stringContaining(host),
        hint: expect.any(String),
      });
      expect(JSON.stringify(error)).not.toContain('secret');
    }
    expect(await refusal({ url: `redis://${host}`, password: 'wrong' })).toMatchObject({ code: 'AUTH_FAILED' });
    expect(await refusal({ url: `redis://:right@${host}` })).toBe('connected');
    expect(await refusal({ url: `redis://:wrong@${host}`, password: 'right' })).toBe('connected');
    await admin('CONFIG', 'SET', 'requirepass', '');
  });

  it('never takes a user without a password for the default user', async () => {
    const url = `redis://127.0.0.1:${port()}`;
    const named = { code: 'AUTH_FAILED', message: 'no password for bob', hint: expect.any(String) };
    expect(await refusal({ url, username: 'bob' })).toMatchObject(named);
    expect(await refusal({ url: url.replace('://', '://bob@') })).toMatchObject(named);
    expect(await refusal({ url, username: 'bob', password: '' })).toMatchObject({ code: 'AUTH_FAILED' });
    await admin('ACL', 'SETUSER', 'bob', 'on', 'nopass', '+@all', '~*');
    const bob = await connectCluster({ url, username: 'bob', password: '' });
    const [node] = bob.nodes();
    expect(String(await bob.callNode(node?.id as string, ['ACL', 'WHOAMI'], bob.context()))).toBe('bob');
    await bob.close();
    expect(await refusal({ url, username: 'default' })).toBe('connected');
  });

  it('says what a user lacks', async () => {
    await admin('ACL', 'SETUSER', 'half', 'on', '>pw', '~half:*', '+@all', '-set', '-function');
    const half = await connectCluster({ url: single.url, username: 'half', password: 'pw' });
    const call = (...command: string[]) =>
      half.call({ key: command[1] ?? '', command, readOnly: false, idempotent: true }, half.context());
    try {
      expect(await call('GET', 'half:a')).toBeNull();
      for (const command of [
        ['SET', 'half:a', '1'],
        ['GET', 'other'],
      ]) {
        await expect(call(...command)).rejects.toMatchObject({
          code: 'NO_PERMISSION',
          hint: expect.stringContaining('ACL'),
        });
      }
    } finally {
      await half.close();
    }
  });

  it('refuses writes over its limit of memory with what to do', async () => {
    await admin('CONFIG', 'SET', 'maxmemory', '1');
    const call = link.call({ key: 'a', command: ['SET', 'a', '1'], readOnly: false, idempotent: true }, link.context());
    await expect(call).rejects.toMatchObject({
      code: 'SERVER_REFUSES_WRITES',
      message: expect.stringMatching(/^OOM/),
      hint: expect.stringContaining('maxmemory'),
    });
    await admin('CONFIG', 'SET', 'maxmemory', '0');
  });

  it('is reached by TLS, and a mismatch is told', async () => {
    const proxy = await tlsProxy(port());
    try {
      const url = `rediss://localhost:${proxy.port}`;
      expect(await refusal({ url, tls: { ca: certificate } })).toBe('connected');
      expect(await refusal({ url: `redis://localhost:${proxy.port}`, tls: { ca: certificate } })).toBe('connected');
      expect(await refusal({ url })).toMatchObject({
        code: 'CONNECTION_FAILED',
        hint: expect.stringContaining('--ca'),
      });
      expect(await refusal({ url: `redis://localhost:${proxy.port}` })).toMatchObject({
        code: 'CONNECTION_FAILED',
        hint: expect.stringContaining('rediss://'),
      });
      expect(await refusal({ url: `rediss://127.0.0.1:${port()}`, timeout: 1000 })).toMatchObject({
        code: 'CONNECTION_FAILED',
        message: expect.stringContaining(`127.0.0.1:${port()}`),
        hint: expect.stringContaining('redis://'),
      });
    } finally {
      proxy.close();
    }
  });
});

describe('what is no server for us', () => {
  const renamed = testCluster({ clusterMode: false, config: { 'rename-command': 'FUNCTION ""' } });

  it('lacks FUNCTION', async () => {
    expect(await refusal({ url: renamed.url })).toMatchObject({
      code: 'SERVER_TOO_OLD',
      message: expect.stringContaining('FUNCTION'),
      hint: expect.stringContaining('7.0'),
    });
  });

  it('is older than 7.0', async () => {
    const hello =
      '%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n6.2.6\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n';
    for (const answer of [hello, '-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n']) {
      const { server, port } = await listen((socket) => {
        socket.on('data', (data) => {
          for (const name of String(data).match(/HELLO|SETINFO/g) ?? [])
            socket.write(name === 'HELLO' ? answer : '+OK\r\n');
        });
      });
      expect(await refusal({ url: `redis://127.0.0.1:${port}` })).toMatchObject({
        code: 'SERVER_TOO_OLD',
        hint: expect.stringContaining('7.0'),
      });
      server.close();
    }
  });

  it('does not listen, or not under that name', async () => {
    const { server, port } = await listen(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await refusal({ url: `redis://127.0.0.1:${port}` })).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `cannot connect to 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
      hint: expect.stringContaining('shardfold dev'),
      shard: `127.0.0.1:${port}`,
      retryable: true,
    });
    expect(await refusal({ url: 'redis://no-such-host.invalid:7000' })).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('no-such-host.invalid:7000'),
    });
    const both = await refusal({ url: [`redis://127.0.0.1:${port}`, 'redis://no-such-host.invalid:7000'] });
    expect(both).toMatchObject({ message: expect.stringMatching(/127\.0\.0\.1.*; .*no-such-host/) });
    expect(await refusal({ url: `redis://127.0.0.1:${port},${sharedUrl(1)}` })).toBe('connected');
  });

  it('is left alone where it is connected to after the connection was given up', async () => {
    const open = new Set<Socket>();
    const { server, port } = await listen((socket) => {
      open.add(socket);
      socket.resume().on('close', () => open.delete(socket));
    });
    const connection = new Connection({ host: '127.0.0.1', port }, {}, { reconnect: false });
    connection.open().catch(() => undefined);
    connection.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stayed = open.size;
    for (const socket of open) socket.destroy();
    server.close();
    expect(stayed).toBe(0);
  });

  it('never answers, hangs up, or speaks something else', async () => {
    const behaviours: [(socket: Socket) => void, RegExp][] = [
      [() => undefined, /did not answer|no answer/],
      [(socket) => socket.on('data', () => socket.destroy()), /./],
      [(socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')), /./],
    ];
    for (const [behave, message] of behaviours) {
      const sockets: Socket[] = [];
      const { server, port } = await listen((socket) => {
        sockets.push(socket);
        behave(socket);
      });
      expect(await refusal({ url: `redis://127.0.0.1:${port}`, timeout: 500 })).toMatchObject({
        code: 'CONNECTION_FAILED',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('rediss://'),
      });
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it.each([
    [{ url: 'http://localhost' }, /http:\/\/localhost/],
    [{ url: 'nonsense' }, /nonsense/],
    [{ url: '' }, /URL/],
    [{ url: 'redis://:secret@' }, /URL/],
    [{ url: 'redis://localhost/3' }, /database 0/],
    [{ url: 'redis://u:%zz@localhost' }, /percent/],
    [{ url: 'redis://localhost', prefix: 'a{b}' }, /prefix/],
    [{ url: 'redis://localhost', prefix: '' }, /prefix/],
    [{ url: 'redis://localhost', timeout: 0 }, /^timeout is 0$/],
  ])('is no address: %j', async (options, message) => {
    const error = await refusal(options);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('secret');
  });
});

it('keeps its prefix', async () => {
  const prefix = uniquePrefix();
  const link = await connectCluster({ url: sharedUrl(1), prefix });
  expect(link.prefix).toBe(prefix);
  await link.close();
});
