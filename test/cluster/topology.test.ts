import { parseAddress, readOptions, showAddress } from '../../src/cluster/address.js';
import { parseShards, standaloneTopology } from '../../src/cluster/topology.js';
import type { Reply } from '../../src/cluster/types.js';

const via = { host: '10.0.0.9', port: 7000 };
const flat = (fields: Record<string, Reply | string>): Reply =>
  Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from(name),
    typeof value === 'string' ? Buffer.from(value) : value,
  ]);
const node = (id: string, fields: Record<string, Reply | string>) =>
  flat({ id, port: 7000, ip: '10.0.0.1', endpoint: '10.0.0.1', role: 'master', health: 'online', ...fields });
const shard = (slots: number[], ...nodes: Reply[]): Reply => flat({ slots, nodes });

describe('parseShards', () => {
  it('puts primaries first, by their slots, and says whom a replica copies', () => {
    const topology = parseShards(
      [
        shard([8192, 16383], node('r', { role: 'replica', port: 7003 }), node('b', { port: 7001 })),
        shard([], node('empty', { port: 7004 })),
        shard([0, 100, 200, 8191], node('a', { port: 7002 })),
      ],
      via,
      false,
    );
    expect(topology.nodes.map(({ id, address, role, slots }) => [id, address, role, slots])).toEqual([
      [
        'a',
        '10.0.0.1:7002',
        'primary',
        [
          [0, 100],
          [200, 8191],
        ],
      ],
      ['b', '10.0.0.1:7001', 'primary', [[8192, 16383]]],
      ['empty', '10.0.0.1:7004', 'primary', []],
      ['r', '10.0.0.1:7003', 'replica', []],
    ]);
    expect(topology.byId('r')).toMatchObject({ replicaOf: 'b' });
    expect([topology.owner(100)?.id, topology.owner(150)?.id, topology.owner(16383)?.id]).toEqual([
      'a',
      undefined,
      'b',
    ]);
  });

  it('takes the address that the node wants to be known by', () => {
    const one = (fields: Record<string, Reply | string>, tls = false) =>
      parseShards([shard([0, 16383], node('a', fields))], via, tls).nodes[0]?.address;
    expect(one({ endpoint: 'redis-1.example.com', hostname: 'redis-1.example.com' })).toBe('redis-1.example.com:7000');
    expect(one({ endpoint: '::1' })).toBe('[::1]:7000');
    expect(one({ endpoint: '?', ip: '' })).toBe('10.0.0.9:7000');
    expect(one({ endpoint: null, ip: '10.0.0.3' })).toBe('10.0.0.3:7000');
    expect(one({ 'tls-port': 7443 }, true)).toBe('10.0.0.1:7443');
    expect(one({ 'tls-port': 7443 }, false)).toBe('10.0.0.1:7000');
  });

  it('prefers the primary that is alive, and marks the failed', () => {
    const topology = parseShards(
      [
        shard([0, 16383], node('old', { health: 'fail' }), node('new', { port: 7001 })),
        shard([], node('gone', { port: 7002, health: 'fail' })),
      ],
      via,
      false,
    );
    expect(topology.owner(5)?.id).toBe('new');
    expect(topology.byId('old')).toMatchObject({ down: true, slots: [] });
    expect(topology.primaries.map(({ id }) => id)).toEqual(['new']);
    expect(topology.live.map(({ id }) => id)).toEqual(['new']);
    const orphaned = parseShards([shard([0, 16383], node('dead', { health: 'fail' }))], via, false);
    expect(orphaned.owner(0)).toMatchObject({ id: 'dead', down: true });
    expect(orphaned.primaries).toHaveLength(1);
  });

  it('learns from MOVED what it knows the node of', () => {
    const topology = parseShards(
      [shard([0, 8191], node('a', {})), shard([8192, 16383], node('b', { port: 7001 }))],
      via,
      false,
    );
    expect(topology.learn(7, '10.0.0.1:7001')).toBe(true);
    expect([topology.owner(6)?.id, topology.owner(7)?.id]).toEqual(['a', 'b']);
    expect(topology.learn(7, '10.0.0.1:7009')).toBe(false);
    expect(topology.owner(7)?.id).toBe('b');
  });
});

it('sees a single server as the owner of everything', () => {
  const topology = standaloneTopology({ host: '::1', port: 6379 });
  expect(topology.nodes).toEqual([{ id: '[::1]:6379', address: '[::1]:6379', role: 'primary', slots: [[0, 16383]] }]);
  expect(topology.owner(16383)?.id).toBe('[::1]:6379');
});

it('reads addresses both ways', () => {
  for (const address of [
    { host: '127.0.0.1', port: 7000 },
    { host: 'a.example', port: 1 },
    { host: '::1', port: 65535 },
  ]) {
    expect(parseAddress(showAddress(address))).toEqual(address);
  }
  expect(parseAddress('::1:7000')).toEqual({ host: '::1', port: 7000 });
});

describe('readOptions', () => {
  it('reads URLs, which the options go before', () => {
    expect(readOptions({ url: 'redis://me:p%40ss@a:7001, rediss://b' })).toEqual({
      seeds: [
        { host: 'a', port: 7001 },
        { host: 'b', port: 6379 },
      ],
      access: { username: 'me', password: 'p@ss', tls: {} },
    });
    expect(
      readOptions({ url: ['redis://me:a@[::1]:7000'], username: 'you', password: 'b', tls: { ca: 'PEM' } }),
    ).toEqual({
      seeds: [{ host: '::1', port: 7000 }],
      access: { username: 'you', password: 'b', tls: { ca: 'PEM' } },
    });
    expect(readOptions({ url: 'redis://a', tls: true }).access).toEqual({ tls: {} });
    expect(readOptions({ url: 'redis://a/0', tls: false }).access).toEqual({});
  });
});
