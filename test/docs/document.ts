/** A document as a test: its commands and programs run as they stand, and print what they are shown to print. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type LocalCluster, startLocalCluster } from '../../src/local/cluster.js';
import type { Block } from './markdown.js';
import { expectShown, writeUpdates } from './output.js';
import { type Workplace, workplace } from './package.js';
import { isElsewhere, runBlock, type Scene, scenesOf, stopServers } from './runner.js';

export const runnable = (file: string) => scenesOf(file).filter(({ block }) => !isElsewhere(block));

/** Programs that import what the commands before them build are checked where they ran. */
export const needsBuild = ({ code }: Block) => code.includes("'./generated/");

/** The tests of one document; a cluster of its own is at hand. */
export function testDocument(file: string): void {
  describe(file, () => {
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
}

/** Expects that the compiler has nothing to say about programs in a folder. */
export function expectTypesToFit(folder: string, include: readonly string[]): void {
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
