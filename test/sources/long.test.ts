import { writeFileSync } from 'node:fs';
import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { Dictionary, StructDictionary } from '../../src/storage/sources/dictionary';
import { arrowSource, columnsSource, fileSource, rowsSource } from '../../src/storage/sources/index';
import { collect, workFolder } from './helpers';

const at = workFolder();

const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const SCHEMA = { f: 'float64', i: 'int32', g: 'int64', b: 'bool', s: 'utf8', t: 'timestamp' } as const;
const row = fc.record({
  f: nullable(fc.double()),
  i: nullable(fc.integer()),
  g: nullable(fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n })),
  b: nullable(fc.boolean()),
  s: nullable(fc.string({ unit: 'grapheme' })),
  t: nullable(fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) })),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const physical = ({ f, i, g, b, s, t }: Row) => [
  f,
  i === null ? null : i + 0,
  g === null ? null : Number(g),
  b === null ? null : Number(b),
  s,
  t === null ? null : t.getTime(),
];

const column = <K extends keyof Row>(rows: readonly Row[], name: K) => rows.map((item) => item[name]);

function arrowTable(rows: readonly Row[]): arrow.Table {
  const dates = column(rows, 't').map((date) => (date === null ? null : date.getTime()));
  return new arrow.Table({
    f: arrow.vectorFromArray(column(rows, 'f'), new arrow.Float64()),
    i: arrow.vectorFromArray(column(rows, 'i'), new arrow.Int32()),
    g: arrow.vectorFromArray(column(rows, 'g'), new arrow.Int64()),
    b: arrow.vectorFromArray(column(rows, 'b'), new arrow.Bool()),
    s: arrow.vectorFromArray(column(rows, 's'), new arrow.Utf8()),
    t: arrow.vectorFromArray(dates, new arrow.TimestampMillisecond()),
  });
}

test('random rows are the same as rows, as columns and as an Arrow table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 200 }), fc.nat(), async (rows, cut) => {
      const expected = rows.map(physical);
      const schema = SCHEMA;
      expect((await collect(await rowsSource(rows, { schema }))).rows).toEqual(expected);
      const names = Object.keys(SCHEMA) as (keyof Row)[];
      const columns = Object.fromEntries(names.map((name) => [name, column(rows, name)]));
      expect((await collect(columnsSource(columns, { schema }))).rows).toEqual(expected);
      const from = cut % rows.length;
      const sliced = await arrowSource(arrowTable(rows).slice(from));
      expect((await collect(sliced)).rows).toEqual(expected.slice(from));
    }),
    { numRuns: 60 },
  );
});

/** DuckDB's 16-byte structs; long strings get a pointer that stands for their text. */
function structsOf(texts: readonly (string | null)[]): Uint32Array {
  const structs = new Uint32Array(4 * texts.length);
  const bytes = new Uint8Array(structs.buffer);
  for (const [i, text] of texts.entries()) {
    const encoded = Buffer.from(text ?? 'garbage');
    structs[4 * i] = encoded.length;
    if (encoded.length <= 12) bytes.set(encoded, 16 * i + 4);
    else {
      bytes.set(encoded.subarray(0, 4), 16 * i + 4);
      structs[4 * i + 2] = texts.indexOf(text);
    }
  }
  return structs;
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const written = fc.record({
  s: nullable(text),
  f: nullable(fc.double({ noNaN: true })),
  g: nullable(fc.maxSafeInteger()),
  c: nullable(fc.integer()),
  b: nullable(fc.boolean()),
  t: nullable(fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })),
});
type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

const number = (value: number) => (Object.is(value, -0) ? '-0.0' : String(value));
const cents = (value: number) =>
  `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(3, '0').replace(/..$/, '.$&')}`;
const texts = ({ s, f, g, c, b, t }: Written) => [
  s,
  f === null ? null : number(f),
  g === null ? null : String(g),
  c === null ? null : cents(c),
  b === null ? null : String(b),
  t === null ? null : t.toISOString(),
];
const quoted = (field: string | null) => (field === null ? '' : `"${field.replaceAll('"', '""')}"`);

test('random rows written as CSV and as NDJSON come back, whatever the strings hold', async () => {
  const types = { s: 'utf8', f: 'float64', g: 'int64', c: 'decimal(2)', b: 'bool', t: 'timestamp' } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 50 }), async (rows) => {
      const expected = rows.map(({ s, f, g, c, b, t }) => [
        s,
        f,
        g === null ? null : g + 0,
        c === null ? null : c + 0,
        b === null ? null : Number(b),
        t === null ? null : t.getTime(),
      ]);
      writeFileSync(at('r.csv'), `s,f,g,c,b,t\n${rows.map((row) => texts(row).map(quoted).join(',')).join('\n')}\n`);
      expect((await collect(await fileSource(at('r.csv'), { types }))).rows).toEqual(expected);
      const record = (row: Written) => {
        const [s, f, g, c, b, t] = texts(row);
        const infinite = f !== null && f !== undefined && !Number.isFinite(Number(f));
        return `{"s":${JSON.stringify(s)},"f":${infinite ? JSON.stringify(f) : f},"g":${g},"c":${c},"b":${b},"t":${JSON.stringify(t)}}`;
      };
      writeFileSync(at('r.ndjson'), rows.map(record).join('\n'));
      expect((await collect(await fileSource(at('r.ndjson'), { types }))).rows).toEqual(expected);
    }),
    { numRuns: 700 },
  );
});

test('struct dictionaries give every string one code, over any number of vectors', () => {
  const text = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'binary', minLength: 3, maxLength: 16 }));
  const vectors = fc.array(fc.array(nullable(text), { maxLength: 300 }), { maxLength: 5 });
  fc.assert(
    fc.property(vectors, (batches) => {
      const dictionary = new StructDictionary();
      for (const texts of batches) {
        const codes = new Int32Array(texts.length);
        const isNull = (i: number) => texts[i] === null;
        dictionary.encode(structsOf(texts), { from: 0, to: texts.length, isNull }, codes, 0, (i) => texts[i] as string);
        expect(texts.map((t, i) => (t === null ? null : dictionary.entries[codes[i] as number]))).toEqual(texts);
      }
      expect(new Set(dictionary.entries).size).toBe(dictionary.entries.length);
    }),
    { numRuns: 200 },
  );
});

test('a dictionary that has grown large starts anew and leaves the old one alone', () => {
  const dictionary = new Dictionary();
  for (let i = 0; i < 5000; i++) dictionary.codeOf(`s${i}`);
  const old = dictionary.entries;
  expect(dictionary.renew()).toBe(true);
  expect(dictionary.codeOf('new')).toBe(0);
  expect([old.length, dictionary.entries]).toEqual([5000, ['new']]);
  expect(dictionary.renew()).toBe(false);
  expect(dictionary.codeOf('new')).toBe(0);
});
