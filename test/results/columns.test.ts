// Columns as typed arrays, Arrow tables, and the way back into a table.
import { RecordBatch, Table, tableToIPC } from 'apache-arrow';
import { col } from '../../src/index.js';
import { fixture, ROWS, type Row, SCHEMA, VALUES } from './fixture.js';

const t = fixture();
const DAY = 86_400_000;

/** The value of a row as collectColumns gives it, where it is not null. */
function plain(type: string, value: unknown): unknown {
  if (type === 'bool') return Number(value);
  if (type === 'timestamp') return (value as Date).getTime();
  return type === 'date' ? (value as Date).getTime() / DAY : value;
}

it('collectColumns gives a typed array a column, and a mask where there are nulls', async () => {
  const { rows, columns, nulls, types, receipt } = await t.sf.table('all').collectColumns();
  expect(rows).toBe(ROWS);
  expect(types).toEqual({ id: 'int32', ...SCHEMA });
  expect(Object.keys(columns)).toEqual(Object.keys(types));
  expect(receipt).toMatchObject({ table: 'all', chunks: { expected: 7, computed: 7 } });
  const arrays = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.constructor.name]));
  expect(arrays).toEqual({
    id: 'Int32Array',
    f64: 'Float64Array',
    f32: 'Float32Array',
    i32: 'Int32Array',
    i64: 'Float64Array',
    flag: 'Uint8Array',
    text: 'Array',
    at: 'Float64Array',
    day: 'Int32Array',
    price: 'Array',
    whole: 'Array',
    none: 'Float64Array',
  });
  expect(Object.keys(nulls)).toEqual(Object.keys(VALUES));
  for (const [name, { type }] of Object.entries(VALUES)) {
    const empty = ['utf8', 'decimal(2)', 'decimal(0)'].includes(type)
      ? null
      : /float|int64|timestamp/.test(type)
        ? Number.NaN
        : 0;
    const expected = t.rows.map((row) => (row[name] === null ? empty : plain(type, row[name])));
    expect([...(columns[name] as Float64Array)]).toEqual(expected);
    expect([...(nulls[name] as Uint8Array)]).toEqual(t.rows.map((row) => Number(row[name] === null)));
  }
});

it('collectColumns of nothing has empty columns, of groups those of the groups', async () => {
  const none = await t.sf.table('all').filter(col('id').lt(0)).select('id', 'text').collectColumns();
  expect(none).toMatchObject({ rows: 0, columns: { id: new Int32Array(0), text: [] }, nulls: {} });
  const groups = await t.sf
    .table('all')
    .groupBy('flag')
    .agg({ n: col('id').count(), s: col('id').sum() })
    .collectColumns();
  expect(groups.columns.n).toBeInstanceOf(Float64Array);
  expect(groups.rows).toBe(3);
  expect(groups.nulls.flag).toEqual(Uint8Array.of(0, 0, 1));
});

it('columns go back into a table of the same types', async () => {
  const { columns, types } = await t.sf
    .table('all')
    .filter(col('i64').isNotNull())
    .select('id', 'i64', 'text')
    .collectColumns();
  await t.sf.createTable('again', { id: columns.id, i64: columns.i64, text: columns.text }, { schema: types });
  expect([...(await t.sf.table('again').collect())]).toEqual(
    t.rows.filter((row) => row.i64 !== null).map(({ id, i64, text }) => ({ id, i64, text })),
  );
});

it('a column may be called as it likes', async () => {
  const { columns } = await t.sf
    .table('all')
    .select(col('id').as('__proto__'), col('id').as('receipt'))
    .collectColumns();
  expect(Object.keys(columns)).toEqual(['__proto__', 'receipt']);
  const [row] = await t.sf.table('all').select(col('id').as('__proto__')).head(1).collect();
  expect(Object.entries(row as Row)).toEqual([['__proto__', 0]]);
});

describe('toArrow', () => {
  it('has the types and the values, and comes back as the same rows', async () => {
    const table = await t.sf.table('all').toArrow<Table>();
    expect(table).toBeInstanceOf(Table);
    expect(table.receipt).toMatchObject({ table: 'all', chunks: { computed: 7 } });
    expect(table.batches[0]).toBeInstanceOf(RecordBatch);
    expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, `${type}`]))).toEqual({
      id: 'Int32',
      f64: 'Float64',
      f32: 'Float32',
      i32: 'Int32',
      i64: 'Int64',
      flag: 'Bool',
      text: 'Utf8',
      at: 'Timestamp<MILLISECOND, UTC>',
      day: 'Date32<DAY>',
      price: 'Decimal[18e+2]',
      whole: 'Decimal[18e0]',
      none: 'Float64',
    });
    expect(table.getChild('i64')?.get(1)).toBe(2n ** 53n);
    expect(table.getChild('text')?.get(7)).toBe('🦆');
    await t.sf.createTable('from-arrow', table, { chunkRows: 64 });
    expect([...(await t.sf.table('from-arrow').collect())]).toEqual(t.rows);
    expect((await t.sf.table('from-arrow').describe()).columns).toEqual((await t.sf.table('all').describe()).columns);
  });

  it('is whole enough to be sent on', async () => {
    const { tableFromIPC } = await import('apache-arrow');
    const table = await t.sf.table('all').toArrow<Table>();
    const read = tableFromIPC(tableToIPC(table));
    expect(read.toArray().map((row) => row?.toJSON())).toEqual(table.toArray().map((row) => row?.toJSON()));
  });

  it('of nothing has a schema', async () => {
    const empty = await t.sf.table('all').filter(col('id').lt(0)).toArrow<Table>();
    expect(empty.numRows).toBe(0);
    expect(empty.schema.names).toEqual(['id', ...Object.keys(VALUES)]);
  });
});
