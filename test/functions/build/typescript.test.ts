/** TypeScript libraries in a project: beside Lua ones, and in one folder with Lua. */
import { resolve } from 'node:path';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { buildProject } from '../../../src/functions/build/build.js';
import { loadConfig } from '../../../src/functions/build/config.js';
import type { BuiltLibrary, BuiltProject } from '../../../src/functions/built.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { deployLibrary } from '../../../src/functions/deploy.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { ADD_LUA, config, makeProject, removeProjects, TEXT_LUA } from './project.js';

afterEach(removeProjects);

const TSCONFIG = JSON.stringify({ extends: resolve('lua/types/tsconfig.json') });
const COUNT = `import { defineFunction, t } from 'shardfold/functions';
import { shout } from './text.js';

export const count = defineFunction(
  { name: 'count', keys: { at: t.string }, args: { by: t.integer }, returns: t.record({ now: t.integer, text: t.string }) },
  (keys, args) => ({ now: redis.call('INCRBY', keys.at, args.by), text: shout(keys.at) }),
);
`;
const CART = {
  'functions/cart/tsconfig.json': TSCONFIG,
  'functions/cart/count.ts': COUNT,
  'functions/cart/text.ts': "export const shout = (text: string): string => text + '!';\n",
  'functions/cart/count.test.ts': "it('is no part of it', () => undefined);\n",
};
const LUA = { 'functions/leaderboard/add.lua': ADD_LUA, 'functions/leaderboard/text.lua': TEXT_LUA };
const BOTH = { leaderboard: 'functions/leaderboard', cart: 'functions/cart' };

async function build(files: Readonly<Record<string, string>>, libraries: object = BOTH): Promise<BuiltProject> {
  return buildProject(await loadConfig(makeProject({ 'shardfold.config.json': config({ libraries }), ...files })));
}

describe('a project with TypeScript', () => {
  let link: ClusterLink;
  beforeAll(async () => {
    link = await connectCluster({ url: sharedUrl(3) });
  });
  afterAll(() => link.close());

  it('is built beside Lua, with modules of equal names, and works', async () => {
    const built = await build({ ...LUA, ...CART });
    expect(built.alias?.functions.map(({ name }) => name)).toEqual(['addScore', 'count', 'warm']);
    const cart = built.libraries[1] as BuiltLibrary;
    await deployLibrary(link, link.context(), cart);
    const at = uniquePrefix();
    const called = callBuilt(link, cart, 'count', { at }, { by: 2 }, {}, link.context());
    expect(await called).toEqual({ now: 2, text: `${at}!` });
  });

  it('hands keys and arguments over by name alone, and to Lua by position as well', async () => {
    const spread = `import { defineFunction, t } from 'shardfold/functions';
export const spread = defineFunction(
  {
    name: 'spread',
    keys: { at: t.string, to: t.string },
    args: { a: t.number, b: t.number },
    returns: t.record({ keys: t.map(t.string), args: t.map(t.number), copy: t.map(t.number), rest: t.map(t.number) }),
  },
  (keys, args) => {
    const { a, ...rest } = args;
    return { keys, args, copy: { ...args, a: a + 1 }, rest };
  },
);
`;
    const lua = `---@function both
---@key at string
---@arg a number
---@return { at: string, a: number }
return function(keys, args) return { at = keys[1] .. keys.at, a = args[1] + args.a } end`;
    const files = { 'functions/cart/tsconfig.json': TSCONFIG, 'functions/cart/spread.ts': spread };
    const built = await build({ ...files, 'functions/cart/both.lua': lua }, { cart: 'functions/cart' });
    const cart = built.libraries[0] as BuiltLibrary;
    await deployLibrary(link, link.context(), cart);
    const at = uniquePrefix();
    const call = (name: string, keys: object, args: object) =>
      callBuilt(link, cart, name, keys, args, { idempotent: true }, link.context());
    const args = { a: 1, b: 2 };
    const keys = { at: `{${at}}1`, to: `{${at}}2` };
    expect(await call('spread', keys, args)).toEqual({
      keys,
      args,
      copy: { a: 2, b: 2 },
      rest: { b: 2 },
    });
    expect(await call('both', { at }, { a: 1 })).toEqual({ at: at + at, a: 2 });
  });

  it('may hold Lua in the same folder', async () => {
    const mixed = {
      'functions/cart/add.lua': ADD_LUA.replace('"text"', '"words"'),
      'functions/cart/words.lua': TEXT_LUA,
    };
    const { libraries } = await build({ ...CART, ...mixed }, { cart: 'functions/cart' });
    expect(Object.keys(libraries[0]?.specs ?? {})).toEqual(['addScore', 'count']);
  });

  it.each([
    [
      'a name in two libraries',
      { 'functions/leaderboard/a.lua': '---@function count\nreturn function() end', ...CART },
      /^functions\/cart\/count\.ts:4: function "count" is registered twice, first in functions\/leaderboard\/a\.lua:1$/,
    ],
    [
      'a module in Lua and in TypeScript',
      { ...LUA, ...CART, 'functions/cart/text.lua': TEXT_LUA },
      /^functions\/cart\/text\.ts:1: the module "text" is also functions\/cart\/text\.lua$/,
    ],
    [
      'a command that scripts may not use',
      {
        ...LUA,
        ...CART,
        'functions/cart/count.ts': COUNT.replace(
          "redis.call('INCRBY', keys.at, args.by)",
          "redis.call('MULTI' as 'DBSIZE')",
        ),
      },
      /^functions\/cart\/count\.ts:6: scripts may not call MULTI$/,
    ],
    [
      'a global that servers do not have',
      {
        ...LUA,
        ...CART,
        'functions/cart/text.ts':
          'declare const suffix: string;\nexport const shout = (text: string): string => text + suffix;',
      },
      /^functions\/cart\/text\.ts:2: servers have no suffix$/,
    ],
  ])('refuses %s', async (_, files, message) => {
    await expect(build(files)).rejects.toMatchObject({ code: 'BUILD_FAILED', message: expect.stringMatching(message) });
  });

  it('names what is wrong in both languages at once', async () => {
    const files = {
      ...LUA,
      ...CART,
      'functions/leaderboard/text.lua': 'x = 1',
      'functions/cart/text.ts': 'export const shout = 1;',
    };
    await expect(build(files)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^2 problems\n {2}functions\/leaderboard\/text\.lua:1: .*\n.*\n {2}functions\/cart\/count\.ts:6:\d+: This expression is not callable/,
      ),
    });
  });
});
