/** A project for tests of operating: two libraries whose text changes with `version`. */
import type { ClusterLink } from '../../../src/cluster/types.js';
import { buildProject } from '../../../src/functions/build/build.js';
import { loadConfig } from '../../../src/functions/build/config.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { deployProject } from '../../../src/functions/release/deploy.js';
import type { DeployReport } from '../../../src/functions/release/types.js';
import { makeProject } from '../build/project.js';

export const board = (version: number): string => `local M = {}

--- Adds to the score of a player.
---@function addScore
---@key board string
---@arg player string
---@arg score number
---@return number
function M.add(keys, args)
  return tonumber(redis.call("ZINCRBY", keys.board, args.score * ${version}, args.player))
end

---@function keyCount
---@flags no-writes, allow-cross-slot-keys
---@return integer
function M.count()
  return redis.call("DBSIZE")
end

return M
`;

export const carts = (version: number): string => `---@function version
---@flags no-writes
---@return integer
return function() return ${version} end
`;

/** The folder of a project with these versions of its libraries. */
export const shopFolder = (versions: { board: number; carts: number }, more: Record<string, string> = {}): string =>
  makeProject({
    'shardfold.config.json': JSON.stringify({
      project: 'shop',
      libraries: { board: 'functions/board', carts: 'functions/carts' },
    }),
    'functions/board/add.lua': board(versions.board),
    'functions/carts/version.lua': carts(versions.carts),
    ...more,
  });

export const builtShop = async (dir: string): Promise<BuiltProject> => buildProject(await loadConfig(dir));

export const release = (link: ClusterLink, built: BuiltProject, message = ''): Promise<DeployReport> =>
  deployProject(link, built, { who: 'ann', message }, link.context());
