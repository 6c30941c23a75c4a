/** What a server refuses: raw calls of other clients, and what functions return by mistake. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { connectCluster } from '../../src/cluster/connect.js';
import type { Argument, ClusterLink } from '../../src/cluster/types.js';
import { type Caller, callersOf } from '../../src/functions/callers.js';
import { type FunctionSpec, type Schema, t } from '../../src/functions/define/index.js';
import { deployLibrary } from '../../src/functions/deploy.js';
import { functionName } from '../../src/functions/library.js';
import { sharedUrl } from '../harness/cluster.js';
import { usersLibrary } from './users.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(1) });
});
afterAll(() => link.close());

describe('raw calls', () => {
  const one = (name: string, schema: Schema): FunctionSpec => ({
    name,
    flags: [],
    keys: {},
    args: { v: schema },
    returns: t.null,
  });
  const specs = {
    string: one('string', t.string),
    number: one('number', t.number),
    integer: one('integer', t.integer),
    boolean: one('boolean', t.boolean),
    array: one('array', t.array(t.array(t.number))),
    map: one('map', t.map(t.integer)),
    record: one(
      'record',
      t.record({ name: t.string, blob: t.bytes, at: t.nullable(t.record({ x: t.boolean })), no: t.null }),
    ),
    maybe: one('maybe', t.nullable(t.string)),
    keys: { ...one('keys', t.nullable(t.string)), keys: { one: t.string, many: t.array(t.string) } },
  } as const;
  const library = usersLibrary(specs, Object.fromEntries(Object.keys(specs).map((name) => [name, ''])) as never);
  beforeAll(() => deployLibrary(link, link.context(), library));

  const call = (name: string, keys: readonly Argument[], args: readonly Argument[]) => {
    const command = ['FCALL', functionName(name, library), String(keys.length), ...keys, ...args];
    return link.call({ key: keys[0] ?? '', command, readOnly: false, idempotent: true }, link.context());
  };

  it.each<[string, Argument, RegExp]>([
    ['string', Buffer.from([97, 255]), /: v is not UTF-8: "a\\xff" \(call it as: FCALL string 0 v:string\)/],
    ['string', Buffer.from([0xed, 0xa0, 0x80]), /: v is not UTF-8/], // half a surrogate pair
    ['string', Buffer.from([0xc0, 0x80]), /: v is not UTF-8/], // NUL, too long
    ['string', Buffer.from([0xe2, 0xc2, 0x80, 0x80, 0x80]), /: v is not UTF-8/], // one character within another
    ['string', Buffer.from([0xf4, 0x90, 0x80, 0x80]), /: v is not UTF-8/], // beyond U+10FFFF
    ['number', 'abc', /^number: v is not a number: "abc" \(call it as: FCALL number 0 v:number\)/],
    ['number', '', /: v is not a number: ""/],
    ['number', '0x10', /: v is not a number: "0x10"/],
    ['number', 'x'.repeat(200), /: v is not a number: "x{57}\.\.\."/],
    ['integer', '1.5', /: v is not an integer within ±\(2\^53 - 1\): 1\.5/],
    ['integer', '9007199254740992', /: v is not an integer within/],
    ['integer', 'Infinity', /: v is not an integer within/],
    ['integer', 'NaN', /: v is not an integer within/],
    ['integer', 'one', /: v is not an integer: "one"/],
    ['boolean', 'true', /: v is not a boolean \(1 or 0\): "true" \(call it as: FCALL boolean 0 v:boolean\)/],
    ['array', '[[1', /: v is not JSON \(Expected .*\): "\[\[1" \(call it as: FCALL array 0 v:number\[\]\[\]\)/],
    ['array', '1', /: v is not an array: 1 /],
    ['array', '{"1":[]}', /: v is not an array: a table /],
    ['array', '[[1],[2,"3"]]', /: v\[1\]\[1\] is not a number: "3" /],
    ['array', '[[1],null]', /: v\[1\] is not an array: null /],
    ['array', '[[null]]', /: v\[0\]\[0\] is not a number: null /],
    ['array', Buffer.from([34, 255, 34]), /: v is not UTF-8/],
    ['map', '[1]', /: v is not an object: a table /],
    [
      'map',
      '{"a b":1.5}',
      /: v\["a b"\] is not an integer within .*: 1\.5 \(call it as: FCALL map 0 v:table<string, integer>\)/,
    ],
    ['map', '{"a":null}', /: v\["a"\] is not an integer: null /],
    ['record', '[]', /: v\.name is missing \(it should be a string\) /],
    ['record', '[1]', /: v is not an object: a table /],
    ['record', 'null', /: v is not an object: null /],
    [
      'record',
      '{"name":"n","blob":"Ā","no":null}',
      /: v\.blob is not a string of characters up to U\+00FF, one a byte: "Ā" /,
    ],
    ['record', '{"name":"n","blob":7,"no":null}', /: v\.blob is not a string of bytes: 7 /],
    ['record', '{"name":"n","blob":"","no":null,"more":1}', /: v has no field "more" /],
    ['record', '{"name":"n","blob":"","no":0}', /: v\.no is not null: 0 /],
    [
      'record',
      '{"name":"n","blob":"","no":null,"at":{"x":1}}',
      /: v\.at\.x is not a boolean: 1 .*v:\{ name: string, blob: bytes, at: \{ x: boolean \}\?, no: null \}\)/,
    ],
    ['maybe', 'text', /: v is not JSON \(.*\): "text" \(call it as: FCALL maybe 0 v:string\?\)/],
    ['maybe', '7', /: v is not a string: 7 /],
  ])('%s refuses %s', async (name, argument, message) => {
    await expect(call(name, [], [argument])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, Argument[], Argument[], RegExp]>([
    ['number', [], [], /^number: it takes 1 argument, not 0 \(call it as: FCALL number 0 v:number\)/],
    ['number', [], ['1', '2'], /^number: it takes 1 argument, not 2 \(/],
    ['number', ['k'], ['1'], /^number: it takes 0 keys, not 1 \(/],
    [
      'keys',
      [],
      ['null'],
      /^keys: it takes at least 1 key, not 0 \(call it as: FCALL keys numkeys one:string many:string\[\] v:string\?\)/,
    ],
    ['keys', ['{a}', '{a}b', Buffer.from([123, 97, 125, 255])], [], /^keys: many is not UTF-8: "\{a\}\\xff"/],
  ])('%s refuses %j, %j', async (name, keys, args, message) => {
    await expect(call(name, keys, args)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('takes what is right', async () => {
    for (const [name, argument] of [
      ['number', '-1.5e3'],
      ['integer', '1e3'],
      ['boolean', '0'],
      ['array', '{}'],
      ['record', '{"no":null,"blob":"\\u00ff","name":"\\u0000"}'],
      ['maybe', 'null'],
    ] as const) {
      expect(await call(name, [], [argument])).toBeNull();
    }
    expect(await call('maybe', [], [])).toBeNull();
    expect(await call('keys', ['{a}', '{a}b', '{a}c'], ['"text"'])).toBeNull();
  });
});

describe('replies', () => {
  const cases: [Schema, string, RegExp][] = [
    [t.string, 'return 7', /its reply is not a string: 7 \(it is declared to return string\)/],
    [t.string, 'return', /its reply is missing \(it should be a string\)/],
    [t.string, 'return false', /its reply is not a string: false/],
    [t.string, 'return redis.status_reply("OK")', /its reply is not a string: a table/],
    [t.string, 'return "\\255"', /its reply is not UTF-8 \(declare it as bytes\): "\\xff"/],
    [t.bytes, 'return 7', /its reply is not a string of bytes: 7/],
    [t.number, 'return "7"', /its reply is not a number: "7"/],
    [t.integer, 'return 0.5', /its reply is not an integer within .*: 0\.5/],
    [t.integer, 'return 2^53', /its reply is not an integer within .*: 9007199254740992/],
    [t.integer, 'return 0/0', /its reply is not an integer within .*: NaN/],
    [t.integer, 'return "7"', /its reply is not an integer: "7"/],
    [t.boolean, 'return 1', /its reply is not a boolean: 1/],
    [t.boolean, 'return nil', /its reply is missing/],
    [t.array(t.number), 'return { 1, nil, 3 }', /its reply(\[1\] is missing| is not an array: it has holes or names)/],
    [t.array(t.number), 'return { 1, 2, [5] = 3 }', /its reply is not an array: it has holes or names/],
    [t.array(t.number), 'return { a = 1 }', /its reply is not an array: it has holes or names/],
    [t.array(t.number), 'return { 1, "2" }', /its reply\[1\] is not a number: "2"/],
    [t.array(t.number), 'return 1', /its reply is not an array: 1/],
    [t.map(t.number), 'return { 1 }', /its reply has a name that is not a string: 1/],
    [t.map(t.number), 'return { ["\\255"] = 1 }', /its reply has a name that is not UTF-8/],
    [t.map(t.map(t.number)), 'return { a = { b = "x" } }', /its reply\["a"\]\["b"\] is not a number: "x"/],
    [t.map(t.number), 'return 1', /its reply is not a table: 1/],
    [
      t.record({ a: t.number }),
      'return {}',
      /its reply\.a is missing \(it should be a number\) \(it is declared to return \{ a: number \}\)/,
    ],
    [
      t.record({ a: t.array(t.record({ b: t.string })) }),
      'return { a = { { b = "" }, {} } }',
      /its reply\.a\[1\]\.b is missing/,
    ],
    [t.record({}), 'return "text"', /its reply is not a table: "text"/],
    [t.nullable(t.boolean), 'return 0', /its reply is not a boolean: 0/],
  ];
  const spec = (schema: Schema, i: number): FunctionSpec => ({
    name: `f${i}`,
    flags: [],
    keys: {},
    args: {},
    returns: schema,
  });
  const specs = Object.fromEntries(cases.map(([schema], i) => [`f${i}`, spec(schema, i)]));
  const library = usersLibrary(specs, Object.fromEntries(cases.map(([, body], i) => [`f${i}`, body])));

  it.each(cases.map(([, body, message], i) => ({ i, body, message })))('$body is refused', async ({ i, message }) => {
    const fns = callersOf(link, library);
    await expect((fns[`f${i}`] as Caller)()).rejects.toMatchObject({
      code: 'INVALID_REPLY',
      message: expect.stringMatching(message),
      kernel: `f${i}`,
    });
  });
});

describe('a table with a field err', () => {
  const specs = {
    returned: {
      name: 'returned',
      flags: [],
      keys: {},
      args: { how: t.string },
      returns: t.record({ id: t.nullable(t.integer) }),
    },
  } as const;
  const body = `if args.how == "record" then return { id = 7, err = "a column that is not declared" } end
if args.how == "replied" then return redis.error_reply("MINE text") end
if args.how == "number" then return { err = 7 } end
return redis.pcall("NOSUCH")`;
  const library = usersLibrary(specs, { returned: body });
  const returned = (how: string) => callersOf(link, library).returned({}, { how });

  it('is a reply where it holds what an error of the server does not', async () => {
    expect(await returned('record')).toEqual({ id: 7 });
    expect(await returned('number')).toEqual({ id: null });
  });

  it.each([
    ['replied', /^MINE text/],
    ['command', /Unknown (Redis )?command/],
  ])('is an error as the server makes it: %s', async (how, message) => {
    const failed = { code: 'FUNCTION_FAILED', message: expect.stringMatching(message) };
    await expect(returned(how)).rejects.toMatchObject(failed);
  });
});

it('knows UTF-8 as Node does', async () => {
  const spec = {
    name: 'good',
    flags: [],
    keys: {},
    args: { all: t.array(t.bytes) },
    returns: t.array(t.boolean),
  } as const;
  const body = `local wire, good = require("shardfold.utf8"), {}
for i, text in ipairs(args.all) do good[i] = wire.is_utf8(text) end
return good`;
  const { good } = callersOf(link, usersLibrary({ good: spec }, { good: body }));
  // Bytes at the edges of what UTF-8 allows, so that good and bad ones are as likely.
  const edges = [
    0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
    0xf1, 0xf3, 0xf4, 0xf5, 0xff,
  ];
  const texts = edges.flatMap((a) => edges.map((b) => [a, b]));
  const all = [
    ...texts,
    ...texts.flatMap(([a, b]) => edges.map((c) => [a, b, c])),
    ...texts.flatMap(([a, b]) => [
      [a, b, 0x80, 0x80],
      [a, b, 0xbf, 0xbf],
      [0xc3, 0xbc, a, b, 0x80],
      [a, b, 0x80, 0xe2, 0x82, 0xac],
    ]),
    ...fc.sample(fc.array(fc.constantFrom(...edges), { maxLength: 12 }), 2000),
    ...fc.sample(fc.string({ unit: 'binary' }), 1000).map((text) => [...Buffer.from(text)]),
  ].map((codes) => Buffer.from(codes as number[]));
  const wanted = all.map((text) => isUtf8(text));
  const got = await good({}, { all });
  expect(all.filter((_, i) => got[i] !== wanted[i])).toEqual([]);
  expect(wanted.filter(Boolean).length).toBeGreaterThan(1000);
});
