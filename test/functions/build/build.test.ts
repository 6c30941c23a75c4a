import { writeFileSync } from 'node:fs';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import { buildProject } from '../../../src/functions/build/build.js';
import { loadConfig } from '../../../src/functions/build/config.js';
import { LOAD_LIMIT } from '../../../src/functions/build/load-limit.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { sourceOf } from '../../../src/functions/line-map.js';
import { testCluster } from '../../harness/cluster.js';
import { ADD_LUA, config, makeProject, removeProjects, TEXT_LUA } from './project.js';

const cluster = testCluster({ shards: 1 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());
afterEach(removeProjects);

const send = (...command: string[]): Promise<Reply> => link.callNode(link.ownerOf(0).id, command, link.context(), true);

async function build(files: Readonly<Record<string, string>>, libraries?: object): Promise<BuiltProject> {
  const dir = makeProject({ 'shardfold.config.json': config(libraries ? { libraries } : {}), ...files });
  return buildProject(await loadConfig(dir));
}

const LIBRARY = { 'functions/leaderboard/add.lua': ADD_LUA, 'functions/leaderboard/text.lua': TEXT_LUA };
const CART = `local text = require "text"
local floor = math.floor

---@function cartAdd
---@key cart string
---@arg item string
---@return integer
return function(keys, args) return floor(redis.call("HINCRBY", keys.cart, text.key(args.item), 1)) end
`;
const TWO = {
  ...LIBRARY,
  'functions/cart/cart.lua': CART,
  'functions/cart/text.lua': 'return { key = function(s) return "item:" .. s end }',
};
const BOTH = { leaderboard: 'functions/leaderboard', cart: 'functions/cart' };
const lua = (...lines: string[]) => ({ 'functions/leaderboard/a.lua': lines.join('\n') });
const one = (name: string, ...more: string[]) => [
  `---@function ${name}`,
  ...more,
  'return function(keys, args) return 1 end',
];

describe('buildProject', () => {
  it('makes a library of each folder, and one of all stable names', async () => {
    const built = await build(TWO, BOTH);
    const [leaderboard, cart] = built.libraries;
    expect(built).toMatchObject({ project: 'shop', hash: expect.stringMatching(/^[0-9a-f]{12}$/) });
    expect(leaderboard).toMatchObject({
      project: 'shop',
      source: 'leaderboard',
      name: `leaderboard_${leaderboard?.hash}`,
    });
    expect(leaderboard?.specs).toEqual({
      addScore: {
        name: 'addScore',
        flags: [],
        keys: { board: { kind: 'string' } },
        args: { player: { kind: 'string' }, score: { kind: 'number' } },
        returns: { kind: 'number' },
      },
    });
    expect(cart?.source).toBe('cart');
    expect(built.alias).toMatchObject({ name: 'shop' });
    expect(built.alias?.code).toMatch(new RegExp(`^#!lua name=shop\n-- ${built.alias?.hash}\n`));
    expect(built.alias?.functions.map(({ name }) => name)).toEqual(['addScore', 'cartAdd', 'warm']);
  });

  it('is the same on every machine, and another where the sources differ', async () => {
    const first = await build(TWO, BOTH);
    expect(await build(TWO, BOTH)).toEqual(first);
    const changed = await build({ ...TWO, 'functions/cart/cart.lua': CART.replace(', 1)', ', 2)') }, BOTH);
    expect(changed.hash).not.toBe(first.hash);
    expect(changed.libraries[0]).toEqual(first.libraries[0]);
    expect(changed.libraries[1]?.name).not.toBe(first.libraries[1]?.name);
    expect(changed.alias?.hash).not.toBe(first.alias?.hash);
  });

  it('leaves out what no function needs, and does not check it', async () => {
    const { libraries } = await build({ ...LIBRARY, 'functions/leaderboard/spec/dead.lua': 'describe("it", print)' });
    expect(libraries[0]?.code).not.toContain('describe');
  });

  it('may lie beside the configuration; what is hidden, and packages, are no sources', async () => {
    const dir = makeProject({
      'shardfold.config.mjs': "export default { project: 'shop', libraries: { leaderboard: '.' } };",
      'add.lua': ADD_LUA,
      'text.lua': TEXT_LUA,
      '.cache/broken.lua': 'x =',
      'node_modules/other/broken.lua': 'x =',
    });
    writeFileSync(`${dir}/shardfold.config.ts`, 'this is not read');
    const { libraries } = await buildProject(await loadConfig(dir, 'shardfold.config.mjs'));
    expect(Object.keys(libraries[0]?.specs ?? {})).toEqual(['addScore']);
  });

  it('keeps a map to the lines of the sources, in folders too', async () => {
    const files = {
      ...lua('local deep = require("util.deep")', ...one('a')),
      'functions/leaderboard/util/deep.lua': '\nreturn 1',
    };
    const built = await build(files);
    for (const { code, lineMap } of [...built.libraries, built.alias].filter((library) => library !== null)) {
      const line = code.split('\n').indexOf('return 1') + 1;
      expect(sourceOf(lineMap, line)).toBe('functions/leaderboard/util/deep.lua:2');
    }
  });

  it('makes libraries that servers load and that work, under both names, with modules of equal names', async () => {
    const { libraries, alias } = await build(TWO, BOTH);
    await send('FUNCTION', 'FLUSH');
    for (const { code } of [...libraries, ...(alias ? [alias] : [])]) await send('FUNCTION', 'LOAD', code);
    expect(String(await send('FCALL', 'addScore', '1', 'b', ' ann', '3.5'))).toBe('3.5');
    expect(String(await send('FCALL', `addScore_${libraries[0]?.hash}`, '1', 'b', '  ann', '1'))).toBe('4.5');
    expect(await send('FCALL', 'cartAdd', '1', 'c', 'tea')).toBe(1);
    expect(String(await send('HGET', 'c', 'item:tea'))).toBe('1');
    for (const { hash } of [...libraries, ...(alias ? [alias] : [])]) {
      expect(await send('FCALL_RO', `warm_${hash}`, '0')).toEqual(expect.any(Number));
    }
  });
});

describe('the build refuses, with file and line', () => {
  const refused: [string, Record<string, string>, RegExp, RegExp?][] = [
    [
      'a dash in a name',
      lua('', ...one('add-score')),
      /^functions\/leaderboard\/a\.lua:2: "add-score" cannot name/,
      /add_score/,
    ],
    ['an unknown flag', lua(...one('a', '---@flags no-write')), /a\.lua:1: unknown flag "no-write"/, /no-writes/],
    ['a name of ours', lua(...one('warm')), /a\.lua:1: the name "warm" is taken/],
    [
      'a missing module',
      lua('', 'require("util.no")', ...one('a')),
      /a\.lua:2: there is no module "util\.no"/,
      /functions\/leaderboard\/util\/no\.lua/,
    ],
    ['a computed module', lua('require("a" .. 1)', ...one('a')), /a\.lua:1: require wants one literal name/],
    [
      'modules in a circle',
      { ...lua('require("b")', ...one('a')), 'functions/leaderboard/b.lua': 'require("a")' },
      /b\.lua:1: .*a → b → a/,
    ],
    ['a syntax error', lua('local x ='), /a\.lua:1: .*expected/],
    ['a global write', lua('x = 1', ...one('a')), /a\.lua:1: the global x cannot be written/],
    [
      'a global write in a module that is required',
      { ...lua('require("b")', ...one('a')), 'functions/leaderboard/b.lua': '\nx = 1' },
      /b\.lua:2: the global x/,
    ],
    ['a command', lua('redis.call("SUBSCRIBE", "x")', ...one('a')), /a\.lua:1: scripts may not call SUBSCRIBE/],
    [
      'no functions',
      lua('return {}'),
      /^functions\/leaderboard:1: the library leaderboard has no functions/,
      /@function/,
    ],
    [
      'a name that no module can have',
      { ...LIBRARY, 'functions/leaderboard/a.b.lua': '' },
      /a\.b\.lua:1: "a\.b" cannot name a module/,
    ],
    [
      'a folder of ours',
      { ...LIBRARY, 'functions/leaderboard/shardfold/wire.lua': '' },
      /"shardfold\.wire" cannot name a module/,
    ],
  ];
  it.each(refused)('%s', async (...[, files, message, hint]) => {
    await expect(build(files)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(message),
      ...(hint && { hint: expect.stringMatching(hint) }),
    });
  });

  it('a file over the load limit', async () => {
    const large = `return "${'x'.repeat(LOAD_LIMIT)}"`;
    await expect(
      build({ ...lua('require("b")', ...one('a')), 'functions/leaderboard/b.lua': large }),
    ).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(
        /^2 problems\n {2}functions\/leaderboard\/b\.lua:1: the library leaderboard is 4\.0 MiB of Lua/,
      ),
    });
  });

  it('bytes that are not UTF-8', async () => {
    const dir = makeProject({ 'shardfold.config.json': config(), ...LIBRARY });
    writeFileSync(`${dir}/functions/leaderboard/bad.lua`, Buffer.from([0x2d, 0x2d, 0x0a, 0x2d, 0x2d, 0xff]));
    await expect(buildProject(await loadConfig(dir))).rejects.toMatchObject({
      message: 'functions/leaderboard/bad.lua:2: the file is not UTF-8',
    });
  });

  it('a name in two libraries, with both places', async () => {
    const files = { ...lua(...one('add')), 'functions/cart/c.lua': ['', '', ...one('add')].join('\n') };
    await expect(build(files, BOTH)).rejects.toMatchObject({
      message: 'functions/cart/c.lua:3: function "add" is registered twice, first in functions/leaderboard/a.lua:1',
    });
  });

  it('names in two libraries that differ only in case', async () => {
    const files = { ...lua(...one('getItem')), 'functions/cart/c.lua': one('getitem').join('\n') };
    await expect(build(files, BOTH)).rejects.toMatchObject({
      message:
        'functions/cart/c.lua:1: function "getitem" differs from "getItem" in functions/leaderboard/a.lua:1 in case alone',
      hint: 'to servers the two names are one: rename one of them',
    });
  });

  it('all that is wrong at once', async () => {
    const files = {
      ...lua('x = 1', ...one('a-b', '---@flags ro'), 'y'),
      'functions/cart/c.lua': one('c', '---@arg x strin').join('\n'),
    };
    await expect(build(files, BOTH)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^2 problems\n {2}functions\/leaderboard\/a\.lua:5: .*\n {2}functions\/cart\/c\.lua:2: /,
      ),
    });
    const more = {
      ...lua('x = 1', 'z = 2', ...one('a-b', '---@flags ro')),
      'functions/cart/c.lua': one('c', '---@flags rw').join('\n'),
    };
    await expect(build(more, BOTH)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^5 problems\n.*a\.lua:1: the global x.*\n.*\n.*a\.lua:2: .*\n.*\n.*a\.lua:3: "a-b".*\n.*a_b\n.*a\.lua:3: unknown.*\n.*\n.*c\.lua:1: unknown/,
      ),
    });
  });
});

it('shows no more than fifty problems', async () => {
  const many = lua(...Array.from({ length: 60 }, (_, i) => `x${i} = 1`), ...one('a'));
  await expect(build(many)).rejects.toMatchObject({
    message: expect.stringMatching(/^60 problems\n(.*\n)*.*x49(.*\n)* {2}… and 10 more$/),
  });
});

describe('a server refuses the same', () => {
  const register = (name: string, more = '') =>
    `redis.register_function({ function_name = "${name}", callback = function() return 1 end${more} })`;
  it.each([
    ['a dash in a name', `#!lua name=l\n${register('add-score')}`, /letters, numbers/i],
    ['an unknown flag', `#!lua name=l\n${register('a', ', flags = { "no-write" }')}`, /unknown flag/i],
    ['a name twice', `#!lua name=l\n${register('a')}\n${register('a')}`, /already exists/],
  ])('%s', async (_, code, message) => {
    await send('FUNCTION', 'FLUSH');
    await expect(send('FUNCTION', 'LOAD', code)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it('a name in two libraries', async () => {
    await send('FUNCTION', 'FLUSH');
    await send('FUNCTION', 'LOAD', `#!lua name=first\n${register('add')}`);
    const second = send('FUNCTION', 'LOAD', `#!lua name=second\n${register('add')}`);
    await expect(second).rejects.toMatchObject({ message: expect.stringMatching(/add already exists/) });
  });

  it('math at load time, which a module may use all the same', async () => {
    await send('FUNCTION', 'FLUSH');
    const bare = `#!lua name=l\nlocal floor = math.floor\n${register('a')}`;
    await expect(send('FUNCTION', 'LOAD', bare)).rejects.toMatchObject({ message: expect.stringContaining("'math'") });
    const { alias } = await build(lua('local floor = math.floor', ...one('a', '---@return integer')));
    await send('FUNCTION', 'LOAD', alias?.code as string);
    expect(await send('FCALL', 'a', '0')).toBe(1);
  });

  it('a load that takes half a second; one of the size that is allowed passes', async () => {
    await send('FUNCTION', 'FLUSH');
    const endless = `#!lua name=l\nwhile true do end`;
    await expect(send('FUNCTION', 'LOAD', endless)).rejects.toMatchObject({
      message: expect.stringContaining('timeout'),
    });
    const line = '  redis.call("SET", keys[1], "x" .. #args, { a = 1, b = function() return keys end })\n';
    const part = `local function part(keys, args)\n${line.repeat(2000)}end\n`;
    const parts = Array.from(
      { length: Math.floor(LOAD_LIMIT / (part.length + 'do\nend\n'.length)) },
      () => `do\n${part}end\n`,
    );
    const code = `#!lua name=l\n${parts.join('')}${register('a')}`;
    expect(code.length).toBeGreaterThan(LOAD_LIMIT * 0.9);
    await send('FUNCTION', 'LOAD', code);
    expect(await send('FCALL', 'a', '0')).toBe(1);
  });
});
