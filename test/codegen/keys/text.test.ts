// Text of keys as values of every type: in the server, in JavaScript, and as DuckDB casts it.
import fc from 'fast-check';
import { parseText } from '../../../src/engine/keys/parse-text.js';
import type { KeyColumn, TimeUnit } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';
import { uniquePrefix } from '../../harness/cluster.js';
import { Duck } from '../../harness/oracle/duckdb.js';
import { sqlType } from '../../harness/oracle/sql.js';
import { keySource, Server, type Value } from './read.js';

type Asked = readonly [type: ColumnType, unit?: TimeUnit];

const ASKED: readonly Asked[] = [
  ['float64'],
  ['float32'],
  ['int32'],
  ['int64'],
  ['bool'],
  ['utf8'],
  ['timestamp'],
  ['date'],
  ['decimal(0)'],
  ['decimal(2)'],
  ['decimal(9)'],
  ['decimal(15)'],
  ['timestamp', 's'],
  ['timestamp', 'ms'],
  ['date', 's'],
  ['date', 'ms'],
];

const EDGES = [
  '',
  ' ',
  '5',
  ' 5 ',
  '5.5',
  '-5.5',
  '-0',
  '-0.0',
  '0',
  '+5',
  '.5',
  '5.',
  '.',
  '-',
  '--5',
  '5-',
  '1e3',
  '1E3',
  '1e',
  '1e400',
  '-1e400',
  '4.9e-324',
  '0x10',
  '0X1p4',
  '-0x10',
  ' 0x10',
  'nan',
  'NAN',
  '-nan',
  'inf',
  '-Infinity',
  'nan(1)',
  '1_000',
  '1,5',
  '5\0',
  '5\0x',
  '\0',
  '1.2.3',
  '1.005',
  '2.675',
  '-2.675',
  '0.1',
  '0.30000000000000004',
  '123456789',
  '1234567890',
  '2147483647',
  '2147483648',
  '-2147483648',
  '-2147483649',
  '999999999999999',
  '9999999999999999',
  '9007199254740992',
  '9007199254740993',
  '9007199254740992.4',
  '9007199254740992.5',
  '9007199254740991.5',
  '90071992547409.93',
  '-9007199254740992',
  '00000000000000000005',
  '000000005',
  '0.005',
  '0.0049',
  '99999999999.99',
  '9999999999999.99',
  '12345678901234567890',
  '1.7976931348623157e308',
  '16777217',
  '3.4028236e38',
  '1e39',
  'true',
  'TRUE',
  'True',
  't',
  'no',
  'on',
  '01',
  '2024-02-29',
  '2023-02-29',
  '2024-2-9',
  ' 2024-02-29',
  '2024-02-29 ',
  '02024-02-29',
  '12024-02-29',
  '-2024-02-29',
  '2024-02-29T12:34:56',
  '2024-02-29 12:34:56Z',
  '2024-02-29T12:34:56.789Z',
  '2024-02-29T12:34:56.7',
  '2024-02-29T12:34:56.7891',
  '2024-02-29T12:34:56.Z',
  '2024-02-29T12:34:56z',
  '2024-02-29T12:34',
  '2024-02-29T24:00:00',
  '2024-02-29T24:00:01',
  '2024-02-29T23:59:59',
  '2024-02-29T25:00:00',
  '2024-02-29T12:60:00',
  '2024-02-29T12:00:60',
  '2024-02-29t12:34:56',
  '2024-02-29  12:34:56',
  '2024-02-29T1:2:3',
  '2024-02-29T12:34:56+01:00',
  '2024-2-29 T12:34:56',
  '2024-2-29  12:34:56',
  '2024-02-29T12:34:56.789Zx',
  '2024-02-29T12:34:5a',
  '1700000000',
  '1700000000.5',
  '1700000000.1234',
  '1700000000123',
  '-1.5',
  '8640000000000',
  '8640000000000.001',
  '8640000000000001',
  '8640000000000000',
  'é',
  '\xe9',
  '🦆',
];

/** Characters of numbers and times, a few at a time, beside whole texts of them. */
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789.-+eExX nNaAiIfF_\t\0'), maxLength: 12 }),
  fc.double().map(String),
  fc.integer().map(String),
  fc.tuple(fc.integer(), fc.nat({ max: 99999 })).map(([whole, part]) => `${whole}.${part}`),
  fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.nat({ max: 18 }))
    .map(([minus, digits, places]) => {
      const text = String(digits).padStart(places + 1, '0');
      return `${minus ? '-' : ''}${text.slice(0, text.length - places)}.${text.slice(text.length - places)}`;
    }),
  fc.string({ unit: fc.constantFrom(...'0123456789.-:TZ '), maxLength: 26 }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc
    .tuple(fc.date({ noInvalidDate: true }), fc.nat({ max: 24 }), fc.constantFrom(...'0123456789.-:TZ a'))
    .map(([date, at, char]) => {
      const text = date.toISOString();
      return text.slice(0, at) + char + text.slice(at + 1);
    }),
);

let server: Server;
const tag = `{${uniquePrefix()}}`;
beforeAll(async () => {
  server = await Server.open();
});
afterAll(() => server.link.close());

const columns = ASKED.map(
  ([type, unit], i): KeyColumn => ({ name: `c${i}`, type, from: { of: 'field', field: 'f', ...(unit && { unit }) } }),
);

async function inServer(all: readonly Buffer[]): Promise<{ rows: Value[][]; unparsable: number }> {
  const keys = all.map((_, i) => `${tag}:${i}`);
  await Promise.all(all.map((text, i) => server.call('HSET', keys[i] as string, 'f', text)));
  return server.read(keySource('hashes', columns), keys);
}

/** Two nulls, two numbers of the same bits. */
const wrong = (all: readonly string[], a: readonly Value[][], b: readonly Value[][]): string[] =>
  all.flatMap((text, row) =>
    ASKED.flatMap(([type, unit], i) =>
      Object.is(a[row]?.[i], b[row]?.[i])
        ? []
        : [`${JSON.stringify(text)} as ${type} ${unit ?? ''}: ${a[row]?.[i]} and ${b[row]?.[i]}`],
    ),
  );

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

function inJavaScript(all: readonly Buffer[]): { rows: Value[][]; unparsable: number } {
  const parsers = ASKED.map(([type, unit]) => parseText(type, unit));
  const found = all.map((text) => parsers.map((parse) => parse(text.toString('latin1'))));
  const unparsable = found.flat().filter((value) => value === undefined).length;
  return { rows: found, unparsable };
}

const TIME = /^ *\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,3})?)?Z?)?$/;

/** Whether casts differ from DuckDB's by one of the rules of docs/semantics.md (seen, one by one, in test/expr/deviations.test.ts). */
function isStated(type: ColumnType, text: string, [our, their]: readonly unknown[]): boolean {
  if (type === 'timestamp' || type === 'date') return !TIME.test(text) || (type === 'date' && text.includes(':'));
  // DuckDB takes an exponent without digits where a space follows: '664E ' is 664, '664E' is none.
  if (/_|0x|nan\(|[-+]\s*$|e\s+$/i.test(text) || (type.startsWith('decimal') && /e/i.test(text))) return true;
  return our === null && typeof their === 'bigint';
}

describe('text of keys', () => {
  it('is read alike in the server and here', async () => {
    const drawn = fc.sample(texts, 1500);
    const all = [...EDGES, ...drawn].map(bytes);
    const [there, here] = [await inServer(all), inJavaScript(all)];
    expect(wrong([...EDGES, ...drawn], there.rows, here.rows)).toEqual([]);
    expect(there.unparsable).toBe(here.unparsable);
  });

  it('is what DuckDB casts it to', async () => {
    const duck = await Duck.open();
    const all = [...EDGES, ...fc.sample(texts, 1500)];
    await duck.load({
      rows: all.length,
      chunkRows: 1,
      columns: [{ name: 'text', type: 'utf8', values: all, samples: [] }],
    });
    const plain = ASKED.flatMap(([type, unit], i) => (unit === undefined ? [{ type, i }] : []));
    const casts = plain.map(({ type }) => `TRY_CAST(text AS ${sqlType(type)})`);
    const theirs = await duck.rows(`SELECT ${casts.join(', ')} FROM t ORDER BY "#"`);
    const ours = inJavaScript(all.map(bytes)).rows;
    const differing: string[] = [];
    for (const [row, text] of all.entries()) {
      for (const [k, { type, i }] of plain.entries()) {
        const [a, b] = [ours[row]?.[i] ?? null, theirs[row]?.[k]];
        const their = type === 'utf8' ? bytes(text).toString('latin1') : b;
        if (!Object.is(a, their) && !isStated(type, text, [a, b]))
          differing.push(`${JSON.stringify(text)} as ${type}: ${a} instead of ${b}`);
      }
    }
    duck.close();
    expect(differing).toEqual([]);
  });
});
