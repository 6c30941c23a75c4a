/** Tables with a declared schema: the columns of the query, and what is found before anything is read. */
import { col, connect, count, type Shardfold, ShardfoldError, type TableSchema } from '../../src/index.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const ROWS = {
  origin: ['SEA', 'SFO', null],
  delay: [1, 2, 3],
  fare: ['1.50', '2.25', '3.00'],
  day: [new Date('2001-01-01'), null, new Date('2001-01-03')],
};
const TYPES = { origin: 'utf8', delay: 'int32', fare: 'decimal(2)', day: 'date' } as const;

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
  await sf.createTable('flights', ROWS, { schema: TYPES });
});
afterAll(() => sf.close());

async function failure(schema: unknown): Promise<unknown> {
  try {
    await sf.table('flights', schema as TableSchema).collect();
  } catch (error) {
    if (error instanceof ShardfoldError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  return 'no error';
}

it('the columns that are declared are those of the query, in this order', async () => {
  const rows = await sf.table('flights', { fare: 'decimal(2)!', origin: 'utf8' }).collect();
  expect([...rows]).toEqual([
    { fare: '1.50', origin: 'SEA' },
    { fare: '2.25', origin: 'SFO' },
    { fare: '3.00', origin: null },
  ]);
  expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => ['fare', 'origin']));
});

it('values have the types that the compiler sees', async () => {
  const flights = sf.table('flights', { ...TYPES, delay: 'int32!' });
  const [row] = await flights
    .groupBy('origin')
    .agg({ n: count(), delay: col('delay').sum(), fare: col('fare').sum() })
    .collect();
  const seen: { origin: string | null; n: number; delay: number; fare: `${number}` | null } | undefined = row;
  expect(seen).toEqual({ origin: 'SEA', n: 1, delay: 1, fare: '1.50' });
  expect(await flights.filter(col('day').isNull()).select('day', 'delay').collect()).toEqual([{ day: null, delay: 2 }]);
});

it('a column that is not declared is not there', async () => {
  const query = sf.table('flights', { origin: 'utf8' } as TableSchema).filter(col('delay').gt(1));
  await expect(query.collect()).rejects.toMatchObject({ code: 'UNKNOWN_COLUMN' });
});

it('explain names the columns', async () => {
  expect(await sf.table('flights', { origin: 'utf8' }).explain({ kernels: false })).toMatch(
    /^scan flights \(origin\)\n/,
  );
});

it('what does not fit the table is found before anything is read', async () => {
  expect(await failure({ ...TYPES, delays: 'int32' })).toEqual({
    code: 'SCHEMA_MISMATCH',
    message: 'table "flights" has no column "delays"',
    hint: 'did you mean "delay"?',
  });
  expect(await failure({ delay: 'int64!' })).toEqual({
    code: 'SCHEMA_MISMATCH',
    message: 'column "delay" of table "flights" is int32, and declared as int64',
    hint: "declare it as 'int32!'",
  });
  expect(await failure({ origin: 'utf8!' })).toEqual({
    code: 'SCHEMA_MISMATCH',
    message: 'column "origin" of table "flights" holds 1 null, and is declared without',
    hint: "declare it as 'utf8'",
  });
});

it.each([
  ['no columns', {}],
  ['no object', 'origin'],
  ['null', null],
  ['a type that is none', { origin: 'text' }],
  ['a type that is no text', { origin: 1 }],
  ['a mark on its own', { origin: '!' }],
])('%s is no schema', async (_, schema) => {
  expect(() => sf.table('flights', schema as unknown as TableSchema)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.any(String) }),
  );
});
