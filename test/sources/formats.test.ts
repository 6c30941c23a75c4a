import { fileSource } from '../../src/storage/sources/file';
import { collect, duck, type Physical, typesOf, workFolder } from './helpers';

const at = workFolder();
const ROWS = 132_000;

/** One row in 97 is null in every column but the first; strings short, long, empty, with quotes, delimiters, line breaks. */
const TABLE = `
  SELECT i AS id,
    CASE WHEN i % 97 <> 0 THEN i * 1000003 % 1000 - 500 END AS small,
    CASE WHEN i % 97 <> 1 THEN (i * 2654435761 % 4294967296) / 1024.0 END AS ratio,
    CASE WHEN i % 97 <> 2 THEN i % 3 = 0 END AS flag,
    CASE WHEN i % 97 <> 3 THEN ['a', 'twelve bytes', 'thirteen byte', 'x,y;"z"', E'two\\nlines', 'é€😀', '{}'][i % 7 + 1] END AS word,
    CASE WHEN i % 97 <> 4 THEN 'value number ' || (i * 7919 % ${ROWS}) END AS long,
    CASE WHEN i % 97 <> 5 THEN DATE '1969-12-01' + (i % 40000)::INT END AS day,
    CASE WHEN i % 97 <> 6 THEN TIMESTAMP '1960-01-01 00:00:00' + INTERVAL (i * 86461123) MILLISECOND END AS moment
  FROM range(${ROWS}) r(i)`;

const TYPES = {
  id: 'int64',
  small: 'int64',
  ratio: 'float64',
  flag: 'bool',
  word: 'utf8',
  long: 'utf8',
  day: 'date',
  moment: 'timestamp',
};
const PHYSICAL = `id::DOUBLE, small::DOUBLE, ratio::DOUBLE, flag::INT::DOUBLE, word, long, (day - DATE '1970-01-01')::DOUBLE, epoch_ms(moment)::DOUBLE`;

let expected: Physical[][];
beforeAll(async () => {
  expected = (await duck(`SELECT ${PHYSICAL} FROM (${TABLE})`)) as Physical[][];
});

const FEW = 3000;
const FORMATS: readonly [file: string, copy: string, rows: number][] = [
  ['t.csv', 'FORMAT CSV', ROWS],
  ['semicolon.csv', "FORMAT CSV, DELIMITER ';'", FEW],
  ['t.csv.gz', 'FORMAT CSV, COMPRESSION GZIP', FEW],
  ['t.tsv', "FORMAT CSV, DELIMITER '\t'", FEW],
  ['t.ndjson', 'FORMAT JSON', ROWS],
  ['t.json', 'FORMAT JSON, ARRAY true', ROWS],
  ['t.parquet', 'FORMAT PARQUET, ROW_GROUP_SIZE 20000', ROWS],
];

test.each(FORMATS)('%s: values, nulls, types and order', async (file, options, count) => {
  await duck(`COPY (${TABLE} LIMIT ${count}) TO '${at(file)}' (${options})`);
  // JSON has no timestamps: DuckDB takes strings for such only where all are written alike.
  const source = await fileSource(at(file), { types: { moment: 'timestamp' } });
  expect(typesOf(source)).toEqual(TYPES);
  const { rows, sizes } = await collect(source);
  expect(sizes).toEqual(count === ROWS ? [65_024, 65_024, ROWS - 2 * 65_024] : [count]);
  expect(rows.length).toBe(count);
  const same = Object.is;
  expect(rows.findIndex((row, i) => !row.every((value, k) => same(value, expected[i]?.[k])))).toBe(-1);
  if (file.endsWith('.parquet')) expect(source.rows).toBe(ROWS);
});

test('a source can be read again from the start', async () => {
  await duck(`COPY (SELECT i AS id FROM range(10) r(i)) TO '${at('again.parquet')}'`);
  const source = await fileSource(at('again.parquet'));
  expect(await collect(source)).toEqual(await collect(source));
});

test('whoever stops early leaves nothing behind', async () => {
  await duck(`COPY (SELECT i AS id FROM range(${ROWS}) r(i)) TO '${at('early.parquet')}'`);
  const source = await fileSource(at('early.parquet'));
  for await (const batch of source.batches) {
    expect(batch.rows).toBe(65_024);
    break;
  }
  expect((await collect(source)).rows.length).toBe(ROWS);
});
