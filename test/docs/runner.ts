/** Runs the commands and programs of a document, in order, and compares what they print with what it shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Block, blocksOf } from './markdown.js';
import type { Workplace } from './package.js';

/** Commands that another test runs, or that cannot run inside one. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': 'test/demo.test.ts',
  'npm run demo': 'test/demo.test.ts',
  'npm run demo -- --keep': 'test/demo.test.ts',
  'npm ci && npm run build': '.ci/run',
  'npm ci': '.ci/run',
  'npm run build': '.ci/run',
  'npm test': '.ci/run',
  'npm run check': '.ci/run',
  'npm run lint': '.ci/run',
  'npm run bench': 'scripts/bench/run.mjs',
  'docker compose up --detach && docker compose logs --follow form': 'test/tools/form-cluster.test.ts',
  'docker compose down --volumes': 'docker-compose.yml',
};

/** What documents write for the cluster at hand. */
const FIRST_PORT = 7000;

/** What programs without an `import` of their own go on from, as the documents say. */
const PRELUDE = `import { col, connect, corr, count, defineAggregate, lit, score, trainTestSplit } from 'shardfold';
const sf = await connect({ url: 'redis://127.0.0.1:${FIRST_PORT}' });
const flights = sf.table('flights');
`;

export interface Scene {
  readonly file: string;
  readonly place: Workplace;
  /** Ports of the cluster, in ascending order; documents write 7000, 7001, … */
  ports: number[];
  /** More for the environment of its commands. */
  readonly env: Record<string, string>;
  readonly running: Set<ChildProcess>;
  /** Where commands and programs run: the place's folder, until a `cd` on a line of its own. */
  cwd: string;
  programs: number;
}

export const isElsewhere = ({ language, code }: Block): boolean =>
  language === 'sh' && commandsOf(code).every((command) => Object.hasOwn(ELSEWHERE, command));

const commandsOf = (code: string) => code.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const isRun = ({ language }: Block) => ['sh', 'js', 'ts', 'hidden'].includes(language);
const startsServers = (code: string) => /\bshardfold dev\b(?! --help)/.test(code);

/** Every block that runs, with the one behind it that shows its output, if any. */
export function scenesOf(file: string): { block: Block; shown: Block | undefined }[] {
  const blocks = blocksOf(file);
  return blocks.flatMap((block, i) => {
    if (block.language === '') throw new Error(`${file}:${block.line}: this block names no language`);
    const next = blocks[i + 1];
    return isRun(block) ? [{ block, shown: next?.language === 'text' ? next : undefined }] : [];
  });
}

/** Runs one block. @returns what it printed, with the document's ports */
export async function runBlock(scene: Scene, block: Block): Promise<string> {
  if (startsServers(block.code)) return startServers(scene, block);
  const isShell = block.language === 'sh' || block.language === 'hidden';
  const child = isShell ? shell(scene, block.code) : program(scene, block);
  const output = collect(child);
  const [code] = await once(child, 'close');
  const fails = block.words.includes('fails');
  const ended = { where: `${scene.file}:${block.line}`, output: output(), failed: code !== 0 };
  expect(ended).toEqual({ ...ended, failed: fails });
  if (isShell)
    for (const [, folder] of block.code.matchAll(/^cd (\S+)$/gm)) scene.cwd = join(scene.cwd, folder as string);
  return theirs(scene, output());
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  return () => text;
}

/** Commands that name no cluster mean the one at hand. */
function environment({ env, ports }: Scene): NodeJS.ProcessEnv {
  const SHARDFOLD_URL = `redis://127.0.0.1:${ports[0]}`;
  return { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', SHARDFOLD_URL, ...env };
}

const ours = ({ ports }: Scene, text: string) =>
  text.replace(/127\.0\.0\.1:70(\d\d)\b/g, (address, nth) => {
    const port = ports[Number(nth)];
    return port === undefined ? address : `127.0.0.1:${port}`;
  });

/** A shorter port leaves a blank behind, so that tables stay aligned. */
const theirs = ({ ports, place }: Scene, text: string) =>
  text.replaceAll(`${place.folder}/`, '').replace(/127\.0\.0\.1:(\d+)(?: (?= ))?/g, (address, port) => {
    const nth = ports.indexOf(Number(port));
    return nth === -1 ? address : `127.0.0.1:${FIRST_PORT + nth}`.padEnd(address.endsWith(' ') ? address.length : 0);
  });

/** Both streams as a terminal shows them: one after the other. */
function shell(scene: Scene, code: string): ChildProcess {
  return spawn('sh', ['-ec', `exec 2>&1\n${ours(scene, code)}`], {
    cwd: scene.cwd,
    env: environment(scene),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Types are stripped by the bundler, in the same way on every Node. */
const ESBUILD = resolve('node_modules/esbuild/bin/esbuild');

/** The program that a block stands for. */
export const programOf = ({ code }: Block): string =>
  /^import .* from '(shardfold|redis)\b/m.test(code) ? code : `${PRELUDE}${code}\nawait sf.close();\n`;

function program(scene: Scene, block: Block): ChildProcess {
  const name = join(scene.cwd, `program-${scene.programs++}`);
  writeFileSync(`${name}.ts`, ours(scene, programOf(block)));
  const build = `"$0" "$1.ts" --format=esm --target=node20 --log-level=warning --outfile="$1.mjs"`;
  return spawn('sh', ['-ec', `exec 2>&1\n${build}\nexec "$2" "$1.mjs"`, ESBUILD, name, process.execPath], {
    cwd: scene.cwd,
    env: environment(scene),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** `shardfold dev` goes on until the end of the document, or until it starts another; its ports become the document's. */
async function startServers(scene: Scene, block: Block): Promise<string> {
  await stopServers(scene);
  const code = block.code.replace(/--port \d+/g, '').replace(/^(npx )?shardfold dev\b/m, 'exec shardfold dev --port 0');
  const child = shell(scene, code);
  scene.running.add(child);
  child.once('close', () => scene.running.delete(child));
  const output = collect(child);
  while (!output().includes('Ctrl-C stops all of it.')) {
    if (!scene.running.has(child)) throw new Error(`${scene.file}:${block.line} ended: ${output()}`);
    await sleep(20);
  }
  scene.ports = [...output().matchAll(/^127\.0\.0\.1:(\d+) /gm)].map(([, port]) => Number(port));
  return theirs(scene, output());
}

export async function stopServers({ running }: Scene): Promise<void> {
  for (const child of running) {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  }
}
