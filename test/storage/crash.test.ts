// A writer may die at any step: readers see the old version or the new one, whole; and fsck --repair finds all that is left.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardfoldError } from '../../src/errors.js';
import { functionName } from '../../src/functions/library.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { sharedUrl } from '../harness/cluster.js';
import { keysOf, type Row, rowsFrom, rowsOf, testLink, watchedLink, write } from './tables.js';

const t = testLink();

const repair = () => fsck(t.link, { repair: true, graceMs: 0 }, t.context());
const LEASE_MS = 30;

/** Keys that a table of these rows has when nothing else is there. */
async function settledKeys(): Promise<number> {
  await sleep(LEASE_MS + 10);
  await repair();
  expect(await fsck(t.link, {}, t.context())).toMatchObject({ findings: [] });
  return (await keysOf(t.link)).length;
}

// A write that cannot be taken back says so; here that is the point.
const { emitWarning } = process;
beforeAll(() => {
  process.emitWarning = () => undefined;
});
afterAll(() => {
  process.emitWarning = emitWarning;
});

/** Writes over a link whose n-th call is the last that reaches the servers; nobody hears of its reply. @returns false where it had fewer */
async function writeAndDie(rows: readonly Row[], mode: 'create' | 'append' | 'replace', n: number): Promise<boolean> {
  let calls = 0;
  const dying = watchedLink(t.link, async (call) => {
    if (++calls < n) return call;
    if (calls === n) await t.link.call(call, t.context());
    throw new Error('killed');
  });
  const options = { mode, leaseMs: LEASE_MS, graceMs: 0 };
  await write(dying, 'crash', rows, options).catch((error) => expect(String(error)).toMatch(/killed/));
  return calls >= n;
}

describe('dying after any call', () => {
  it.each(['append', 'replace'] as const)(
    'of an %s leaves the old rows or the new',
    async (mode) => {
      const old = rowsFrom(0, 25);
      const added = rowsFrom(25, 48);
      const fresh = mode === 'append' ? [...old, ...added] : added;
      const outcomes = new Set<string>();
      for (let n = 0; ; n++) {
        await write(t.link, 'crash', old, { mode: 'replace', graceMs: 0 });
        const before = await settledKeys();
        const died = await writeAndDie(added, mode, n);
        const found = await rowsOf(t.link, 'crash');
        if (found.length === old.length) expect(found).toEqual(old);
        else expect(found).toEqual(fresh);
        outcomes.add(found.length === old.length ? 'old' : 'new');
        const after = await settledKeys();
        if (found.length === old.length) expect(after).toBe(before);
        expect(await rowsOf(t.link, 'crash')).toEqual(found);
        if (!died) break;
      }
      expect(outcomes).toEqual(new Set(['old', 'new']));
    },
    120_000,
  );

  it('of a create leaves no table, or the whole one; and the name is free', async () => {
    await write(t.link, 'crash', [], { mode: 'replace' });
    const { dropTable } = await import('../../src/storage/catalog.js');
    for (let n = 0; ; n++) {
      await dropTable(t.link, 'crash', t.context());
      const before = await settledKeys();
      const died = await writeAndDie(rowsFrom(0, 12), 'create', n);
      const found = await rowsOf(t.link, 'crash').catch((error) => error.code);
      if (found !== 'TABLE_NOT_FOUND') expect(found).toEqual(rowsFrom(0, 12));
      const after = await settledKeys();
      if (found === 'TABLE_NOT_FOUND') expect(after).toBe(before);
      await write(t.link, 'crash', rowsFrom(0, 3), { mode: found === 'TABLE_NOT_FOUND' ? 'create' : 'replace' });
      if (!died) break;
    }
  }, 120_000);
});

describe('servers that go away while a version is published', () => {
  const failing = (after: boolean) =>
    watchedLink(t.link, async (call) => {
      if (call.command[1] !== functionName('table_publish')) return call;
      if (after) await t.link.call(call, t.context());
      throw new ShardfoldError('CONNECTION_FAILED', 'the connection was lost');
    });

  it('and had done it: the write succeeds', async () => {
    await write(t.link, 'unsure', rowsFrom(0, 15), { mode: 'replace' });
    expect(await write(failing(true), 'unsure', rowsFrom(15, 33), { mode: 'append' })).toMatchObject({ rows: 33 });
    expect(await rowsOf(t.link, 'unsure')).toEqual(rowsFrom(0, 33));
  });

  it('and had not: the write fails, and takes back what it wrote', async () => {
    await write(t.link, 'unsure', rowsFrom(0, 15), { mode: 'replace', graceMs: 0 });
    const before = await settledKeys();
    const failure = write(failing(false), 'unsure', rowsFrom(15, 33), { mode: 'append' });
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(await rowsOf(t.link, 'unsure')).toEqual(rowsFrom(0, 15));
    expect(await keysOf(t.link)).toHaveLength(before);
  });

  it('for good: the error says that nobody knows', async () => {
    let gone = false;
    const dying = watchedLink(t.link, async (call) => {
      gone ||= call.command[1] === functionName('table_publish');
      if (gone) throw new ShardfoldError('CONNECTION_FAILED', 'the connection was lost');
      return call;
    });
    await expect(write(dying, 'unsure', rowsFrom(0, 5), { mode: 'replace', leaseMs: LEASE_MS })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(/may be published or not/),
    });
    await settledKeys();
  });
});

describe('a process that is killed', () => {
  let file = '';
  beforeAll(() => {
    const program = `import { bundle } from './test/harness/bundle.mjs';
      console.log(await bundle('test/storage/doomed-writer.ts', 'doomed-writer'));`;
    file = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).trim();
  });

  it.each([
    ['create', 2],
    ['append', 3],
    ['replace', 90],
  ] as const)('in a %s after %i chunks leaves what was there, and its keys are collected', async (mode, chunks) => {
    const name = `killed ${mode}`;
    const fields = [{ name: 'n', type: 'int64' as const }];
    const seven = { rows: 7, columns: [{ kind: 'number' as const, values: Float64Array.of(0, 1, 2, 3, 4, 5, 6) }] };
    const { writeTable } = await import('../../src/storage/write.js');
    if (mode !== 'create')
      await writeTable(t.link, name, [seven], { fields, mode: 'create', chunkRows: 10 }, t.context());
    await repair();
    const before = await keysOf(t.link);
    const child = spawn(process.execPath, [file, sharedUrl(3), t.link.prefix, name, mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) if (Number(line) >= chunks) break;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await keysOf(t.link)).length).toBeGreaterThan(before.length);
    if (mode === 'create') {
      await expect(openTable(t.link, name, t.context())).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
    } else {
      expect(await rowsOf(t.link, name)).toEqual(Array.from({ length: 7 }, (_, n) => ({ n })));
    }
    // Its lease is 500 ms; until it is over, nothing of the writer is touched.
    let deleted = 0;
    for (; deleted === 0; await sleep(50)) ({ deleted } = await repair());
    // A lease that ends in the middle of it leaves something to the next.
    while (deleted > 0) ({ deleted } = await repair());
    expect(await keysOf(t.link)).toEqual(before);
  });
});
