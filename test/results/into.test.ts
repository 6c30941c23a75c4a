// Results written as tables.
import { col, Shardfold } from '../../src/index.js';
import { fsck } from '../../src/storage/fsck.js';
import { linkWith } from '../harness/oracle/links.js';
import { fixture, ROWS } from './fixture.js';

const t = fixture();

afterEach(async () => {
  const context = t.sf.link.context();
  const { findings } = await fsck(t.sf.link, { repair: false, graceMs: 300_000 }, context);
  expect(findings).toEqual([]);
});

const rowsIn = async (name: string) => [...(await t.sf.table(name).collect())];

it('writes rows as they are, with their types, and says what it cost', async () => {
  const made = await t.sf.table('all').filter(col('id').gtEq(250)).into('rest', { chunkRows: 128 });
  expect(made).toMatchObject({
    name: 'rest',
    version: 1,
    rows: 450,
    chunks: 4,
    receipt: { table: 'all', written: { way: 'client', rows: 450 }, chunks: { expected: 7, pruned: 2 } },
  });
  expect(made.receipt.written.bytes).toBeGreaterThan(0);
  expect(made.columns).toEqual((await t.sf.table('all').describe()).columns);
  expect(await rowsIn('rest')).toEqual(t.rows.slice(250));
});

it('writes groups, appends them, and replaces', async () => {
  const groups = t.sf
    .table('all')
    .groupBy('flag')
    .agg({ n: col('id').count(), mean: col('id').mean() });
  await groups.into('groups');
  await expect(groups.into('groups')).rejects.toMatchObject({ code: 'TABLE_EXISTS' });
  expect(await rowsIn('groups')).toEqual([...(await groups.collect())]);
  expect(await groups.into('groups', { mode: 'append' })).toMatchObject({ version: 2, rows: 6 });
  expect(await groups.into('groups', { mode: 'replace' })).toMatchObject({ version: 3, rows: 3 });
  const once = { mode: 'append', appendId: 'today' } as const;
  expect(await groups.into('groups', once)).toMatchObject({ version: 4, receipt: { written: { rows: 3 } } });
  expect(await groups.into('groups', once)).toMatchObject({ version: 4, rows: 6, receipt: { written: { rows: 0 } } });
  await expect(t.sf.table('all').into('groups', { mode: 'append' })).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
});

it('replaces a table by a query of itself', async () => {
  await t.sf.table('all').select('id', 'text').into('self');
  const doubled = t.sf.table('self').select(col('id').mul(2).as('id'), 'text');
  for (const [version, side] of [
    [2, 'shards'],
    [3, 'client'],
  ] as const) {
    const made = await doubled.into('self', { mode: 'replace', side });
    expect(made).toMatchObject({ version, rows: ROWS, receipt: { written: { way: side } } });
    expect(await rowsIn('self')).toEqual(
      t.rows.map(({ id, text }) => ({ id: (id as number) * 2 ** (version - 1), text })),
    );
  }
});

it.each(['client', 'shards'] as const)('a writer that comes between is not overwritten (%s)', async (side) => {
  await t.sf.table('all').select('id').into('raced', { mode: 'replace' });
  let meanwhile: Promise<unknown> | undefined;
  const link = linkWith(t.sf.link, async (call, next) => {
    if (['MGET', 'EVALSHA', 'EVAL'].includes(call.command[0] as string) && !meanwhile) {
      meanwhile = t.sf.table('raced').append([{ id: -1 }]);
      await meanwhile;
    }
    return next();
  });
  const query = new Shardfold(link).table('raced').select(col('id').add(1).as('id'));
  await expect(query.into('raced', { mode: 'replace', side })).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
  expect((await t.sf.table('raced').describe()).rows).toBe(ROWS + 1);
});

it.each(['client', 'shards'] as const)(
  'one that read what was replaced meanwhile is not published (%s)',
  async (side) => {
    await t.sf.table('all').select('id').into('early', { mode: 'replace' });
    let meanwhile: Promise<unknown> | undefined;
    const link = linkWith(t.sf.link, async (call, next) => {
      const staging = call.command[0] === 'FCALL' && String(call.command[1]).includes('table_stage');
      if (staging && !meanwhile) {
        meanwhile = t.sf.table('early').append([{ id: -1 }]);
        await meanwhile;
      }
      return next();
    });
    const query = new Shardfold(link).table('early').select(col('id').add(1).as('id'));
    await expect(query.into('early', { mode: 'replace', side })).rejects.toMatchObject({ code: 'WRITE_CONFLICT' });
    expect((await t.sf.table('early').describe()).rows).toBe(ROWS + 1);
  },
);

it('a failure or an abort changes nothing', async () => {
  const overflow = t.sf.table('all').select(
    col('id')
      .add(2 ** 31 - 300)
      .as('n'),
  );
  await expect(overflow.into('never')).rejects.toMatchObject({ code: 'NUMERIC_OVERFLOW' });
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  const aborted = t.sf.table('all').into('never', { signal: controller.signal, onProgress });
  await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  expect((await t.sf.tables()).map(({ name }) => name)).not.toContain('never');
});

it('refuses what it is told wrong', async () => {
  const all = t.sf.table('all');
  await expect(all.into('x', { mode: 'overwrite' as 'replace' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(all.into('x', { chunkrows: 5 } as object)).rejects.toThrow('did you mean chunkRows?');
  await expect(all.into('')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(all.into('none', { mode: 'append' })).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
});
