// Writers that meet: one wins, nobody loses rows; and what happens where a safeguard of publishing is switched off.
import { readFileSync } from 'node:fs';
import type { ClusterLink } from '../../src/cluster/types.js';
import { bundle } from '../../src/functions/bundle.js';
import { functionName } from '../../src/functions/library.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { tableKey } from '../../src/storage/keys.js';
import { openWriter } from '../../src/storage/write.js';
import { FIELDS, rowsFrom, rowsOf, testLink, watchedLink, write } from './tables.js';

const t = testLink();

const sorted = (rows: readonly { id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b);

describe('racing', () => {
  it('appends: whoever succeeds has his rows in the table once, whoever does not has none', async () => {
    await write(t.link, 'raced', rowsFrom(0, 5));
    const expected = sorted(rowsFrom(0, 5));
    for (let round = 0; round < 5; round++) {
      const starts = Array.from({ length: 4 }, (_, k) => 1000 * (4 * round + k + 1));
      const ends = await Promise.allSettled(
        starts.map((from) => write(t.link, 'raced', rowsFrom(from, from + 23), { mode: 'append' })),
      );
      for (const [k, end] of ends.entries()) {
        if (end.status === 'fulfilled')
          expected.push(...sorted(rowsFrom(starts[k] as number, (starts[k] as number) + 23)));
        else expect(end.reason).toMatchObject({ code: 'WRITE_CONFLICT', retryable: true });
      }
      expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
      expect(sorted(await rowsOf(t.link, 'raced'))).toEqual(expected);
    }
    expect(await fsck(t.link, { repair: true, graceMs: 0 }, t.context())).toMatchObject({ findings: [] });
    expect(sorted(await rowsOf(t.link, 'raced'))).toEqual(expected);
  });

  it('the same append sent twice at once counts once', async () => {
    await write(t.link, 'twice', []);
    const append = () => write(t.link, 'twice', rowsFrom(0, 12), { mode: 'append', appendId: 'one' });
    const ends = await Promise.allSettled([append(), append(), append()]);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'WRITE_CONFLICT' });
    await append();
    expect(await rowsOf(t.link, 'twice')).toEqual(rowsFrom(0, 12));
  });

  it('creates of one name: one table, of one writer', async () => {
    const ends = await Promise.allSettled(
      [10, 20, 30, 40].map((rows) => write(t.link, 'contested', rowsFrom(rows, 2 * rows))),
    );
    const won = ends.filter((end) => end.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(['TABLE_EXISTS', 'WRITE_CONFLICT']).toContain(end.reason.code);
    }
    const { rows } = await openTable(t.link, 'contested', t.context());
    expect(await rowsOf(t.link, 'contested')).toEqual(rowsFrom(rows, 2 * rows));
    expect(await fsck(t.link, {}, t.context())).toMatchObject({ findings: [] });
  });
});

/** The library with one line of publish.lua switched off, loaded beside the real one. */
async function twinOf(link: ClusterLink, line: string, instead: string): Promise<ClusterLink> {
  const load = (name: string) => {
    const file = `lua/${name.replaceAll('.', '/')}.lua`;
    const text = readFileSync(file, 'utf8');
    if (name !== 'storage.publish') return { file, text };
    expect(text).toContain(line);
    return { file, text: text.replace(line, instead) };
  };
  const entry = { file: 'entry.lua', text: "register('table_publish', 'storage.publish')" };
  const twin = bundle(entry, load, 'shardfold_twin');
  for (const { id, role } of link.nodes()) {
    if (role === 'primary') await link.callNode(id, ['FUNCTION', 'LOAD', 'REPLACE', twin.code], link.context());
  }
  const real = functionName('table_publish');
  return watchedLink(link, (call) => {
    const command = call.command.map((word) => (word === real ? functionName('table_publish', twin) : word));
    return { ...call, command };
  });
}

/** Does something just before the call that publishes. */
function beforePublish(link: ClusterLink, step: () => Promise<unknown>): ClusterLink {
  const real = functionName('table_publish');
  return watchedLink(link, async (call) => {
    if (call.command[1] === real) await step();
    return call;
  });
}

describe('a writer that was taken for dead just before it published', () => {
  const collect = async () => {
    const key = tableKey(t.link.prefix, (await openTable(t.link, 'sleepy', t.context())).tableId);
    const fields = await t.link.call({ key, command: ['HGETALL', key], readOnly: true, idempotent: true }, t.context());
    const flat = (fields as Buffer[]).map(String);
    for (const [i, text] of flat.entries()) {
      if (!text.startsWith('W ')) continue;
      const command = ['HSET', key, flat[i - 1] as string, text.replace(/^W \d+/, 'W 1')];
      await t.link.call({ key, command, readOnly: false, idempotent: true }, t.context());
    }
    await fsck(t.link, { repair: true }, t.context());
  };
  const sleepy = (link: ClusterLink) =>
    write(beforePublish(link, collect), 'sleepy', rowsFrom(20, 45), { mode: 'append', graceMs: 60_000 });

  it('cannot publish what was collected', async () => {
    await write(t.link, 'sleepy', rowsFrom(0, 20), { mode: 'replace' });
    await expect(sleepy(t.link)).rejects.toMatchObject({ code: 'STAGING_EXPIRED' });
    expect(await rowsOf(t.link, 'sleepy')).toEqual(rowsFrom(0, 20));
  });

  it('would lose rows if publishing did not look at the staging record (and at the parts)', async () => {
    await write(t.link, 'sleepy', rowsFrom(0, 20), { mode: 'replace' });
    const careless = await twinOf(
      t.link,
      "if state ~= 'W' then",
      "rest = rest or ''\n  keys = { key }\n  if false then",
    );
    await sleepy(careless).catch((error) =>
      expect(error).toMatchObject({ code: expect.stringMatching(/DATA_LOSS|COLLECTED/) }),
    );
    await expect(rowsOf(t.link, 'sleepy')).rejects.toMatchObject({ code: 'DATA_LOSS' });
    await dropQuietly('sleepy');
  });
});

describe('a writer that was overtaken just before it published', () => {
  const overtaken = (link: ClusterLink) => {
    const overtake = () => write(t.link, 'overtaken', rowsFrom(100, 110), { mode: 'append' });
    return write(beforePublish(link, overtake), 'overtaken', rowsFrom(20, 45), { mode: 'append' });
  };

  it('gets WRITE_CONFLICT, and the other keeps his rows', async () => {
    await write(t.link, 'overtaken', rowsFrom(0, 20), { mode: 'replace' });
    await expect(overtaken(t.link)).rejects.toMatchObject({ code: 'WRITE_CONFLICT', hint: 'run it again' });
    expect(await rowsOf(t.link, 'overtaken')).toEqual([...rowsFrom(0, 20), ...rowsFrom(100, 110)]);
  });

  it('would wipe the other one out if publishing did not look at the version', async () => {
    await write(t.link, 'overtaken', rowsFrom(0, 20), { mode: 'replace' });
    await overtaken(await twinOf(t.link, 'if version ~= base then', 'if false then'));
    expect(await rowsOf(t.link, 'overtaken')).toEqual(rowsFrom(0, 45));
    await dropQuietly('overtaken');
  });
});

it('chunks count as declared only once the servers have said so, whoever asked first', async () => {
  const steps: string[] = [];
  let renewed = (): void => undefined;
  const answer = new Promise<void>((resolve) => {
    renewed = resolve;
  });
  const link = watchedLink(t.link, async (call) => {
    if (call.command[1] === functionName('table_renew')) await answer;
    return call;
  });
  const options = { fields: FIELDS, mode: 'create' as const };
  const writer = await openWriter(link, 'declared', options, t.context());
  if (!writer) throw new Error('not staged');
  const both = [1000, 900].map((end) => writer.reserve(end).then(() => steps.push(`reserved ${end}`)));
  await new Promise((resolve) => setImmediate(resolve));
  steps.push('answered');
  renewed();
  await Promise.all(both);
  expect(steps).toEqual(['answered', 'reserved 1000', 'reserved 900']);
  await writer.abort();
});

async function dropQuietly(name: string): Promise<void> {
  const { dropTable } = await import('../../src/storage/catalog.js');
  await dropTable(t.link, name, t.context());
}
