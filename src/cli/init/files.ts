/** The example project that `shardfold init` writes: small, and all of it works. */
import { devDependencies, peerDependencies, version } from '../../../package.json';

/** Paths from the project's folder on, and what stands there. package.json and .gitignore are not among them. */
export const exampleFiles = (project: string): Readonly<Record<string, string>> => ({
  'shardfold.config.ts': configFile(project),
  'functions/leaderboard/scores.lua': SCORES_LUA,
  'functions/leaderboard/names.lua': NAMES_LUA,
  'functions/cart/cart.ts': CART_TS,
  'functions/cart/tsconfig.json': '{ "extends": "shardfold/redis-lua-types/tsconfig.json" }\n',
  'app.mjs': APP,
});

const configFile = (project: string): string => `import { defineConfig } from 'shardfold/functions';

export default defineConfig({
  project: '${project}',
  // Folders of functions: a Lua library and a TypeScript one.
  libraries: {
    leaderboard: 'functions/leaderboard',
    cart: 'functions/cart',
  },
  environments: {
    local: { url: 'redis://127.0.0.1:7000' },
    // production: { url: 'rediss://redis.example.com:6379', username: 'deployer', password: '\${PROD_PASSWORD}' },
  },
  defaultEnvironment: 'local',
});
`;

const SCORES_LUA = `local names = require("names")

local M = {}

--- Adds to the score of a player; returns the new score.
---@function addScore
---@key board string
---@arg player string
---@arg score number
---@return number
function M.addScore(keys, args)
  return tonumber(redis.call("ZINCRBY", keys.board, args.score, names.clean(args.player)))
end

--- The players with the highest scores, best first.
---@function topPlayers
---@flags no-writes
---@key board string
---@arg count integer
---@return { player: string, score: number }[]
function M.topPlayers(keys, args)
  local found = redis.call("ZREVRANGE", keys.board, 0, args.count - 1, "WITHSCORES")
  local players = {}
  for i = 1, #found, 2 do
    players[#players + 1] = { player = found[i], score = tonumber(found[i + 1]) }
  end
  return players
end

return M
`;

const NAMES_LUA = `local M = {}

--- A name without the spaces around it.
function M.clean(name)
  return (name:gsub("^%s+", ""):gsub("%s+$", ""))
end

return M
`;

const CART_TS = `import { defineFunction, t } from 'shardfold/functions';

/** Puts pieces of an item into a cart; returns how many of it are there now. Never fewer than none. */
export const addItem = defineFunction(
  {
    name: 'addItem',
    keys: { cart: t.string },
    args: { item: t.string, pieces: t.integer },
    returns: t.integer,
  },
  (keys, args) => {
    const pieces = redis.call('HINCRBY', keys.cart, args.item, args.pieces);
    if (pieces > 0) return pieces;
    redis.call('HDEL', keys.cart, args.item);
    return 0;
  },
);

/** What is in a cart: pieces by item. */
export const showCart = defineFunction(
  {
    name: 'showCart',
    flags: ['no-writes'],
    keys: { cart: t.string },
    returns: t.map(t.integer),
  },
  (keys) => {
    const pieces: Record<string, number> = {};
    for (const item of redis.call('HKEYS', keys.cart)) {
      pieces[item] = Number(redis.call('HGET', keys.cart, item));
    }
    return pieces;
  },
);
`;

const APP = `import { connect } from 'shardfold';
import { cart } from './generated/cart.mjs';
import { leaderboard } from './generated/leaderboard.mjs';

const sf = await connect({ url: process.env.SHARDFOLD_URL ?? 'redis://127.0.0.1:7000' });
try {
  const { addScore, topPlayers } = sf.functions(leaderboard);
  await addScore({ board: 'board:{eu}' }, { player: 'ann', score: 3.5 });
  await addScore({ board: 'board:{eu}' }, { player: ' bob ', score: 2 });
  console.log(await topPlayers({ board: 'board:{eu}' }, { count: 10 }));

  const { addItem, showCart } = sf.functions(cart);
  await addItem({ cart: 'cart:{ann}' }, { item: 'tea', pieces: 2 });
  console.log(await showCart({ cart: 'cart:{ann}' }));
} finally {
  await sf.close();
}
`;

/** What the example needs, as package.json states it. */
export const DEPENDENCIES = { shardfold: `^${version}` };
export const DEV_DEPENDENCIES = {
  typescript: exact(peerDependencies.typescript),
  'typescript-to-lua': exact(devDependencies['typescript-to-lua']),
};

/** TypeScriptToLua wants the very version of TypeScript that it was made for. */
function exact(range: string): string {
  return range.replace(/^\^/, '');
}

export const packageFile = (name: string): string =>
  `${JSON.stringify(
    {
      name,
      private: true,
      type: 'module',
      scripts: {
        dev: 'shardfold dev',
        build: 'shardfold build',
        plan: 'shardfold plan',
        deploy: 'shardfold deploy --yes',
        start: 'node app.mjs',
      },
      dependencies: DEPENDENCIES,
      devDependencies: DEV_DEPENDENCIES,
    },
    null,
    2,
  )}\n`;

/** Folders that are made and not kept. */
export const IGNORED = ['node_modules/', 'generated/'];
