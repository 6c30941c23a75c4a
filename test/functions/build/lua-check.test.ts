/** What the build refuses of Lua is what a real server refuses: each with its twin. */
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import { checkLua } from '../../../src/functions/build/lua-check.js';
import { GLOBALS } from '../../../src/functions/build/lua-globals.js';
import { NOSCRIPT } from '../../../src/functions/build/noscript.js';
import { bundleLibrary, type LuaModule } from '../../../src/functions/bundle.js';
import { testCluster } from '../../harness/cluster.js';

// Of its own: all commands are tried on it.
const cluster = testCluster({ shards: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const send = (...command: string[]): Promise<Reply> => link.callNode(link.ownerOf(0).id, command, link.context(), true);

const moduleOf = (text: string): LuaModule => ({ file: 'lib/m.lua', text });

/** Loads a module as the build would, but unchecked, and calls what it returns. */
async function run(text: string): Promise<Reply> {
  const one = { name: 'probe', flags: [], module: 'm', file: 'lib/m.lua', line: 1 };
  const { code, hash } = bundleLibrary({ library: 'probe', functions: [one], load: () => moduleOf(text) });
  await send('FUNCTION', 'FLUSH');
  await send('FUNCTION', 'LOAD', code);
  return send('FCALL', `probe_${hash}`, '0');
}

const inFunction = (...lines: string[]) => ['return function(keys, args)', ...lines, 'end'].join('\n');
const locals = (count: number) => Array.from({ length: count }, (_, i) => `local v${i}`).join('\n');
const upvalues = (count: number) =>
  [
    ...Array.from({ length: count }, (_, i) => `local u${i} = ${i}`),
    'return function()',
    ...Array.from({ length: count }, (_, i) => `  local a${i} = u${i}`),
    '  return 1',
    'end',
  ].join('\n');

/** The outer function has 61 upvalues, the 60 of the inner one among them. */
const passedOn = [
  locals(61),
  'return function()',
  '  local function inner()',
  `    return { ${Array.from({ length: 60 }, (_, i) => `v${i}`).join(', ')} }`,
  '  end',
  '  return inner, v60',
  'end',
].join('\n');

describe('a module is refused with file and line, as a server would', () => {
  const twins: [string, string, number, RegExp, RegExp][] = [
    [
      'text that is no Lua',
      inFunction('', 'return 1 +'),
      4,
      /^<expression> expected near 'end'/,
      /unexpected symbol|expected/,
    ],
    [
      'a byte order mark',
      '\uFEFFreturn function() end',
      1,
      /does not begin with a byte order mark/,
      /unexpected symbol near/,
    ],
    [
      'a character that Lua does not know',
      '$x = 1\nreturn function() end',
      1,
      /^unexpected symbol '\$'$/,
      /unexpected symbol near '\$'/,
    ],
    [
      'a line for FUNCTION LOAD',
      '#!lua name=mine\nreturn function() end',
      1,
      /does not begin with #/,
      /unexpected symbol near '#'/,
    ],
    [
      'a global that is written',
      inFunction('', 'count = 1'),
      3,
      /^the global count cannot be written/,
      /readonly table/,
    ],
    [
      'a global function',
      'function helper() end\nreturn function() end',
      1,
      /^the global helper cannot be written/,
      /readonly table/,
    ],
    [
      'a global in a branch',
      inFunction('if keys then', 'for i = 1, 2 do', 'n = i', 'end', 'end'),
      4,
      /global n cannot/,
      /readonly table/,
    ],
    [
      'a global that does not exist',
      inFunction('print("x")'),
      2,
      /^servers have no print$/,
      /nonexistent global variable 'print'/,
    ],
    [
      'a variable that is misspelt',
      'local scores = {}\nreturn function() return #score end',
      2,
      /^servers have no score$/,
      /'score'/,
    ],
    [
      'a local after its block',
      inFunction('do local x = 1 end', 'return x'),
      3,
      /servers have no x$/,
      /nonexistent global variable 'x'/,
    ],
    ['the clock of the process', inFunction('return os.clock()'), 2, /^servers have no os$/, /'os'/],
    ['the variables of EVAL', inFunction('return KEYS[1]'), 2, /^servers have no KEYS$/, /'KEYS'/],
    [
      'a function of a later Lua',
      inFunction('return math.tointeger(1)'),
      2,
      /^servers have no math\.tointeger$/,
      /attempt to call field 'tointeger'/,
    ],
    [
      'registering by hand',
      inFunction('redis.register_function("x", type)'),
      2,
      /no redis\.register_function/,
      /attempt to call field 'register_function'/,
    ],
    ['a library that is extended', inFunction('math.half = 1'), 2, /^math cannot be changed$/, /readonly table/],
    [
      'a library that gets a function',
      'function string.trim(s) end\nreturn function() end',
      1,
      /^string cannot be changed$/,
      /readonly table/,
    ],
    [
      'a table of a library that is written by index',
      inFunction('cjson["x"] = 1'),
      2,
      /^cjson cannot be changed$/,
      /readonly table/,
    ],
    ['rawset of the globals', inFunction('rawset(_G, "x", 1)'), 2, /^_G cannot be changed$/, /readonly table/],
    ['a metatable of the globals', inFunction('setmetatable(_G, {})'), 2, /^_G cannot be changed$/, /readonly table/],
    [
      'a command',
      inFunction('return redis.call("WAIT", "1", "0")'),
      2,
      /^scripts may not call WAIT$/,
      /not allowed from script/,
    ],
    [
      'a part of a command',
      inFunction('return redis.pcall("config", "Get", "x")'),
      2,
      /^scripts may not call CONFIG GET$/,
      /not allowed from script/,
    ],
    [
      'a command by another name',
      'local r = redis\nlocal call = r.call\nreturn function() return call("MULTI") end',
      3,
      /^scripts may not call MULTI$/,
      /not allowed from script/,
    ],
    [
      'a command in pcall',
      inFunction('local _, e = pcall(redis.call, "MULTI")', 'error(e)'),
      2,
      /^scripts may not call MULTI$/,
      /not allowed from script/,
    ],
    [
      'a command without parentheses',
      inFunction('return redis.call "MULTI"'),
      2,
      /^scripts may not call MULTI$/,
      /not allowed from script/,
    ],
    [
      'a command by a literal index',
      inFunction("local r = _G['redis']", "return r['call']('MULTI')"),
      3,
      /^scripts may not call MULTI$/,
      /not allowed from script/,
    ],
    [
      'too many strings that are joined',
      inFunction(`return "a"${' ..\n"a"'.repeat(195)}`),
      197,
      /^the code nests deeper than 200 levels/,
      /too many syntax levels/,
    ],
    [
      'more arguments than a function can hold',
      inFunction('', `return type(${Array(247).fill('1').join()})`),
      3,
      /more than 249 local variables and values at once$/,
      /function or expression too complex/,
    ],
    [
      '201 locals',
      `${locals(200)}\nlocal one, more\nreturn function() end`,
      200,
      /more than 200 local variables/,
      /more than 200 local variables/,
    ],
    [
      'locals with those of a loop',
      inFunction(locals(197), 'for i = 1, 2 do end'),
      199,
      /more than 200 local/,
      /more than 200 local/,
    ],
    ['61 upvalues', upvalues(61), 123, /more than 60 upvalues/, /more than 60 upvalues/],
    [
      'upvalues that an inner function has through another',
      passedOn,
      66,
      /more than 60 upvalues/,
      /more than 60 upvalues/,
    ],
  ];

  it.each(twins)('%s', async (_, text, line, message, servers) => {
    expect(checkLua(moduleOf(text))).toEqual([
      expect.objectContaining({ file: 'lib/m.lua', line, problem: expect.stringMatching(message) }),
    ]);
    await expect(run(text)).rejects.toMatchObject({ message: expect.stringMatching(servers) });
  });

  it.each([
    ['long chains', inFunction(`return ${'not keys and 2 or '.repeat(500)}${Array(500).fill('1').join(' + ')} - 499`)],
    ['many branches', inFunction(`if not keys then return 2 ${'elseif not keys then '.repeat(500)} end`, 'return 1')],
    [
      'strings that look like syntax',
      inFunction(`local t = { ${Array(300).fill('"(", "{", "do"').join()} }`, 'return #t / 900'),
    ],
    ['200 locals', `${locals(199)}\nreturn function() return 1 end`],
    ['60 upvalues', upvalues(60)],
    [
      'the libraries at the top of a module',
      'local floor, call = math.floor, redis.call\nreturn function() return floor(1.5) end',
    ],
    [
      'names that are locals',
      inFunction('local print, os = type, { clock = type }', 'os.x = 1', 'print(os.clock(1))', 'return 1'),
    ],
    [
      'what a loop names',
      inFunction(
        'repeat local done = true until done',
        'for k, v in pairs({ 1 }) do local both = k and v end',
        'return 1',
      ),
    ],
    [
      'arg of a function with dots',
      inFunction('local f = function(...) local n = select("#", ...) return n, arg end', 'return f(1)'),
    ],
    ['self', 'local M = {}\nfunction M:get() return self.x end\nM.x = 1\nreturn function() return M:get() end'],
    [
      'recursion',
      'local function f(n) if n == 0 then return 1 end return f(n - 1) end\nreturn function() return f(2) end',
    ],
    [
      'fields of a table',
      inFunction('local t = { print = 1, os = { x = 2 } }', 't.os.x = t.print', 'return t["print"]'),
    ],
    ['a command by a computed name', inFunction('local name = "TI" .. "ME"', 'return #redis.call(name) - 1')],
    ['commands that are not what they seem', inFunction('return #redis.call("cluster", "myid") > 1 and 1')],
    [
      'strings that are words of Lua',
      'return function() return ({ ["end"] = 1 })[(function() return "end" end)()] end',
    ],
    ['bytes and escapes', inFunction('local s = "\\255\\n" .. \'ä\' .. [==[ ]] ]==]', 'return #s > 3 and 1')],
  ])('but not %s', async (_, text) => {
    expect(checkLua(moduleOf(text))).toEqual([]);
    expect(await run(text)).toBe(1);
  });

  it('all at once, by the lines of what was compiled', () => {
    const text = 'local a\nb = 1\nreturn print\n';
    expect(checkLua({ file: 'm.ts', text, lines: [7, 0, 9] })).toMatchObject([
      { file: 'm.ts', line: 7, problem: expect.stringContaining('b') },
      { file: 'm.ts', line: 9, problem: expect.stringContaining('print') },
    ]);
    expect(checkLua({ file: 'm.ts', text: '\nreturn +', lines: [3, 4] })).toMatchObject([{ file: 'm.ts', line: 4 }]);
  });

  it('with what was probably meant', () => {
    expect(checkLua(moduleOf('return math.flor, tostrin, print'))).toMatchObject([
      { hint: 'did you mean math.floor?' },
      { hint: 'did you mean tostring?' },
      { hint: expect.stringContaining('redis.log') },
    ]);
  });
});

describe('the lists', () => {
  const isOldest = () => link.server.startsWith('redis 7.0');

  it('of globals is what a function sees in the oldest server', async () => {
    const reply = await run(`return function()
      local all = {}
      for name, value in pairs(_G) do
        all[#all + 1] = name
        if type(value) == "table" and name ~= "_G" then
          for field in pairs(value) do all[#all + 1] = name .. "." .. field end
        end
      end
      return all
    end`);
    const seen = new Set((reply as readonly Reply[]).map(String));
    const ours = [...GLOBALS].flatMap(([name, fields]) => [
      name,
      ...[...(fields ?? [])].map((field) => `${name}.${field}`),
    ]);
    expect(ours.filter((name) => !seen.has(name))).toEqual([]);
    if (isOldest()) expect([...seen].filter((name) => !ours.includes(name))).toEqual([]);
  });

  it('of commands is what scripts may not use, and all others are let through', async () => {
    type Entry = readonly [Buffer, number, readonly Buffer[], ...Reply[]];
    const commands: { name: string; arity: number; flagged: boolean }[] = [];
    const visit = (entry: Entry): void => {
      const subs = (entry[9] ?? []) as unknown as readonly Entry[];
      const flagged = entry[2].map(String).includes('noscript');
      // A command with parts is asked for by them.
      if (subs.length > 0) subs.forEach(visit);
      else commands.push({ name: String(entry[0]).toLowerCase(), arity: entry[1], flagged });
    };
    ((await send('COMMAND')) as unknown as readonly Entry[]).forEach(visit);
    const one = { name: 'probe', flags: [], module: 'm', file: 'm', line: 1 };
    const text =
      'return function(_, args)\n local reply = redis.pcall(unpack(args))\n return type(reply) == "table" and reply.err or "ok"\nend';
    const { code, hash } = bundleLibrary({ library: 'probe', functions: [one], load: () => moduleOf(text) });
    await send('FUNCTION', 'FLUSH');
    await send('FUNCTION', 'LOAD', code);
    const refused: string[] = [];
    for (const { name, arity } of commands) {
      const parts = name.split('|');
      const rest = Array(Math.max(0, Math.abs(arity) - parts.length)).fill('x');
      const answer = String(await send('FCALL', `probe_${hash}`, '0', ...parts, ...rest));
      if (/not allowed from script/.test(answer)) refused.push(name);
    }
    const known = new Set(commands.map(({ name }) => name));
    expect(refused.sort()).toEqual(
      commands
        .filter(({ flagged }) => flagged)
        .map(({ name }) => name)
        .sort(),
    );
    expect(refused.filter((name) => !NOSCRIPT.has(name) && isOldest())).toEqual([]);
    expect([...NOSCRIPT].filter((name) => known.has(name) && !refused.includes(name))).toEqual([]);
    if (isOldest()) expect([...NOSCRIPT].filter((name) => !known.has(name))).toEqual([]);
  });
});
