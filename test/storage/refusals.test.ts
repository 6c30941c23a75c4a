// What an app gets wrong when it writes: refused before anything is read or staged, and in the words of its own world.
import { type CreateTableOptions, connect, type Shardfold } from '../../src/index.js';
import { writeTable } from '../../src/storage/write.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { keysOf } from './tables.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('numbers', [{ id: 1 }]);
});
afterAll(() => sf.close());

it.each(['Replace', 'foo', '', null, 7])('mode %p is no mode, and replaces nothing', async (wrong) => {
  const mode = wrong as 'replace';
  const shown = typeof wrong === 'string' ? `'${wrong}'` : String(wrong);
  const error = { code: 'INVALID_ARGUMENT', message: `mode is ${shown}; one of create, append, replace` };
  const before = await keysOf(sf.link);
  let asked = 0;
  const rows = { [Symbol.iterator]: () => [{ id: ++asked }].values() };
  await expect(sf.createTable('numbers', rows, { mode })).rejects.toMatchObject(error);
  const fields = [{ name: 'id', type: 'int64' as const }];
  await expect(writeTable(sf.link, 'other', [], { fields, mode }, sf.link.context())).rejects.toMatchObject(error);
  expect(asked).toBe(0);
  expect(await keysOf(sf.link)).toEqual(before);
  expect((await sf.table('numbers').describe()).version).toBe(1);
});

it('a mode left out, or undefined, is create', async () => {
  const options = { mode: undefined } as unknown as CreateTableOptions;
  await expect(sf.createTable('numbers', [{ id: 2 }], options)).rejects.toMatchObject({ code: 'TABLE_EXISTS' });
});

it('rows that hold only arrays are no columns', async () => {
  const posts = [{ tags: ['a'] }, { tags: ['b', 'c'] }];
  await expect(sf.createTable('posts', posts)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  async function* batches() {
    yield* posts;
  }
  expect((await sf.createTable('columns', batches())).rows).toBe(3);
});
