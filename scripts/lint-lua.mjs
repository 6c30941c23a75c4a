// Lints the Lua: formatting by StyLua (WASM, no binary to install), correctness by luacheck (Debian package `lua-check`).
//   node scripts/lint-lua.mjs [--write] [--require-luacheck] [FILE …]
// `--write` formats in place; `--require-luacheck` makes a missing luacheck an error (CI); without files, all of the project's.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as stylua from '@johnnymorganz/stylua';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['lua', 'scripts', 'test'];

/** All Lua files of the project, in a stable order. */
function luaFiles() {
  const found = ROOMS.flatMap((room) => {
    try {
      return readdirSync(join(root, room), { recursive: true, withFileTypes: true });
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.lua'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** stylua.toml as the formatter's settings: only `key = number` and `key = "Name"`, which is all that file needs. */
function formatterConfig() {
  const enums = {
    syntax: stylua.LuaVersion,
    indent_type: stylua.IndentType,
    quote_style: stylua.QuoteStyle,
  };
  const config = stylua.Config.new();
  for (const line of readFileSync(join(root, 'stylua.toml'), 'utf8').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, key, number, name] = /^(\w+) = (?:(\d+)|"(\w+)")$/.exec(line) ?? [];
    const value = number === undefined ? enums[key]?.[name] : Number(number);
    if (value === undefined || !(key in config)) throw new Error(`stylua.toml: not understood: ${line}`);
    config[key] = value;
  }
  return config;
}

function firstDifference(before, after) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  const line = at < 0 ? a.length : at;
  return `line ${line + 1}\n    has    ${a[line] ?? '(end of file)'}\n    wanted ${b[line] ?? '(end of file)'}`;
}

/** Returns the number of files that are not formatted (or cannot be read as Lua). */
function checkFormat(files, write) {
  let wrong = 0;
  for (const file of files) {
    const before = readFileSync(resolve(root, file), 'utf8');
    let after;
    try {
      // The formatter takes the settings over, so each file needs its own.
      after = stylua.formatCode(before, formatterConfig(), undefined, stylua.OutputVerification.Full);
    } catch (error) {
      wrong += 1;
      console.error(`${file}: ${error instanceof Error ? error.message : error}`);
      continue;
    }
    if (after === before) continue;
    if (write) {
      writeFileSync(resolve(root, file), after);
      console.log(`formatted ${file}`);
    } else {
      wrong += 1;
      console.error(`${file}: not formatted (npm run format): ${firstDifference(before, after)}`);
    }
  }
  return wrong;
}

/** Returns true where luacheck found nothing, or is not there and need not be. */
function luacheck(files, required) {
  const run = spawnSync('luacheck', ['--codes', '--quiet', ...(process.stdout.isTTY ? [] : ['--no-color']), ...files], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.error?.code === 'ENOENT') {
    const how =
      'luacheck is not installed (Debian, Ubuntu: apt-get install lua-check; macOS: luarocks install luacheck)';
    console[required ? 'error' : 'warn'](required ? how : `NOTE: ${how}; checked the formatting only`);
    return !required;
  }
  if (run.error) throw run.error;
  if (run.status !== 0) process.stderr.write(run.stdout + run.stderr);
  return run.status === 0;
}

const write = process.argv.includes('--write');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = named.length > 0 ? named : luaFiles();
const unformatted = checkFormat(files, write);
const clean = files.length === 0 || luacheck(files, process.argv.includes('--require-luacheck'));
console.log(`Checked ${files.length} Lua files.`);
if (unformatted > 0 || !clean) process.exitCode = 1;
