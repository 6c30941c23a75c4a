/** Every command and program of the README and the guides runs as it stands, and prints what it is shown to print. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type LocalCluster, startLocalCluster } from '../../src/local/cluster.js';
import type { Block } from './markdown.js';
import { expectShown, writeUpdates } from './output.js';
import { type Workplace, workplace } from './package.js';
import { ELSEWHERE, isElsewhere, programOf, runBlock, type Scene, scenesOf, stopServers } from './runner.js';

const ALL = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (file) => file.endsWith('.md') && existsSync(file),
);
const runnable = (file: string) => scenesOf(file).filter(({ block }) => !isElsewhere(block));
const DOCUMENTS = ALL.filter((file) => runnable(file).length > 0);

/** Programs that import what the commands before them build are checked where they ran. */
const needsBuild = ({ code }: Block) => code.includes("'./generated/");

describe.each(DOCUMENTS)('%s', (file) => {
  const scenes = runnable(file);
  let cluster: LocalCluster | undefined;
  let scene: Scene;
  beforeAll(async () => {
    const place: Workplace = workplace({ types: scenes.some(({ block }) => block.code.includes('shardfold init')) });
    cluster = await startLocalCluster({ shards: 3 });
    const { path, env } = cluster.server;
    // `redis-cli` or `valkey-cli` lies beside the server.
    const more = { ...env, PATH: `${place.bin}:${process.env.PATH}:${dirname(path)}`, CLONE: process.cwd() };
    const ports = cluster.nodes.map(({ port }) => port);
    scene = { file, place, ports, env: more, running: new Set(), cwd: place.folder, programs: 0 };
  });
  afterAll(async () => {
    await stopServers(scene);
    await cluster?.stop();
    rmSync(dirname(scene.place.folder), { recursive: true, force: true });
    writeUpdates();
  });

  it.each(scenes.map(({ block, shown }) => ({ line: block.line, block, shown })))(
    'runs line $line',
    async ({ block, shown }) => {
      const output = await runBlock(scene, block);
      if (shown) expectShown(file, shown, output);
    },
  );

  if (scenes.some(({ block }) => needsBuild(block))) {
    it('shows programs whose types fit', () => expectTypesToFit(scene.cwd, ['./program-*.ts']));
  }
});

it('shows programs whose types fit', () => {
  const folder = workplace().folder;
  for (const file of DOCUMENTS) {
    for (const { block } of scenesOf(file)) {
      if (!isProgram(block) || needsBuild(block)) continue;
      writeFileSync(join(folder, `${basename(file, '.md')}-${block.line}.ts`), programOf(block));
    }
  }
  expectTypesToFit(folder, ['./*.ts']);
  rmSync(dirname(folder), { recursive: true, force: true });
});

const isProgram = ({ language }: Block) => language === 'js' || language === 'ts';

function expectTypesToFit(folder: string, include: readonly string[]): void {
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      paths: {
        shardfold: [resolve('src/index.ts')],
        'shardfold/functions': [resolve('src/functions/define/index.ts')],
        'shardfold/local': [resolve('src/local/index.ts')],
      },
      typeRoots: [resolve('node_modules/@types')],
      types: ['node'],
      // They are JavaScript for the most part, and share the start of a program.
      noUnusedLocals: false,
      useUnknownInCatchVariables: false,
      noUncheckedIndexedAccess: false,
    },
    include: [...include, resolve('src/types')],
  };
  const file = join(folder, 'tsconfig.docs.json');
  writeFileSync(file, JSON.stringify(settings));
  const compiler = resolve('node_modules/@typescript/native/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', file], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
}

it.each(Object.entries(ELSEWHERE))('%s is run by %s', (_, where) => expect(existsSync(where)).toBe(true));
