import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProject } from '../../../src/functions/build/build.js';
import { loadConfig } from '../../../src/functions/build/config.js';
import { type Emitted, emitProject } from '../../../src/functions/build/emit.js';
import type { BuiltProject } from '../../../src/functions/built.js';
import { ADD_LUA, config, makeProject, removeProjects, TEXT_LUA } from './project.js';

afterEach(removeProjects);

const EVERYTHING = `---@function everything
---@flags no-writes
---@key board string
---@key others bytes[]
---@arg point { x: number, at: integer? }
---@arg tags string[]
---@arg ratio table<string, number>
---@arg raw bytes
---@arg loud boolean?
---@return { found: boolean, names: string[], raw: bytes }?
return function() end
`;
const FILES = {
  'shardfold.config.json': config(),
  'functions/leaderboard/add.lua': ADD_LUA,
  'functions/leaderboard/text.lua': TEXT_LUA,
  'functions/leaderboard/everything.lua': EVERYTHING,
};

interface Made {
  dir: string;
  built: BuiltProject;
  emitted: Emitted;
}

async function emit(dir: string): Promise<Made> {
  const loaded = await loadConfig(dir);
  const built = await buildProject(loaded);
  return { dir, built, emitted: await emitProject(loaded, built) };
}

describe('emitProject', () => {
  it('writes a module that holds the library, and bindings for node-redis', async () => {
    const { dir, built, emitted } = await emit(makeProject(FILES));
    expect(emitted).toEqual({
      files: [
        { file: 'generated/leaderboard.mjs', library: 'leaderboard', written: true },
        { file: 'generated/leaderboard.d.mts', library: 'leaderboard', written: true },
      ],
      removed: [],
    });
    const { leaderboard, leaderboardFunctions, leaderboardClientName } = await import(
      pathToFileURL(join(dir, 'generated/leaderboard.mjs')).href
    );
    expect(leaderboard).toEqual(built.libraries[0]);
    expect(Object.keys(leaderboardFunctions)).toEqual(['addScore', 'everything']);
    expect(leaderboardFunctions.everything.IS_READ_ONLY).toBe(true);
    expect(leaderboardClientName).toBe(`shardfold:${leaderboard.name}`);
  });

  it('touches nothing that is as it should be', async () => {
    const { dir } = await emit(makeProject(FILES));
    const before = statSync(join(dir, 'generated/leaderboard.mjs'), { bigint: true }).mtimeNs;
    expect((await emit(dir)).emitted.files.map(({ written }) => written)).toEqual([false, false]);
    expect(statSync(join(dir, 'generated/leaderboard.mjs'), { bigint: true }).mtimeNs).toBe(before);
    writeFileSync(join(dir, 'functions/leaderboard/text.lua'), TEXT_LUA.replace('%s+', '%s*'));
    // The types are what they were.
    expect((await emit(dir)).emitted.files.map(({ written }) => written)).toEqual([true, false]);
  });

  it('removes the bindings of a library that is gone, and nothing else', async () => {
    const { dir } = await emit(makeProject({ ...FILES, 'generated/own.mjs': 'export const own = 1;\n' }));
    writeFileSync(join(dir, 'shardfold.config.json'), config({ libraries: { board: 'functions/leaderboard' } }));
    const { emitted } = await emit(dir);
    expect(emitted.removed).toEqual(['generated/leaderboard.mjs', 'generated/leaderboard.d.mts'].sort());
    expect(existsSync(join(dir, 'generated/leaderboard.mjs'))).toBe(false);
    expect(existsSync(join(dir, 'generated/board.mjs'))).toBe(true);
    expect(existsSync(join(dir, 'generated/own.mjs'))).toBe(true);
  });

  it('writes over nobody else’s file', async () => {
    const dir = makeProject({ ...FILES, 'generated/leaderboard.mjs': 'export const mine = 1;\n' });
    await expect(emit(dir)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'generated/leaderboard.mjs was not written by shardfold, and stays',
    });
    expect(readFileSync(join(dir, 'generated/leaderboard.mjs'), 'utf8')).toBe('export const mine = 1;\n');
    expect(existsSync(join(dir, 'generated/leaderboard.d.mts'))).toBe(false);
  });
});

describe('the types of bindings', () => {
  const PROGRAM = `import { connect } from 'shardfold';
import { leaderboard, leaderboardClientName, leaderboardFunctions } from './generated/leaderboard.mjs';

const sf = await connect({ url: 'redis://127.0.0.1:7000' });
const fns = sf.functions(leaderboard);
const score: number = await fns.addScore({ board: 'b:{eu}' }, { player: 'ann', score: 3.5 });
const keys = { board: 'b', others: [Buffer.from('x')] };
const args = { point: { x: 1 }, tags: ['a'], ratio: { a: 0.5 }, raw: Buffer.from('y') };
const found = await fns.everything(keys, args, { timeout: 100 });
const names: string[] | undefined = found?.names;
const raw: Buffer | undefined = found?.raw;
const literal: 'addScore' = leaderboard.specs.addScore.name;
const flag: 'no-writes' = leaderboard.specs.everything.flags[0];
const client: string = leaderboardClientName;
const readOnly: boolean = leaderboardFunctions.everything.IS_READ_ONLY;
export const seen = [score, names, raw, literal, flag, readOnly];
`;
  const WRONG = [
    "await fns.addScore({ bord: 'b' }, { player: 'ann', score: 3.5 });",
    "await fns.addScore({ board: 'b' }, { player: 'ann', score: '3.5' });",
    "await fns.addScore({ board: 'b' }, { player: 'ann' });",
    "await fns.addScore({ board: 'b' }, { player: 'ann', score: 1, more: 2 });",
    "await fns.addScore({ board: 'b' });",
    "const text: string = await fns.addScore({ board: 'b' }, { player: 'ann', score: 1 });",
    "await fns.everything({ board: 'b', others: 'b' }, args);",
    'await fns.everything(keys, { ...args, point: {} });',
    'await fns.everything(keys, { ...args, raw: 3 });',
    '(await fns.everything(keys, args)).found;',
    "await fns.addScores({ board: 'b' }, { player: 'ann', score: 1 });",
    'leaderboardFunctions.nothing;',
  ];

  it('take what is right and refuse what is wrong', async () => {
    const { dir } = await emit(makeProject(FILES));
    const settings = {
      extends: resolve('tsconfig.json'),
      compilerOptions: {
        paths: {
          shardfold: [resolve('src/index.ts')],
          'shardfold/functions': [resolve('src/functions/define/index.ts')],
        },
        typeRoots: [resolve('node_modules/@types')],
        types: ['node'],
        noUnusedLocals: false,
      },
      include: ['./*.ts', resolve('src/types')],
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(settings));
    writeFileSync(join(dir, 'right.ts'), PROGRAM);
    const start = PROGRAM.split('\n').length;
    writeFileSync(join(dir, 'wrong.ts'), `${PROGRAM}${WRONG.join('\n')}\n`);
    const compiler = resolve('node_modules/@typescript/native/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', dir], { encoding: 'utf8', cwd: dir });
    const at = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(([, file, line]) => [
      file,
      Number(line) - start,
    ]);
    expect(at.filter(([file]) => file !== 'wrong.ts')).toEqual([]);
    expect([...new Set(at.map(([, line]) => line))]).toEqual(WRONG.map((_, i) => i));
  });
});
