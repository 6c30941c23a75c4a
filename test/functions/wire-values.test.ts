/** Whatever goes through the identity function on a real server comes back as it was, to the last bit. */
import fc from 'fast-check';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { type Caller, callersOf } from '../../src/functions/callers.js';
import { type FunctionSpec, type Schema, showSchema, t } from '../../src/functions/define/index.js';
import { sharedUrl } from '../harness/cluster.js';
import { usersLibrary } from './users.js';
import { anySchema, anyValue } from './wire-random.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1) });
});
afterAll(() => link.close());

const SCHEMAS = 40;
const VALUES = 12;

function identity(name: string, schema: Schema): FunctionSpec {
  return { name, flags: ['no-writes'], keys: {}, args: { v: schema }, returns: schema };
}

it('any value of any schema', async () => {
  const seed = Date.now();
  const schemas = fc.sample(anySchema, { seed, numRuns: SCHEMAS });
  const specs = Object.fromEntries(schemas.map((schema, i) => [`f${i}`, identity(`f${i}`, schema)]));
  const bodies = Object.fromEntries(Object.keys(specs).map((name) => [name, 'return args.v']));
  const fns = callersOf(link, usersLibrary(specs, bodies));
  for (const [i, schema] of schemas.entries()) {
    const values = fc.sample(anyValue(schema), { seed, numRuns: VALUES });
    const call = (v: unknown) => (fns[`f${i}`] as Caller)({}, { v } as never);
    const got = await Promise.all(values.map(call)).catch((error) => {
      throw new Error(`seed ${seed}, ${showSchema(schema)}`, { cause: error });
    });
    expect({ seed, schema: showSchema(schema), values: got }).toEqual({ seed, schema: showSchema(schema), values });
  }
});

it('as a key, as an argument of its own, and deep inside, the same', async () => {
  const specs = {
    texts: {
      name: 'texts',
      flags: [],
      keys: { one: t.string, many: t.array(t.bytes) },
      args: {
        text: t.string,
        blob: t.bytes,
        maybe: t.nullable(t.record({ blob: t.bytes })),
        last: t.nullable(t.string),
      },
      returns: t.record({
        keys: t.array(t.bytes),
        text: t.string,
        blob: t.bytes,
        inner: t.nullable(t.bytes),
        last: t.nullable(t.string),
        places: t.boolean,
      }),
    },
  } as const satisfies Record<string, FunctionSpec>;
  const { texts } = callersOf(
    link,
    usersLibrary(specs, {
      texts: `local all = { keys.one }
for _, key in ipairs(keys.many) do all[#all + 1] = key end
local places = keys[1] == keys.one and keys[2] == keys.many[1] and args[1] == args.text and args[3] == args.maybe
return { keys = all, text = args.text, blob = args.blob, inner = args.maybe and args.maybe.blob, last = args.last, places = places }`,
    }),
  );
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  expect(
    await texts(
      { one: 'ü{t}\0', many: [Buffer.from('{t}'), Buffer.concat([Buffer.from('{t}'), all])] },
      {
        text: 'a\0ü😀',
        blob: all,
        maybe: { blob: new Uint8Array(all) },
        last: '',
      },
    ),
  ).toEqual({
    keys: [Buffer.from('ü{t}\0'), Buffer.from('{t}'), Buffer.concat([Buffer.from('{t}'), all])],
    text: 'a\0ü😀',
    blob: all,
    inner: all,
    last: '',
    places: true,
  });
  const least = await texts({ one: '{t}', many: [] }, { text: '', blob: new Uint8Array() });
  expect(least).toEqual({
    keys: [Buffer.from('{t}')],
    text: '',
    blob: Buffer.alloc(0),
    inner: null,
    last: null,
    places: true,
  });
});

it('what a Lua function may return of one type: missing, false, null, RESP3', async () => {
  const maybe = t.nullable(t.string);
  const spec = (name: string, returns: Schema): FunctionSpec => ({ name, flags: [], keys: {}, args: {}, returns });
  const cases: [string, Schema, unknown][] = [
    ['return redis.call("GET", "{no such}")', maybe, null],
    ['redis.setresp(3) return redis.call("GET", "{no such}")', maybe, null],
    [
      'redis.setresp(3) return { a = nil, b = false, c = cjson.null }',
      t.record({ a: maybe, b: t.boolean, c: maybe }),
      { a: null, b: false, c: null },
    ],
    [
      'return { a = nil, b = false, c = cjson.null }',
      t.record({ a: maybe, b: t.nullable(t.boolean), c: maybe }),
      { a: null, b: false, c: null },
    ],
    ['return', t.null, null],
    ['return redis.status_reply("OK")', t.null, null],
    ['return {}', t.array(t.string), []],
    ['return {}', t.map(t.string), {}],
    ['return { {}, { {} } }', t.array(t.array(t.array(t.string))), [[], [[]]]],
    ['return { err = "a field" }', t.record({ err: t.string }), { err: 'a field' }],
    ['return { err = "a name" }', t.map(t.string), { err: 'a name' }],
    ['return { err = "a field" }', t.nullable(t.record({ err: t.string })), { err: 'a field' }],
    ['return { err = "a name" }', t.nullable(t.map(t.string)), { err: 'a name' }],
    ['return { ok = "a name" }', t.map(t.string), { ok: 'a name' }],
    ['return -0', t.integer, 0],
    [
      'local list = {} for i = 1, 20000 do list[i] = i end return list',
      t.array(t.integer),
      Array.from({ length: 20000 }, (_, i) => i + 1),
    ],
    ['local list = {} for i = 3, 1, -1 do list[i] = i end return list', t.array(t.integer), [1, 2, 3]],
  ];
  const specs = Object.fromEntries(cases.map(([, schema], i) => [`f${i}`, spec(`f${i}`, schema)]));
  const bodies = Object.fromEntries(cases.map(([body], i) => [`f${i}`, body]));
  const fns = callersOf(link, usersLibrary(specs, bodies));
  for (const [i, [body, , wanted]] of cases.entries()) {
    expect({ body, value: await (fns[`f${i}`] as Caller)() }).toEqual({ body, value: wanted });
  }
});
