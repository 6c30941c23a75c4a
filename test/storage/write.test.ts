// Create, append, replace and drop on real servers, as readers see them.
import { dropTable, listTables, openTable } from '../../src/storage/catalog.js';
import { chunkKeys, tableKey } from '../../src/storage/keys.js';
import { writeTable } from '../../src/storage/write.js';
import { batches, FIELDS, keysOf, readRows, rowsFrom, rowsOf, testLink, write } from './tables.js';

const t = testLink();
const coded = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('create', () => {
  it('gives the rows back, over all shards', async () => {
    const made = await write(t.link, 'created', rowsFrom(0, 95));
    expect(made).toMatchObject({ version: 1, rows: 95, chunkRows: 10, name: 'created' });
    expect(made.chunks.map(({ rows, firstRow }) => [rows, firstRow])).toEqual(
      Array.from({ length: 10 }, (_, j) => [j < 9 ? 10 : 5, 10 * j]),
    );
    expect(new Set(made.chunks.map(({ slot }) => t.link.ownerOf(slot).address)).size).toBe(3);
    expect(await openTable(t.link, 'created', t.context())).toEqual(made);
    expect(await rowsOf(t.link, 'created')).toEqual(rowsFrom(0, 95));
  });

  it('an empty table has no chunks, and can be appended to', async () => {
    expect(await write(t.link, 'empty', [])).toMatchObject({ version: 1, rows: 0, chunks: [] });
    expect(await rowsOf(t.link, 'empty')).toEqual([]);
    await write(t.link, 'empty', rowsFrom(0, 3), { mode: 'append' });
    expect(await rowsOf(t.link, 'empty')).toEqual(rowsFrom(0, 3));
  });

  it('refuses a name that is taken, before it looks at the source', async () => {
    await write(t.link, 'taken', rowsFrom(0, 1));
    const source = (function* () {
      yield* batches(rowsFrom(0, 1));
      throw new Error('was read');
    })();
    const options = { fields: FIELDS, mode: 'create' as const };
    await expect(writeTable(t.link, 'taken', source, options, t.context())).rejects.toEqual(coded('TABLE_EXISTS'));
  });

  it('a source that fails leaves nothing behind, and the name free', async () => {
    const before = await keysOf(t.link);
    const source = (function* () {
      yield* batches(rowsFrom(0, 50));
      throw new Error('row 50 is bad');
    })();
    const options = { fields: FIELDS, mode: 'create' as const, chunkRows: 10 };
    await expect(writeTable(t.link, 'failed', source, options, t.context())).rejects.toThrow('row 50 is bad');
    await expect(openTable(t.link, 'failed', t.context())).rejects.toEqual(coded('TABLE_NOT_FOUND'));
    expect(await keysOf(t.link)).toEqual(before);
    await write(t.link, 'failed', rowsFrom(0, 2));
    expect(await rowsOf(t.link, 'failed')).toEqual(rowsFrom(0, 2));
  });

  it.each([{ chunkRows: 0 }, { chunkRows: 65025 }, { appendId: 'a' }, { waitReplicas: -1 }, { fields: [] }])(
    'refuses %p',
    async (options) => {
      await expect(write(t.link, 'refused', [], options)).rejects.toEqual(coded('INVALID_ARGUMENT'));
    },
  );
});

describe('append', () => {
  it('fills the short last chunk up under new keys, and leaves full ones as they are', async () => {
    const first = await write(t.link, 'grown', rowsFrom(0, 25));
    const second = await write(t.link, 'grown', rowsFrom(25, 48), { mode: 'append', graceMs: 0 });
    expect(second).toMatchObject({ version: 2, rows: 48 });
    expect(second.chunks.map(({ rows }) => rows)).toEqual([10, 10, 10, 10, 8]);
    expect(second.chunks.slice(0, 2)).toEqual(first.chunks.slice(0, 2));
    expect(second.chunks[2]?.writeId).not.toBe(first.chunks[2]?.writeId);
    expect(await rowsOf(t.link, 'grown')).toEqual(rowsFrom(0, 48));
    // The chunk that was filled up is still there for readers of the first version … until its grace is over.
    await expect(readRows(t.link, first)).rejects.toEqual(coded('VERSION_COLLECTED', /version 1 .*version 2/));
  });

  it('with one id counts once, however often, and whatever the source gives then', async () => {
    await write(t.link, 'once', rowsFrom(0, 5));
    for (let i = 0; i < 3; i++) await write(t.link, 'once', rowsFrom(5, 12), { mode: 'append', appendId: 'day 1' });
    await write(t.link, 'once', rowsFrom(12, 20), { mode: 'append', appendId: 'day 2' });
    const again = await write(t.link, 'once', rowsFrom(5, 12), { mode: 'append', appendId: 'day 1' });
    expect(again.version).toBe(3);
    expect(await rowsOf(t.link, 'once')).toEqual(rowsFrom(0, 20));
  });

  it('remembers the last 1,024 ids, and forgets the oldest', async () => {
    const { tableId } = await write(t.link, 'many ids', []);
    const key = tableKey(t.link.prefix, tableId);
    const append = (id: string) => write(t.link, 'many ids', rowsFrom(0, 1), { mode: 'append', appendId: id });
    await append('first');
    await append('second');
    const call = (...command: (string | Buffer)[]) =>
      t.link.call({ key, command, readOnly: false, idempotent: true }, t.context());
    // As if 1,022 more had come after them.
    const known = (await call('HGET', key, 'appends')) as Buffer;
    await call('HSET', key, 'appends', Buffer.concat([known, Buffer.alloc(20 * 1022, 7)]));
    await append('third');
    expect((await append('second')).version).toBe(4);
    expect((await append('third')).version).toBe(4);
    expect((await append('first')).version).toBe(5);
    expect(((await call('HGET', key, 'appends')) as Buffer).length).toBe(20 * 1024);
  });

  it('of no rows makes a version and writes no chunk', async () => {
    const first = await write(t.link, 'idle', rowsFrom(0, 5));
    const second = await write(t.link, 'idle', [], { mode: 'append', appendId: 'none' });
    expect(second).toMatchObject({ version: 2, rows: 5, chunks: first.chunks });
  });

  it('takes columns in another order, and refuses others', async () => {
    await write(t.link, 'ordered', rowsFrom(0, 5));
    const turned = [...batches(rowsFrom(5, 12))].map(({ rows, columns }) => ({
      rows,
      columns: [...columns].reverse(),
    }));
    const options = { fields: [...FIELDS].reverse(), mode: 'append' as const };
    await writeTable(t.link, 'ordered', turned, options, t.context());
    expect(await rowsOf(t.link, 'ordered')).toEqual(rowsFrom(0, 12));
    const other = write(t.link, 'ordered', [], { mode: 'append', fields: FIELDS.slice(1) });
    await expect(other).rejects.toEqual(coded('SCHEMA_MISMATCH', /lacks its column "id"/));
  });

  it('wants a table, and names the one that was probably meant', async () => {
    await write(t.link, 'flights', []);
    const failure = write(t.link, 'fligths', [], { mode: 'append' });
    await expect(failure).rejects.toMatchObject({
      code: 'TABLE_NOT_FOUND',
      hint: `did you mean "flights"? to make it, leave out --append, or call createTable without mode: 'append'`,
    });
  });

  it('names the row of the source that is bad, not that of the table', async () => {
    await write(t.link, 'rowed', rowsFrom(0, 5));
    const bad = [{ ...rowsFrom(0, 1)[0], id: 0.5 }] as ReturnType<typeof rowsFrom>;
    const failure = write(t.link, 'rowed', [...rowsFrom(5, 12), ...bad], { mode: 'append' });
    await expect(failure).rejects.toEqual(coded('INVALID_VALUE', /row 7, column "id"/));
    expect(await rowsOf(t.link, 'rowed')).toEqual(rowsFrom(0, 5));
  });
});

describe('replace', () => {
  it('changes rows, columns and chunk size in one step; who reads the old version goes on until its grace is over', async () => {
    const old = await write(t.link, 'replaced', rowsFrom(0, 30));
    const fields = [{ name: 'only', type: 'int32' as const }];
    const only = { rows: 3, columns: [{ kind: 'number' as const, values: Int32Array.of(7, 8, 9) }] };
    const options = { fields, mode: 'replace' as const, chunkRows: 2 };
    const fresh = await writeTable(t.link, 'replaced', [only], options, t.context());
    expect(fresh).toMatchObject({ version: 2, rows: 3, tableId: old.tableId, chunkRows: 2 });
    expect(await rowsOf(t.link, 'replaced')).toEqual([{ only: 7 }, { only: 8 }, { only: 9 }]);
    expect(await readRows(t.link, old)).toEqual(rowsFrom(0, 30));
    await writeTable(t.link, 'replaced', [only], { ...options, graceMs: 0 }, t.context());
    await expect(readRows(t.link, old)).rejects.toMatchObject({ code: 'VERSION_COLLECTED', retryable: true });
    expect(await rowsOf(t.link, 'replaced')).toHaveLength(3);
  });

  it('makes the table where there is none', async () => {
    await write(t.link, 'new by replace', rowsFrom(0, 3), { mode: 'replace' });
    expect(await rowsOf(t.link, 'new by replace')).toEqual(rowsFrom(0, 3));
  });
});

describe('alignment', () => {
  it('puts chunk j of both tables in one slot, with as many rows', async () => {
    const left = await write(t.link, 'left', rowsFrom(0, 34), { chunkRows: 8 });
    const right = await write(t.link, 'right', rowsFrom(0, 50), { chunkRows: 5, alignWith: 'left' });
    expect(right.seed).toBe(left.seed);
    for (const [j, chunk] of left.chunks.slice(0, -1).entries()) {
      expect(right.chunks[j]).toMatchObject({ slot: chunk.slot, rows: chunk.rows });
    }
    const other = await write(t.link, 'other', rowsFrom(0, 34), { chunkRows: 8 });
    expect(other.chunks.map(({ slot }) => slot)).not.toEqual(left.chunks.map(({ slot }) => slot));
    const late = write(t.link, 'other', [], { mode: 'append', alignWith: 'left' });
    await expect(late).rejects.toEqual(coded('INVALID_ARGUMENT'));
  });
});

describe('names', () => {
  it('may be any text, and reach no key', async () => {
    const name = '{evil}:*\0 "🦆"';
    await write(t.link, name, rowsFrom(0, 15), { fields: [{ name: '{x}', type: 'int64' }, ...FIELDS.slice(1)] });
    expect((await openTable(t.link, name, t.context())).rows).toBe(15);
    for (const key of await keysOf(t.link)) expect(key).toMatch(/^[a-z0-9]+:\{[a-z0-9]+\}:[a-z0-9:.]+$/);
    await dropTable(t.link, name, t.context());
  });

  it.each(['', '\ud800', 'x'.repeat(1025)])('refuses %p', async (name) => {
    await expect(write(t.link, name, [])).rejects.toEqual(coded('INVALID_ARGUMENT'));
  });
});

describe('drop and list', () => {
  it('a dropped table leaves no key, frees its name, and its readers learn of it', async () => {
    const before = await keysOf(t.link);
    const made = await write(t.link, 'short-lived', rowsFrom(0, 40));
    await write(t.link, 'short-lived', rowsFrom(40, 77), { mode: 'append' });
    await dropTable(t.link, 'short-lived', t.context());
    expect(await keysOf(t.link)).toEqual(before);
    await expect(readRows(t.link, made)).rejects.toEqual(coded('TABLE_NOT_FOUND', /dropped/));
    await expect(dropTable(t.link, 'short-lived', t.context())).rejects.toEqual(coded('TABLE_NOT_FOUND'));
    const again = await write(t.link, 'short-lived', rowsFrom(0, 2));
    expect(again).toMatchObject({ version: 1 });
    expect(again.tableId).not.toBe(made.tableId);
  });

  it('lists tables with what they hold', async () => {
    const made = await write(t.link, 'é listed', rowsFrom(0, 25));
    const list = await listTables(t.link, t.context());
    const lengths = made.chunks.flatMap(({ columns }) =>
      columns.map((c) => c.bytes + c.validityBytes + c.dictionaryBytes),
    );
    const storedBytes = lengths.reduce((a, b) => a + b, 0);
    const line = { name: 'é listed', version: 1, rows: 25, chunks: 3, columns: 3, storedBytes };
    expect(list).toContainEqual({ tableId: made.tableId, ...line });
    expect(list.map(({ name }) => name)).toEqual(list.map(({ name }) => name).sort());
  });
});

describe('loss', () => {
  it.each(['data', 'validity'] as const)(
    'a %s key deleted by hand is DATA_LOSS with all that finds it',
    async (kind) => {
      const name = `lost ${kind}`;
      const made = await write(t.link, name, rowsFrom(0, 30));
      const chunk = made.chunks[1];
      if (!chunk) throw new Error('no chunk');
      const key = chunkKeys(made, chunk, 1)[kind] as string;
      await t.link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, t.context());
      const failure = readRows(t.link, made);
      await expect(failure).rejects.toMatchObject({ code: 'DATA_LOSS', slot: chunk.slot, retryable: false });
      await expect(failure).rejects.toEqual(coded('DATA_LOSS', new RegExp(`"${name}", chunk 1, column "x".*missing`)));
    },
  );

  it('a lost manifest is DATA_LOSS, not a table that was never there', async () => {
    const made = await write(t.link, 'beheaded', rowsFrom(0, 3));
    const key = `${made.prefix}:{${made.tableId}}:${made.tableId}`;
    await t.link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, t.context());
    const failures = [openTable(t.link, 'beheaded', t.context()), write(t.link, 'beheaded', [], { mode: 'replace' })];
    for (const failure of await Promise.allSettled(failures)) {
      expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'DATA_LOSS' } });
    }
    await dropTable(t.link, 'beheaded', t.context());
    await write(t.link, 'beheaded', rowsFrom(0, 1));
  });
});
