/** The prompt of `shardfold sql`, on a terminal that util-linux's `script` stands for; where there is none these tests say so and pass. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/index.js';
import { startCli } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const prefix = uniquePrefix();
const folder = mkdtempSync(join(tmpdir(), 'shardfold-prompt-'));
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
const where = hasScript ? 'on a terminal' : 'on a terminal (not run: there is no "script" of util-linux here)';
const ROWS = 200_000;
beforeAll(async () => {
  const sf = await connect({ url: sharedUrl(3), prefix });
  await sf.createTable('trips', {
    id: Int32Array.from({ length: ROWS }, (_, i) => i),
    city: Array(ROWS).fill('Zürich'),
  });
  await sf.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** Somebody at the prompt. */
class Typist {
  shown = '';
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.shown += text.replace(ESCAPES, '').replaceAll('\r', '');
    });
  }

  /** Types, and waits until this was shown since. @returns what was shown */
  async type(keys: string, until: string | RegExp): Promise<string> {
    const from = this.shown.length;
    this.#child.stdin?.write(keys);
    for (;;) {
      const since = this.shown.slice(from);
      if (typeof until === 'string' ? since.includes(until) : until.test(since)) return since;
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.shown}`);
      await sleep(20);
    }
  }
}

async function atPrompt(work: (typist: Typist) => Promise<void>): Promise<number | null> {
  const other = startCli(['--version']);
  other.stdin.end();
  await once(other, 'close');
  const args = ['sql', '--url', sharedUrl(3), '--prefix', prefix];
  const line = [...other.spawnargs.slice(0, -1), ...args].map((part) => `'${part}'`).join(' ');
  const env = { ...process.env, NO_COLOR: '1', SHARDFOLD_URL: undefined, TERM: 'xterm', XDG_STATE_HOME: folder };
  const child = spawn('script', ['-qec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  try {
    await work(new Typist(child));
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return (await closed)[0];
}

describe(where, () => {
  it('runs statements of several lines, shows tables, and goes on after mistakes', async () => {
    if (!hasScript) return;
    const code = await atPrompt(async (typist) => {
      await typist.type('', 'shardfold=> ');
      expect(await typist.type('\\d\r', 'shardfold=> ')).toMatch(/trips +200,000 +2 /);
      expect(await typist.type('\\d trips\r', 'shardfold=> ')).toMatch(/id +int32 +0\n[\s\S]*city +utf8 +0/);
      await typist.type('select count(*) as n\r', 'shardfold-> ');
      expect(await typist.type('from trips where id < 10;\r', 'shardfold=> ')).toMatch(/n\n──\n10\n\(1 row, /);
      expect(await typist.type('select ctiy from trips;\r', 'shardfold=> ')).toContain('hint: did you mean "city"?');
      await typist.type("select 'a\r", "shardfold'> ");
      await typist.type('\u0003', 'shardfold=> ');
      expect(await typist.type('\\nothing\r', 'shardfold=> ')).toContain('no command \\nothing');
      expect(await typist.type('\\x\r', 'shardfold=> ')).toContain('expanded is on');
      const shown = await typist.type('select id, city from trips limit 1;\r', 'shardfold=> ');
      expect(shown).toMatch(/── row 1 ─+\nid +0\ncity +Zürich\n/);
      expect(await typist.type('\\x off\r', 'shardfold=> ')).toContain('expanded is off');
      expect(await typist.type('\\x maybe\r', 'shardfold=> ')).toContain('\\x takes auto, on, off, not maybe');
      expect(await typist.type('\\timing off\r', 'shardfold=> ')).toContain('timing is off');
      expect(await typist.type('\\timing off\r', 'shardfold=> ')).toContain('timing is off');
      expect(await typist.type('\\timing 3\r', 'shardfold=> ')).toContain('\\timing takes on, off, not 3');
      expect(await typist.type('\\rows 2\r', 'shardfold=> ')).toContain('a table shows 2 rows at most');
      const cut = await typist.type('select id from trips order by id;\r', 'shardfold=> ');
      expect(cut).toMatch(/id\n──\n {1}0\n {1}1\nthe first 2 rows; \\rows N shows more, LIMIT/);
      expect(await typist.type('\\rows none\r', 'shardfold=> ')).toContain('takes a whole number from 1, or all');
      expect(await typist.type('select * from nowhere;\r', 'shardfold=> ')).toContain('hint: \\d lists them all\n');
      expect(await typist.type('describe trips;\r', 'shardfold=> ')).toContain('hint: \\d trips shows its columns\n');
      // A command between the lines of a statement, which goes on.
      await typist.type('select max(id) as most\r', 'shardfold-> ');
      expect(await typist.type('\\d\r', 'shardfold-> ')).toContain('trips');
      expect(await typist.type('exit\r', 'shardfold-> ')).toContain('note: exit is taken as a part');
      await typist.type('\u0003', 'shardfold=> ');
      expect(await typist.type('help\r', 'shardfold=> ')).toContain('columns of a table');
      await typist.type('exit\r', '\n');
    });
    expect(code).toBe(0);
    const file = join(folder, 'shardfold', 'sql-history');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('select count(*) as n from trips where id < 10;\n');
  });

  it('stops what runs on Ctrl-C, stays, and leaves on Ctrl-D', async () => {
    if (!hasScript) return;
    const code = await atPrompt(async (typist) => {
      await typist.type('', 'shardfold=> ');
      // The arrow brings back the newest entry of the last time.
      await typist.type('\u001b[A', 'exit');
      await typist.type('\u0003', 'shardfold=> ');
      await typist.type('select id + 1 as x, count(*) from trips group by 1 order by 2;\r', '\n');
      // Stopped, unless it was quicker.
      await typist.type('\u0003', 'shardfold=> ');
      await typist.type('select count(*) from trips;\r', '200000');
      await typist.type('\u0004', '\n');
    });
    expect(code).toBe(0);
  });
});
