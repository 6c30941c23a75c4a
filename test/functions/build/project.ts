/** A project in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

/** Writes the files, paths from the folder on, and returns the folder. `removeProjects` removes it. */
export function makeProject(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'shardfold-project-'));
  made.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

export function removeProjects(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

export const config = (more: object = {}): string =>
  JSON.stringify({ project: 'shop', libraries: { leaderboard: 'functions/leaderboard' }, ...more });

/** A function that works, with all kinds of annotations. */
export const ADD_LUA = `local text = require("text")
local M = {}

--- Adds to the score of a player.
---@function addScore
---@key board string
---@arg player string
---@arg score number
---@return number
function M.add(keys, args)
  return tonumber(redis.call("ZINCRBY", keys.board, args.score, text.trim(args.player)))
end

return M
`;

export const TEXT_LUA = `local M = {}

function M.trim(s)
  return (s:gsub("^%s+", ""))
end

return M
`;
