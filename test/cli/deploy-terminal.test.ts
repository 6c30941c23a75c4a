/** On a terminal, which util-linux's `script` stands for; where there is none of it these tests say so and pass. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, startCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const cluster = testCluster({ shards: 2 });
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shardfold-shop-'));
  const environments = { test: { url: cluster.url } };
  await writeFile(
    join(dir, 'shardfold.config.json'),
    JSON.stringify({ project: 'shop', libraries: { board: '.' }, environments }),
  );
  await writeSource(1);
});
afterAll(() => rm(dir, { recursive: true }));

const writeSource = (version: number) =>
  writeFile(
    join(dir, 'board.lua'),
    `---@function version\n---@flags no-writes\n---@return integer\nreturn function() return ${version} end\n`,
  );
const releases = async () => JSON.parse((await runCli(['releases', '--json'], { cwd: dir })).stdout);

/** Runs a command on a terminal, and answers when it asks. */
async function onTerminal(args: string[], answer: () => Promise<string>): Promise<{ code: number; shown: string }> {
  const other = startCli(['--version']);
  other.stdin.end();
  await once(other, 'close');
  const line = [...other.spawnargs.slice(0, -1), ...args].map((part) => `'${part}'`).join(' ');
  const env = { ...process.env, NO_COLOR: '1', SHARDFOLD_URL: undefined, TERM: 'dumb' };
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: dir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let isAnswered = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (isAnswered || !shown.includes('[y/N]')) return;
    isAnswered = true;
    void answer().then((typed) => child.stdin.write(typed));
  });
  const [code] = await once(child, 'close');
  return { code, shown };
}

const yes = async () => 'y\n';
const no = async () => 'n\n';
const where = hasScript ? 'on a terminal' : 'on a terminal (not run: there is no "script" of util-linux here)';

describe(where, () => {
  it('deploy and rollback show the plan and ask; no means that nothing is changed', async () => {
    if (!hasScript) return;
    const declined = await onTerminal(['deploy', '--env', 'test'], no);
    expect(declined).toMatchObject({ code: 1, shown: expect.stringMatching(/\nnothing was changed\r?\n/) });
    expect(declined.shown).toMatch(/board +- +[0-9a-f]{12} +add/);
    expect(declined.shown).toContain('Deploy shop to test (2 shards)? [y/N]');
    expect(await releases()).toEqual([]);

    expect(await onTerminal(['deploy'], yes)).toMatchObject({
      code: 0,
      shown: expect.stringContaining('release 1 is on'),
    });
    // Nothing to change is nothing to ask about.
    const again = await onTerminal(['deploy'], no);
    expect(again).toMatchObject({ code: 0, shown: expect.stringContaining('nothing to do') });
    expect(again.shown).not.toContain('[y/N]');

    await writeSource(2);
    const unasked = await onTerminal(['deploy', '--yes'], no);
    expect(unasked.code).toBe(0);
    expect(unasked.shown).not.toContain('[y/N]');
    const back = await onTerminal(['rollback', '1'], no);
    expect(back).toMatchObject({ code: 1, shown: expect.stringContaining('Roll shop back to release 1') });
    expect(await releases()).toHaveLength(2);
    expect((await onTerminal(['rollback'], yes)).code).toBe(0);
    expect((await releases())[0]).toMatchObject({ number: 3, rollbackOf: 1 });
  });

  it('a yes to a plan that is old by now changes nothing', async () => {
    if (!hasScript) return;
    const before = (await releases()).length;
    await writeSource(3);
    const late = await onTerminal(['deploy'], async () => {
      await runCli(['deploy', '--who', 'eve'], { cwd: dir });
      return 'y\n';
    });
    expect(late.code).toBe(1);
    expect(late.shown).toContain(`error DEPLOY_IN_PROGRESS: release ${before + 1} was made since the plan was shown`);
    expect((await releases())[0]).toMatchObject({ number: before + 1, who: 'eve' });
  });
});
