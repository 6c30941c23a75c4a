import { connectCluster } from '../../src/cluster/connect.js';
import { tagForSlot } from '../../src/cluster/slots.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { type Callers, callersOf } from '../../src/functions/callers.js';
import { type FunctionSpec, t } from '../../src/functions/define/index.js';
import { deployLibrary, libraryStatus } from '../../src/functions/deploy.js';
import { connect, type Shardfold } from '../../src/index.js';
import { testCluster } from '../harness/cluster.js';
import { usersLibrary } from './users.js';

const cluster = testCluster({ shards: 3 });
let sf: Shardfold;
let link: ClusterLink;
let fns: Callers<typeof specs>;
beforeAll(async () => {
  sf = await connect({ url: cluster.url });
  link = sf.link;
  fns = sf.functions(users);
  await deployLibrary(link, link.context(), users);
});
afterAll(() => sf.close());

const none = { flags: [], keys: {}, args: {}, returns: t.null } as const;
const specs = {
  add: { ...none, name: 'add', keys: { board: t.string }, args: { by: t.number }, returns: t.number },
  get: { ...none, name: 'get', flags: ['no-writes'], keys: { board: t.bytes }, returns: t.nullable(t.bytes) },
  set: { ...none, name: 'set', keys: { boards: t.array(t.bytes) }, args: { value: t.bytes } },
  node: { ...none, name: 'node', flags: ['no-writes'], returns: t.string },
  sum: { ...none, name: 'sum', args: { a: t.nullable(t.number), b: t.nullable(t.array(t.number)) }, returns: t.number },
  fail: { ...none, name: 'fail', keys: { board: t.string }, args: { how: t.string }, returns: t.array(t.string) },
} as const satisfies Record<string, FunctionSpec>;

const users = usersLibrary(
  specs,
  {
    add: 'return tonumber(redis.call("INCRBYFLOAT", keys.board, args.by))',
    get: 'return redis.call("GET", keys[1])',
    set: 'for _, board in ipairs(keys.boards) do redis.call("SET", board, args[1]) end',
    node: 'return redis.call("CLUSTER", "MYID")',
    sum: 'return (args.a or 0) + (args.b and args.b[1] or 0)',
    fail: `local helper = require("helper")
local how = args.how
if how == "text" then error("no such board") end
if how == "coded" then error({ err = "NOFUNDS 5 are missing (of 7)" }) end
if how == "retryable" then
  redis.call("INCR", keys.board)
  error({ err = "BUSY somebody else plays" })
end
if how == "ours" then error({ err = "OUT_OF_RANGE no" }) end
if how == "table" then error({ 1, 2 }) end
if how == "thrown" then error(setmetatable({ message = "x" }, { __tostring = function() return "Error: x" end }), 0) end
if how == "command" then redis.call("LPUSH", keys.board, "x") redis.call("GET", keys.board) end
if how == "returned" then return redis.error_reply("MINE text") end
if how == "caught" then return redis.pcall("NOSUCH") end
if how == "number" then error(5, 0) end
if how == "helper" then helper() end
if how == "deep" then local function deep(n) return 1 + deep(n + 1) end return deep(1) end
if how == "lost" then error({ err = "ERR Function not found" }) end
return { "fine", how == "bytes" and "\\255" or 7 }`,
  },
  {
    helper: {
      file: 'functions/helper.ts',
      text: 'return function()\n  local nothing\n  return nothing.field\nend',
      lines: [1, 7, 12, 12],
    },
  },
);

const onAll = (...command: string[]) =>
  Promise.all(link.nodes().map(({ id }) => link.callNode(id, command, link.context(), true)));
const board = (slot: number) => `b:{${tagForSlot(slot)}}`;

it('refuses keys of different slots before anything is sent', async () => {
  const sent = fns.set({ boards: [Buffer.from('a:{1}'), Buffer.from('b:{2}')] }, { value: Buffer.from('x') });
  await expect(sent).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'set: the keys a:{1} and b:{2} lie in different slots',
    hint: expect.stringContaining('hash tag'),
  });
});

describe('sf.functions', () => {
  it('calls on the shard of the keys, and gives back what the types say', async () => {
    for (const slot of [3, 8000, 16000]) {
      expect(await fns.add({ board: board(slot) }, { by: 0.5 })).toBe(0.5);
      expect(await fns.add({ board: board(slot) }, { by: 3 })).toBe(3.5);
      expect(await fns.get({ board: Buffer.from(board(slot)) })).toEqual(Buffer.from('3.5'));
    }
    expect(await fns.get({ board: Buffer.from('none') })).toBeNull();
  });

  it('routes by the bytes of a key, with and without a tag', async () => {
    const odd = Buffer.from([0xff, 0x00, 0xc3]);
    const tagged = [Buffer.concat([odd, Buffer.from('{ü}1')]), Buffer.concat([Buffer.from('{ü}'), odd])];
    const context = link.context();
    for (const boards of [[odd], tagged]) {
      expect(await fns.set({ boards }, { value: odd })).toBeNull();
      for (const one of boards) expect(await fns.get({ board: one })).toEqual(odd);
    }
    expect(context.tally.retries).toEqual({});
  });

  it('runs what has no keys on one shard after the other', async () => {
    const nodes = new Set(await Promise.all(Array.from({ length: 30 }, () => fns.node())));
    expect(nodes.size).toBe(3);
  });

  it('leaves out what is null at the end', async () => {
    expect(await fns.sum()).toBe(0);
    expect(await fns.sum({}, { a: 1 })).toBe(1);
    expect(await fns.sum({}, { b: [2] })).toBe(2);
    expect(await fns.sum({}, { a: null, b: null })).toBe(0);
  });

  it('tells an option that is none', async () => {
    await expect(fns.sum({}, { a: 1 }, { timeuot: 3 } as object)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'there is no option timeuot; did you mean timeout?',
    });
  });

  it('sends nothing of what does not fit', async () => {
    const sent: unknown[] = [];
    const deaf = {
      context: () => link.context(),
      label: () => undefined,
      call: async (call: unknown) => sent.push(call),
    };
    const { add } = callersOf(deaf as unknown as ClusterLink, users);
    await expect(add({ board: 'x' }, { by: 'ten' as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'add: by is not a number: "ten"',
      hint: 'add({ board: string }, { by: number }): number',
    });
    expect(sent).toEqual([]);
  });

  it('refuses what is no library', () => {
    expect(() => sf.functions({ addScore: 1 } as never)).toThrow(/wants a built library, not an object/);
  });

  it('says how to call where somebody else calls wrongly', async () => {
    const call = (...args: string[]) =>
      link.call({ key: args[2] ?? 'x', command: args, readOnly: true, idempotent: true }, link.context());
    const name = `add_${users.hash}`;
    await expect(call('FCALL', name, '1', 'b', 'ten')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(
        /^add: by is not a number: "ten" \(call it as: FCALL add 1 board:string by:number\) \(on /,
      ),
    });
    await expect(call('FCALL', name, '1', 'b')).rejects.toThrow(/^add: it takes 1 argument, not 0 \(call/);
  });
});

describe('errors from inside', () => {
  const how = (text: string, key = 'fails') => fns.fail({ board: key }, { how: text });

  it.each([
    ['text', 'FUNCTION_FAILED', /^functions\/fail\.lua:4: no such board \(on /, 4],
    ['coded', 'FUNCTION_FAILED', /^NOFUNDS 5 are missing \(of 7\) \(functions\/fail\.lua:5, on /, 5],
    ['ours', 'OUT_OF_RANGE', /^no \(functions\/fail\.lua:10, on /, 10],
    ['table', 'FUNCTION_FAILED', /^a table without err was raised \(functions\/fail\.lua:11, on /, 11],
    ['thrown', 'FUNCTION_FAILED', /^Error: x \(functions\/fail\.lua:12, on /, 12],
    ['command', 'FUNCTION_FAILED', /^WRONGTYPE .* \(functions\/fail\.lua:13, on /, 13],
    ['number', 'FUNCTION_FAILED', /^5 \(functions\/fail\.lua:16, on /, 16],
    ['deep', 'FUNCTION_FAILED', /^functions\/fail\.lua:18: stack overflow/, 18],
    ['lost', 'FUNCTION_FAILED', /^Function not found \(functions\/fail\.lua:19, on /, 19],
  ])('%s: the source line, the code and the text', async (what, code, message, at) => {
    await expect(how(what)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      kernel: `fail (functions/fail.lua:${at})`,
      retryable: false,
    });
  });

  it('names the line of the file that was compiled, where it was', async () => {
    await expect(how('helper')).rejects.toMatchObject({
      message: expect.stringMatching(/^functions\/helper\.ts:12: .*nothing/),
      kernel: 'fail (functions/helper.ts:12)',
    });
  });

  it.each([
    ['returned', /^MINE text \(on /],
    ['caught', /^Unknown (Redis )?command called from script/],
  ])('%s errors are errors', async (what, message) => {
    await expect(how(what)).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringMatching(message),
      kernel: 'fail',
    });
  });

  it('does not run it again, whatever it says', async () => {
    await expect(how('retryable', 'runs')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringMatching(/^BUSY somebody else plays \(functions\/fail.lua:8, on /),
    });
    expect(await fns.get({ board: Buffer.from('runs') })).toEqual(Buffer.from('1'));
  });

  it('refuses replies of another type, with the path', async () => {
    const message = /^fail: its reply\[1\] is not a string: 7 \(it is declared to return string\[\]\) \(on /;
    await expect(how('')).rejects.toMatchObject({
      code: 'INVALID_REPLY',
      message: expect.stringMatching(message),
      kernel: 'fail',
    });
    await expect(how('bytes')).rejects.toThrow(/^fail: its reply\[1\] is not UTF-8 \(declare it as bytes\): "\\xff"/);
  });
});

describe('healing', () => {
  it('loads the library where it is missing, and goes on', async () => {
    await onAll('FUNCTION', 'FLUSH');
    const keys = [10, 6000, 12000].map(board);
    expect(await Promise.all(keys.map((key) => fns.add({ board: key }, { by: 1 })))).toEqual([1, 1, 1]);
    for (const report of await libraryStatus(link, link.context(), users)) expect(report.inStep).toBe(true);
  });

  it('says so where this user may not load', async () => {
    await onAll('FUNCTION', 'FLUSH');
    await onAll('ACL', 'SETUSER', 'caller', 'on', '>pw', '~*', '+@all', '-function');
    const caller = await connectCluster({ url: cluster.url, username: 'caller', password: 'pw' });
    try {
      await expect(callersOf(caller, users).node()).rejects.toMatchObject({
        code: 'FUNCTION_MISSING',
        hint: expect.stringContaining('shardfold deploy'),
      });
    } finally {
      await caller.close();
    }
  });
});
