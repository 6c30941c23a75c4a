/** The bindings, under a plain node-redis client. */
import { createCluster, RESP_TYPES } from 'redis';
import { connectCluster } from '../../src/cluster/connect.js';
import { type FunctionSpec, nodeRedisFunctions, t } from '../../src/functions/define/index.js';
import { deployLibrary } from '../../src/functions/deploy.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { usersLibrary } from './users.js';

const specs = {
  put: {
    name: 'put',
    flags: [],
    keys: { one: t.string, many: t.array(t.string) },
    args: { blob: t.bytes, text: t.string, score: t.number },
    returns: t.record({ keys: t.integer, text: t.string, score: t.number, on: t.boolean, none: t.nullable(t.string) }),
  },
  get: { name: 'get', flags: ['no-writes'], keys: { key: t.string }, args: {}, returns: t.nullable(t.bytes) },
  ping: {
    name: 'ping',
    flags: ['no-writes'],
    keys: {},
    args: { to: t.nullable(t.string) },
    returns: t.array(t.string),
  },
} as const satisfies Record<string, FunctionSpec>;

const library = usersLibrary(specs, {
  put: 'redis.call("SET", keys.one, args.blob) return { keys = 1 + #keys.many, text = args.text, score = args.score, on = true }',
  get: 'return redis.call("GET", keys.key)',
  ping: 'return { "pong", args.to }',
});

const makeClient = () =>
  createCluster({ rootNodes: [{ url: sharedUrl(3) }], functions: { users: nodeRedisFunctions(library) } });
let client: ReturnType<typeof makeClient>;
beforeAll(async () => {
  const link = await connectCluster({ url: sharedUrl(3) });
  await deployLibrary(link, link.context(), library);
  await link.close();
  client = makeClient();
  client.on('error', (error) => {
    throw error;
  });
  await client.connect();
});
afterAll(() => client.close());

const prefix = uniquePrefix();
const blob = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

it('calls by name on the shard of the keys, typed', async () => {
  for (const tag of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const one = `${prefix}{${tag}}`;
    const reply = await client.users.put({ one, many: [`${one}1`, `${one}2`] }, { blob, text: 'ü\0😀', score: -0 });
    expect(reply).toEqual({ keys: 3, text: 'ü\0😀', score: -0, on: true, none: null });
    const score: number = reply.score;
    expect(score).toBe(-0);
  }
  expect(await client.users.ping()).toEqual(['pong']);
  expect(await client.users.ping({}, { to: 'me' })).toEqual(['pong', 'me']);
});

it('gives bytes as a Buffer, where the client is told to', async () => {
  const key = `${prefix}{bytes}`;
  await client.users.put({ one: key, many: [] }, { blob, text: '', score: 1 });
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  expect(await binary.users.get({ key })).toEqual(blob);
  expect(await binary.users.ping({}, { to: 'ü' })).toEqual(['pong', 'ü']);
  await expect(client.users.get({ key })).rejects.toMatchObject({
    code: 'INVALID_REPLY',
    message: 'get: its reply was made a string by the client, which destroys bytes',
    hint: expect.stringMatching(/RESP_TYPES\.BLOB_STRING.*Buffer/),
  });
  expect(await client.users.get({ key: `${prefix}none` })).toBeNull();
});

it('refuses wrong calls before they are sent, by types and at run time', async () => {
  // @ts-expect-error an argument of another type
  const wrong = client.users.put({ one: prefix, many: [] }, { blob, text: '', score: '1' });
  await expect(wrong).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'put: score is not a number: "1"',
  });
});

it('the plain client and its other commands are what they were', async () => {
  const key = `${prefix}plain`;
  await client.set(key, 'x');
  expect(await client.get(key)).toBe('x');
  expect(nodeRedisFunctions(library).get.IS_READ_ONLY).toBe(true);
  expect(nodeRedisFunctions(library).put.IS_READ_ONLY).toBe(false);
});
