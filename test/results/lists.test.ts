// Lists, which aggregates give, in every form of a result that can hold them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { col, type Query } from '../../src/index.js';
import { fixture } from './fixture.js';

const t = fixture();
const folder = mkdtempSync(join(tmpdir(), 'shardfold-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lists = (): Query =>
  t.sf
    .table('all')
    .filter(col('id').lt(3))
    .agg({
      ids: col('id').topK(3),
      texts: col('text').topK(3),
      days: col('day').topK(3),
      floats: col('f64').topK(3),
      none: col('none').max(),
      bins: col('id').histogram({ edges: [0, 1, 2] }),
    });

const DAYS = ['2001-02-03', '1970-01-01', '1969-12-31'];
const BINS = [
  { low: 0, high: 1, count: 2 },
  { low: 1, high: 2, count: 1 },
];

it('rows, streams and columns hold arrays', async () => {
  const row = {
    ids: [2, 1, 0],
    texts: ['a', ' b ', ''],
    days: DAYS.map((day) => new Date(day)),
    floats: [0.1, 0, 0],
    none: null,
    bins: BINS,
  };
  expect([...(await lists().collect())]).toEqual([row]);
  for await (const batch of lists().stream()) expect([...batch]).toEqual([row]);
  const { columns, types } = await lists().collectColumns();
  expect(columns.texts).toEqual([row.texts]);
  expect(types).toEqual({ none: 'float64' });
});

it('NDJSON holds arrays, and CSV the same as texts', async () => {
  const json = [
    '[2,1,0]',
    '["a"," b ",""]',
    JSON.stringify(DAYS),
    '[0.1,0,0]',
    'null',
    '[{"low":0,"high":1,"count":2},{"low":1,"high":2,"count":1}]',
  ];
  const names = ['ids', 'texts', 'days', 'floats', 'none', 'bins'];
  await lists().writeTo(join(folder, 'lists.ndjson'));
  const line = names.map((name, k) => `"${name}":${json[k]}`).join(',');
  expect(readFileSync(join(folder, 'lists.ndjson'), 'utf8')).toBe(`{${line}}\n`);
  await lists().writeTo(join(folder, 'lists.csv'));
  const fields = json.map((text) =>
    text === 'null' ? '' : /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
  );
  expect(readFileSync(join(folder, 'lists.csv'), 'utf8')).toBe(`${names.join(',')}\n${fields.join(',')}\n`);
});

it('tables, Arrow and Parquet refuse them by name', async () => {
  const refused = { code: 'TYPE_MISMATCH', message: expect.stringContaining('column "ids"') };
  await expect(lists().into('lists')).rejects.toMatchObject(refused);
  await expect(lists().toArrow()).rejects.toMatchObject(refused);
  for (const format of ['parquet', 'arrow']) {
    await expect(lists().writeTo(join(folder, `lists.${format}`))).rejects.toMatchObject(refused);
  }
});
