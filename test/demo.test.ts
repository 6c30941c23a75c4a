/** The demo as a newcomer runs it: over the real file, with real servers, and without a trace when it is over. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Block, blocksOf } from './docs/markdown.js';
import { expectShown, writeUpdates } from './docs/output.js';
import { runCli } from './harness/cli.js';
import { gone } from './harness/processes.js';

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'shardfold-demo-test-'));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

interface Demo {
  child: ChildProcess;
  output(): string;
  /** Resolves when the demo has printed this. */
  printed(text: string): Promise<void>;
  end: Promise<number | null>;
}

/** In a process group of its own, as a terminal does it, and with a folder of its own for what is temporary. */
function start(command: string, args: readonly string[]): Demo {
  const env = { ...process.env, TMPDIR: temporary, NO_COLOR: '1', SHARDFOLD_URL: undefined };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const end = once(child, 'close').then(([code]) => code as number | null);
  const printed = async (wanted: string) => {
    while (!text.includes(wanted)) {
      if (child.exitCode !== null) throw new Error(`the demo ended without printing "${wanted}":\n${text}`);
      await sleep(5);
    }
  };
  return { child, output: () => text, printed, end };
}

const ports = (output: string) => {
  const line = /^cluster .*$/m.exec(output)?.[0] ?? '';
  return [...line.matchAll(/:(\d+)/g)].map(([, port]) => Number(port));
};

function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** Neither a server nor a file; what a shell does after us may take a moment. */
async function expectNothingLeft(output: string): Promise<void> {
  const left = async () => [
    ...(await readdir(temporary)).filter((name) => name.startsWith('shardfold')),
    ...(await Promise.all(ports(output).map(answers))).filter((is) => is),
  ];
  for (let tries = 0; tries < 100 && (await left()).length > 0; tries++) await sleep(100);
  expect(await left()).toEqual([]);
}

it('answers six questions as DuckDB does, and leaves nothing behind', async () => {
  const demo = start('npm', ['run', '-s', 'demo', '--', '--runs', '1']);
  const code = await demo.end;
  const output = demo.output();
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('6 of 6 answers are DuckDB') });
  expect(output.match(/^\d\. /gm)).toHaveLength(6);
  expect(output).not.toContain('✗');
  expect(output.match(/ ✓$/gm)).toHaveLength(1 + 1 + 10 + 6 + 1 + 1);
  expect(output.match(/^ {3}receipt {2}47 of 47 chunks/gm)).toHaveLength(6);
  expect(output).toContain('47 of 47 chunks (38 pruned), 3 shards');
  // No bar in a pipe, and no colours.
  expect(output).not.toMatch(/\r|━|\p{Cc}\[/u);
  expect(ports(output)).toHaveLength(3);
  await expectNothingLeft(output);

  // The README shows what the demo prints.
  const blocks = blocksOf('README.md');
  const shown = blocks[blocks.findIndex(({ code }) => code === 'npm ci && npm run demo') + 1];
  expectShown('README.md', shown as Block, output.slice(output.indexOf('Shardfold: three million')));
  writeUpdates();
}, 180_000);

it('leaves the cluster up with --keep, until it is told to stop', async () => {
  const demo = start(process.execPath, ['scripts/demo.mjs', '--keep', '--runs', '1']);
  expect(await demo.end).toBe(0);
  const output = demo.output();
  const url = /^ {3}export SHARDFOLD_URL=(.*)$/m.exec(output)?.[1] ?? '';
  const pid = Number(/^ {3}kill (\d+) /m.exec(output)?.[1]);
  const tables = await runCli(['tables', '--url', url, '--json']);
  expect(JSON.parse(tables.stdout)).toMatchObject([{ name: 'flights', rows: 3_000_000 }]);
  process.kill(pid);
  await gone([pid]);
  await expectNothingLeft(output);
}, 180_000);

it.each(['starting 3', '$ npx shardfold import'])(
  'ends with nothing left on Ctrl-C after "%s"',
  async (moment) => {
    const demo = start(process.execPath, ['scripts/demo.mjs']);
    await demo.printed(moment);
    process.kill(-(demo.child.pid as number), 'SIGINT');
    expect({ code: await demo.end, output: demo.output() }).toMatchObject({ code: 130 });
    await expectNothingLeft(demo.output());
  },
  60_000,
);

it('ends a cluster that was to stay, too', async () => {
  const demo = start(process.execPath, ['scripts/demo.mjs', '--keep']);
  await demo.printed('$ npx shardfold import');
  process.kill(-(demo.child.pid as number), 'SIGINT');
  expect(await demo.end).toBe(130);
  await expectNothingLeft(demo.output());
}, 60_000);

it('says how it is used', async () => {
  const demo = start(process.execPath, ['scripts/demo.mjs', '--kepp']);
  expect(await demo.end).toBe(2);
  expect(demo.output()).toContain('Usage: npm run demo [-- --keep]');
});

/** Here, because it stands on what the demo has built. */
it('the example that trains on flights: over those of two days', async () => {
  const example = start(process.execPath, ['scripts/train.mjs', '--days', '2']);
  expect({ code: await example.end, output: example.output() }).toMatchObject({ code: 0 });
  for (const shown of [
    'delay ~ distance + hour + weekday',
    /late is 1 in \d+/,
    'k-means: 4 clusters',
    /trueNegatives +│ \d+/,
    'the model is kept in the cluster: 4 coefficients',
  ]) {
    expect(example.output()).toMatch(shown);
  }
}, 120_000);
