/**
 * What the types say of replies against what a real server returns inside of a script: each call is made, what came is printed
 * as TypeScript, and the compiler says whether it fits the type of the call.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectCluster } from '../../src/cluster/connect.js';
import type { Reply } from '../../src/cluster/types.js';
import { type LocalClusterOptions, startLocalCluster } from '../../src/local/cluster.js';
import { CALLS, CLUSTER_CALLS, LATER_CALLS } from './calls.js';
import { declaredCommands } from './commands.js';

const run = promisify(execFile);
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
/** `B` makes a string that is text and bytes at once, as those of the server are. */
const HEAD = 'declare function B<const S extends string>(text: S): S & RedisLua.Bytes;\n';
/** In Lua, so that it is seen as functions see it: a value as TypeScript. */
const SHOW = `
local function show(value)
  if type(value) == 'number' then return string.format('%.17g', value) end
  if type(value) == 'string' then
    return 'B("' .. value:gsub('[^%w ,.:_-]', function(c) return string.format('\\\\x%02x', c:byte()) end) .. '")'
  end
  if type(value) ~= 'table' then return tostring(value) end
  if value.ok then return '{ ok: "' .. value.ok .. '" }' end
  if value.err then return '{ err: "' .. value.err:gsub('"', '') .. '" }' end
  local items = {}
  for i = 1, #value do items[i] = show(value[i]) end
  return '[' .. table.concat(items, ', ') .. ']'
end
return show(redis.call(unpack(ARGV)))`;

/** A call, and what the server returns to it, as TypeScript. */
interface Shown {
  readonly call: string;
  readonly came: string;
}

async function replies(calls: readonly string[], options: LocalClusterOptions): Promise<Shown[]> {
  const cluster = await startLocalCluster({ shards: 1, ...options });
  const link = await connectCluster({ url: cluster.url });
  try {
    const id = link.nodes()[0]?.id ?? '';
    const shown: Shown[] = [];
    for (const call of calls) {
      const words = call.split(' ');
      const [known] = (await link.callNode(
        id,
        ['COMMAND', 'INFO', words[0] ?? ''],
        link.context(),
      )) as readonly Reply[];
      // Of a later server than this one.
      if (known === null) continue;
      shown.push({ call, came: String(await link.callNode(id, ['EVAL', SHOW, '0', ...words], link.context())) });
    }
    return shown;
  } finally {
    await link.close();
    await cluster.stop();
  }
}

const isNumber = (word: string) => /^-?\d+(\.\d+)?$/.test(word) && word.length < 16;
const asArguments = (call: string) =>
  call
    .split(' ')
    .map((word) => (isNumber(word) ? word : JSON.stringify(word)))
    .join(', ');

it('every reply fits its type', async () => {
  const shown = [
    ...(await replies([...linesOf(CALLS), ...linesOf(LATER_CALLS)], { clusterMode: false })),
    ...(await replies(linesOf(CLUSTER_CALLS), {})),
  ];
  expect(shown.length).toBeGreaterThan(200);
  const program = shown.map(({ call, came }) => `{ let reply = redis.call(${asArguments(call)}); reply = ${came}; }`);
  const dir = await mkdtemp(join(tmpdir(), 'shardfold-types-'));
  try {
    await mkdir(join(dir, 'node_modules'));
    const settings = { extends: join(process.cwd(), 'lua/types/tsconfig.json') };
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(settings));
    await writeFile(join(dir, 'calls.ts'), `${HEAD}${program.join('\n')}\nexport {};\n`);
    const tsc = join(process.cwd(), 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', dir], { cwd: dir }).catch((error) => error);
    const errors = [...String(stdout).matchAll(/calls\.ts\((\d+),\d+\): (.*(?:\n .*)*)/g)];
    const misfits = errors.map(([, line, text]) => {
      const one = shown[Number(line) - 2];
      return `${one?.call} → ${one?.came}: ${text}`;
    });
    expect(misfits).toEqual([]);
    expect(stdout).toBe('');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it('every command of the server is called', () => {
  const called = new Set([CALLS, CLUSTER_CALLS, LATER_CALLS].flatMap(linesOf).map((call) => call.split(' ')[0]));
  // It takes what DUMP gave.
  const not = [...declaredCommands().keys()].filter((name) => !called.has(name) && name !== 'RESTORE');
  expect(not).toEqual([]);
});
