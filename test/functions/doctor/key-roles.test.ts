/** Users for keys that are no tables, by the lines of `shardfold doctor --acl --role key-…`: each can do its work, and uses all that it has. */
import { connectCluster } from '../../../src/cluster/connect.js';
import { messageOf } from '../../../src/cluster/errors.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';
import { examine } from '../../../src/functions/doctor/examine.js';
import { KEY_ROLES, type Role, userOf } from '../../../src/functions/doctor/roles.js';
import { col, count, lit } from '../../../src/index.js';
import { Shardfold } from '../../../src/shardfold.js';
import { runCli } from '../../harness/cli.js';
import { testCluster } from '../../harness/cluster.js';
import { connectAs, onAll, runLine } from './nodes.js';

// {b} lies on another shard than {d}.
const PATTERNS = ['{b}:*', '{d}:*', '{list}:*', '{scan}:*'];
const cluster = testCluster({ shards: 3 });
let admin: ClusterLink;

const send = (key: string, ...command: (string | number)[]) =>
  admin.call({ key, command: command.map(String), readOnly: false, idempotent: true }, admin.context());
/** Many keys, or members, at once: the script gets a number each. */
const many = (key: string, lua: string, n: number) => send(key, 'EVAL', `for i = 1, ${n} do ${lua} end`, 1, key);

beforeAll(async () => {
  admin = await connectCluster({ url: cluster.url });
  for (const { name } of KEY_ROLES) {
    const { stdout } = await runCli(['doctor', '--acl', '--role', name, '--key-patterns', ...PATTERNS]);
    await runLine(admin, stdout.trim());
  }
  await many('{d}:zset', "redis.call('ZADD', KEYS[1], i, i)", 1200);
  await many('{d}:list', "redis.call('RPUSH', KEYS[1], i)", 1200);
  await many('{d}:set', "redis.call('SADD', KEYS[1], 'm' .. i)", 1200);
  await many('{d}:few', "redis.call('ZADD', KEYS[1], i, i)", 3);
  await many('{d}:short', "redis.call('RPUSH', KEYS[1], i)", 3);
  await many('{d}:some', "redis.call('SADD', KEYS[1], 'm' .. i)", 3);
  await many('{b}:some', "redis.call('SADD', KEYS[1], 'm' .. i)", 2);
  await many('{d}:packed', "redis.call('APPEND', KEYS[1], struct.pack('<d', i))", 9000);
  await many('{list}:', "redis.call('SET', KEYS[1] .. i, i)", 4200);
  await many('{scan}:', "redis.call('SET', KEYS[1] .. i, i)", 16_500);
});
afterAll(() => admin.close());

interface Day {
  readonly link: ClusterLink;
  readonly sf: Shardfold;
}
type Work = (day: Day) => Promise<void>;

const rowsOf = async (query: { collect(): Promise<readonly object[]> }): Promise<number> =>
  (await query.collect()).length;

const READING: Work = async ({ sf, link }) => {
  expect(await rowsOf(sf.hashes('{d}:hash', { n: 'int32' }).select('n', 'ttl', 'memory', 'type', 'slot'))).toBe(1);
  expect(await rowsOf(sf.strings('{d}:text', 'int32'))).toBe(1);
  expect(await rowsOf(sf.jsonStrings('{d}:json', { a: 'int32' }))).toBe(1);
  expect(await rowsOf(sf.packed('{d}:packed', 'float64'))).toBe(9000);
  expect(await rowsOf(sf.keys('{d}:*').select('key'))).toBeGreaterThan(8);
  expect(await rowsOf(sf.keys('{d}:*'))).toBeGreaterThan(8);
  for (const name of ['zset', 'few']) expect(await rowsOf(sf.zset(`{d}:${name}`))).toBeGreaterThan(2);
  for (const name of ['list', 'short']) expect(await rowsOf(sf.list(`{d}:${name}`, 'int32'))).toBeGreaterThan(2);
  for (const name of ['set', 'some']) expect(await rowsOf(sf.set(`{d}:${name}`))).toBeGreaterThan(2);
  const scores = sf.zset('{d}:*').filter(col('score').lt(3));
  expect(await scores.agg({ n: count() }).collect()).toEqual([{ n: 4 }]);
  expect(await sf.intersectCount(['{d}:set', '{d}:some'])).toBe(3);
  expect(await sf.intersectCount(['{d}:set', '{b}:some'])).toBe(2);
  for (const [pattern, n] of [
    ['{list}:*', 4200],
    ['{scan}:*', 16_500],
  ] as const) {
    expect(
      await sf
        .strings(pattern, 'int32')
        .agg({ n: col('value').count() })
        .collect(),
    ).toEqual([{ n }]);
  }
  await whileMoving(async () => {
    const key = '{d}:elsewhere';
    await link.call(
      { key, command: ['GET', key], readOnly: true, idempotent: true },
      link.context({ timeoutMs: 5000 }),
    );
  });
};

/** The slot of {d} is on its way: for a key that is not there the owner sends on. */
async function whileMoving(work: () => Promise<void>): Promise<void> {
  const slot = slotOf(Buffer.from('d'));
  const on = (node: NodeInfo, ...command: string[]) => admin.callNode(node.id, command, admin.context(), true);
  const source = admin.ownerOf(slot);
  const target = admin.nodes().find(({ role, id }) => role === 'primary' && id !== source.id) as NodeInfo;
  await on(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
  await on(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
  try {
    await work();
  } finally {
    for (const node of [source, target]) await on(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'STABLE');
  }
}

const WRITING: Work = async ({ sf }) => {
  const hashes = sf.hashes('{d}:hash', { n: 'int32' }).filter(col('ttl').isNull().and(col('memory').gt(0)));
  expect(await hashes.update({ n: col('n').add(1), m: null }, { dryRun: true, updateId: 'a' })).toMatchObject({
    written: 1,
  });
  expect(await hashes.update({ n: col('n').add(1), m: null }, { updateId: 'a' })).toMatchObject({ written: 1 });
  expect(await hashes.update({ n: null, 'sf:update:a': null })).toMatchObject({ skipped: { lastField: 1 } });
  expect(await sf.strings('{d}:text', 'int32').filter(col('value').eq(1)).expire(1000, { dryRun: true })).toMatchObject(
    { written: 1 },
  );
  expect(await sf.keys('{d}:text').expire(1000)).toMatchObject({ written: 1 });
  expect(await sf.set('{d}:gone').delete()).toMatchObject({ written: 1 });
  for (const [pattern, n] of [
    ['{list}:*', 4200],
    ['{scan}:*', 16_500],
  ] as const) {
    expect(await sf.keys(pattern).expire(1e6, { dryRun: true })).toMatchObject({ written: n });
  }
};

const WORK: Record<string, Work> = { 'key-reader': READING, 'key-writer': WRITING };

/** What the ACLs refused since the last look: 7.0 does not say it in its errors. */
async function refusals(): Promise<string[]> {
  const logs = (await onAll(admin, 'ACL', 'LOG')) as (readonly (readonly Reply[])[])[];
  await onAll(admin, 'ACL', 'LOG', 'RESET');
  return logs.flat().map((entry) => String(entry[entry.findIndex((item) => String(item) === 'object') + 1]));
}

/** The commands of a day, those inside of Lua, too. */
async function commandsOf(role: Role): Promise<Set<string>> {
  await onAll(admin, 'SCRIPT', 'FLUSH');
  await onAll(admin, 'ACL', 'LOG', 'RESET');
  for (const key of ['{d}:hash', '{d}:text', '{d}:json', '{d}:gone']) await send(key, 'UNLINK', key);
  await send('{d}:hash', 'HSET', '{d}:hash', 'n', 1, 'm', 2);
  await send('{d}:text', 'SET', '{d}:text', 1);
  await send('{d}:json', 'SET', '{d}:json', '{"a":1}');
  await send('{d}:gone', 'SADD', '{d}:gone', 'x');
  await onAll(admin, 'CONFIG', 'RESETSTAT');
  const link = await connectAs(cluster.url, userOf(role));
  try {
    link.label('test');
    const { checks } = await examine(link, { role: role.name, user: 'x' }, link.context({ timeoutMs: 2000 }));
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    await WORK[role.name]?.({ link, sf: new Shardfold(link) });
  } catch (error) {
    throw new Error(`${messageOf(error)} [${await refusals()}]`);
  } finally {
    await link.close();
  }
  const stats = (await onAll(admin, 'INFO', 'commandstats')).map(String).join('');
  return new Set([...stats.matchAll(/^cmdstat_([^:]+):calls=[1-9]/gm)].map(([, name]) => String(name)));
}

describe.each(KEY_ROLES.map((role) => [role.name, role] as const))('%s', (_, role) => {
  it('has all that it needs, and uses all that it has', async () => {
    const used = await commandsOf(role);
    // From 7.2 on the clock of scripts is another one.
    expect(role.commands.filter((command) => !used.has(command) && command !== 'time')).toEqual([]);
  });

  it('reads its keys of a slot that holds those of others', async () => {
    // Too many for one call, and few enough to be no large slot: what is left of them is asked for by name.
    await many('{d}mixed:', "redis.call('HSET', KEYS[1] .. i, 'n', i)", 1000);
    await many('{d}:mixed:', "redis.call('HSET', KEYS[1] .. i, 'n', 1)", 1000);
    const link = await connectAs(cluster.url, userOf(role));
    try {
      const mixed = new Shardfold(link).hashes('{d}:mixed:*', { n: 'int32', m: 'utf8', o: 'utf8' });
      const read = mixed.agg({ n: count(), sum: col('n').sum(), m: col('m').max(), o: col('o').max() });
      for (let i = 0; i < 5; i++) {
        const rows = await read.collect();
        expect([...rows]).toEqual([{ n: 1000, sum: 1000, m: null, o: null }]);
        expect(rows.receipt.keys?.[0]?.keys).toMatchObject({ matched: 1000 });
      }
    } finally {
      await link.close();
      await many('{d}mixed:', "redis.call('UNLINK', KEYS[1] .. i)", 1000);
      await many('{d}:mixed:', "redis.call('UNLINK', KEYS[1] .. i)", 1000);
    }
  });

  it('touches no other keys', async () => {
    await send('sf:{functions}', 'SET', 'sf:{functions}', 'x');
    await send('{d}x', 'HSET', '{d}x', 'n', 1);
    const link = await connectAs(cluster.url, userOf(role));
    try {
      const sf = new Shardfold(link);
      const refused = expect.objectContaining({ code: 'NO_PERMISSION' });
      await expect(sf.keys('{d}x').delete()).rejects.toEqual(refused);
      await expect(sf.keys('sf:*').expire(1)).rejects.toEqual(refused);
      await expect(sf.hashes('{d}x', { n: 'int32' }).update({ n: lit(2) })).rejects.toEqual(refused);
      await expect(sf.hashes('{d}x', { n: 'int32' }).collect()).rejects.toEqual(refused);
    } finally {
      await link.close();
    }
  });
});

it('keys must be named', async () => {
  const { code, stderr } = await runCli(['doctor', '--acl', '--role', 'key-reader']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('--key-patterns')]);
});
