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

it.each([
  ['rows', () => [{ a: 1 }]],
  ['columns', () => ({ a: [1] })],
  ['typed arrays', () => ({ a: Float64Array.of(1) })],
  ['a generator', () => [{ a: 1 }].values()],
])('a type for a column that %s do not have', async (_, source) => {
  const types = { A: 'int64' } as const;
  await expect(sf.createTable('none', source(), { types })).rejects.toMatchObject({
    code: 'UNKNOWN_COLUMN',
    hint: expect.stringContaining('did you mean "a"?'),
  });
});

it.each<[string, () => Promise<unknown>, RegExp, RegExp]>([
  [
    'a fraction appended to integers',
    () => sf.table('numbers').append([{ id: 7.5 }]),
    /7\.5 is no int64 value: not an integer/,
    /column "id" is int64.*types: \{ id: 'float64' \}, or --type id=float64/,
  ],
  [
    'a whole number beyond int32',
    () => sf.createTable('none', [{ id: 2 ** 31 }], { types: { id: 'int32' } }),
    /beyond its range/,
    /column "id" is int32.*types: \{ id: 'int64' \}/,
  ],
  [
    'text appended to integers',
    () => sf.table('numbers').append([{ id: '7' }]),
    /"7" is no int64 value: not a number/,
    /column "id" is int64: pass a number/,
  ],
  [
    'a bigint beyond 2^53',
    () => sf.createTable('none', [{ id: 2n ** 60n }]),
    /beyond its range/,
    /pass such numbers as strings/,
  ],
  ['an invalid Date', () => sf.createTable('none', [{ at: new Date('?') }]), /an invalid Date is no/, /how the Date/],
  [
    'a null in a vector',
    () => sf.vector('v').set([1, null as unknown as number]),
    /row 1.*not a number/,
    /^a vector holds numbers alone/,
  ],
  [
    'a string after numbers that settled the type',
    () =>
      sf.createTable(
        'none',
        Array.from({ length: 66_000 }, (_, i) => ({ id: i < 65_999 ? i : 'x' })),
      ),
    /row 65999.*not a number/,
    /inferred from the first rows; column "id" is int64: pass a number/,
  ],
])('%s is told in the words of a program', async (_, run, message, hint) => {
  await expect(run()).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

it('an append to no table says how to make it, and a table that is there what may be done with it', async () => {
  const missing = { code: 'TABLE_NOT_FOUND', hint: expect.stringContaining("createTable without mode: 'append'") };
  await expect(sf.table('nombers').append([{ id: 1 }])).rejects.toMatchObject(missing);
  await expect(sf.createTable('nombers', [{ id: 1 }], { mode: 'append' })).rejects.toMatchObject(missing);
  await expect(sf.createTable('nombers', [{ id: 1 }], { mode: 'append' })).rejects.toMatchObject({
    hint: expect.stringContaining('did you mean "numbers"?'),
  });
  await expect(sf.createTable('numbers', [{ id: 1 }])).rejects.toMatchObject({
    code: 'TABLE_EXISTS',
    hint: expect.stringMatching(/--append, or mode: 'append'.*--replace, or mode: 'replace'/),
  });
});

it.each<readonly [string, () => Promise<unknown>, string]>([
  [
    'createTable',
    () => sf.createTable('numbers', [{ id: 3 }], { mod: 'replace' } as object),
    'mod; did you mean mode?',
  ],
  [
    'append',
    () => sf.table('numbers').append([{ id: 3 }], { appendid: 'a' } as object),
    'appendid; did you mean appendId?',
  ],
  ['append, mode', () => sf.table('nowhere').append([{ id: 3 }], { mode: 'replace' } as object), 'mode'],
  ['describe', () => sf.table('numbers').describe({ time: 3 } as object), 'time'],
  ['tables', () => sf.tables({ timeuot: 3 } as object), 'timeuot; did you mean timeout?'],
  ['drop', () => sf.drop('numbers', { signl: null } as object), 'signl; did you mean signal?'],
  ['sample', async () => sf.table('numbers').sample(0.5, { sed: 3 } as object), 'sed; did you mean seed?'],
  [
    'mapShards',
    () => sf.mapShards((() => 0) as never, {} as never, { idempotnt: true } as object),
    'idempotnt; did you mean idempotent?',
  ],
  ['connect', () => connect({ url: 'redis://127.0.0.1:1', usrname: 'x' } as never), 'usrname; did you mean username?'],
  [
    'connect, tls',
    () => connect({ url: 'redis://127.0.0.1:1', tls: { crt: 'x' } } as never),
    'crt; did you mean cert?',
  ],
])('an option of %s that is none is told, before anything is read or written', async (_, work, option) => {
  const error = { code: 'INVALID_ARGUMENT', message: `there is no option ${option}` };
  await expect(work()).rejects.toMatchObject(error);
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
