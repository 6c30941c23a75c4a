// Keys in FROM: what plan a statement becomes, and what is said of mistakes.

import type { ShardfoldError } from '../../src/errors.js';
import type { KeyShape } from '../../src/plan/keys/make-source.js';
import type { KeyKind, KeySource } from '../../src/plan/keys/source.js';
import {
  hashesSource,
  jsonSource,
  keysSource,
  listSource,
  packedSource,
  setSource,
  stringsSource,
  zsetSource,
} from '../../src/query/keys.js';
import type { SqlParameter } from '../../src/sql/plan.js';
import { translate } from '../../src/sql/translate.js';
import { catalog } from './tables.js';

const asked: string[] = [];
const SAMPLED: Readonly<Record<string, KeyShape>> = {
  'hashes order:*': { columns: [{ name: 'price', type: 'float64', from: { field: 'price' } }] },
  'strings n:*': { value: { type: 'int64' } },
  'hashes p:*': {
    columns: [
      { name: 'price', type: 'utf8', from: { field: 'price' } },
      { name: 'total', type: 'utf8', from: { field: 'Unit Price' } },
      { name: 'zip', type: 'int64', from: { field: 'zip' } },
    ],
  },
  'json p:*': { columns: [{ name: 'x', type: 'utf8', from: { path: ['a', 'b', 0] } }] },
  'strings p:*': { value: { type: 'utf8' } },
};
const withSamples = {
  ...catalog,
  keyColumns: async (kind: KeyKind, pattern: string) => {
    asked.push(`${kind} ${pattern}`);
    return SAMPLED[`${kind} ${pattern}`];
  },
};
const planOf = async (text: string, parameters: readonly SqlParameter[] = []) =>
  (await translate(text, parameters, withSamples)).plan;

const keys = (source: KeySource) => ({ kind: 'keys', source });

describe('sources', () => {
  const cases: readonly (readonly [sql: string, source: KeySource, parameters?: readonly SqlParameter[]])[] = [
    [
      `hashes('order:*', 'price float64, qty int32, region utf8, total decimal(2) field "Unit Price"')`,
      hashesSource('order:*', {
        price: 'float64',
        qty: 'int32',
        region: 'utf8',
        total: { field: 'Unit Price', type: 'decimal(2)' },
      }),
    ],
    [
      `HASHES ('o:*', '"a ""b""" double precision , Big bigint field x:y, at timestamp(s),d numeric(18, 2), t text, v varchar(20)', 'STRICT')`,
      hashesSource(
        'o:*',
        {
          'a "b"': 'float64',
          Big: { field: 'x:y', type: 'int64' },
          at: 'timestamp(s)',
          d: 'decimal(2)',
          t: 'utf8',
          v: 'utf8',
        },
        { strict: true },
      ),
    ],
    [`hashes($1, $2, $3)`, hashesSource('o:*', { x: 'bool' }, { strict: true }), ['o:*', 'x boolean', 'strict']],
    [
      `json('d:*', 'city utf8, price float64 path lines[0].price, q int32 path ["a,b"][''c]''], r real path x . y')`,
      jsonSource('d:*', {
        city: 'utf8',
        price: { path: ['lines', 0, 'price'], type: 'float64' },
        q: { path: ['a,b', 'c]'], type: 'int32' },
        r: { path: ['x ', ' y'], type: 'float32' },
      }),
    ],
    [`"json"('d:*', 'x date')`, jsonSource('d:*', { x: 'date' })],
    [`json_strings('d:*', 'x date')`, jsonSource('d:*', { x: 'date' })],
    [`strings('n:*', 'int8')`, stringsSource('n:*', 'int64')],
    [`strings('n:*', 'timestamp(ms)', NULL)`, stringsSource('n:*', 'timestamp(ms)')],
    [`list('q:*', 'text', 'strict')`, listSource('q:*', 'utf8', { strict: true })],
    [`packed('v:*', 'uint16')`, packedSource('v:*', 'uint16')],
    [`zset('b:*')`, zsetSource('b:*')],
    [`set('t:*')`, setSource('t:*')],
    [`"set"('t:*'::text)`, setSource('t:*')],
    [`set_members('t:*')`, setSource('t:*')],
    [`keys('*')`, keysSource('*')],
    // Without a second argument the keys are asked.
    [`hashes('order:*')`, hashesSource('order:*', { price: 'float64' })],
    [`hashes('order:*', NULL, 'strict')`, hashesSource('order:*', { price: 'float64' }, { strict: true })],
    [`strings('n:*')`, stringsSource('n:*', 'int64')],
  ];
  it.each(cases)('%s', async (...each) => {
    const [sql, source, parameters] = each as unknown as (typeof cases)[number];
    expect(await planOf(`SELECT * FROM ${sql}`, parameters)).toEqual(keys(source));
  });

  it('a schema that is known goes before a sample', async () => {
    asked.length = 0;
    const shapes = (kind: KeyKind, pattern: string): KeyShape | undefined =>
      kind === 'hashes' && pattern === 'order:*'
        ? { columns: [{ name: 'x', type: 'bool', from: { field: 'y' } }] }
        : undefined;
    const { plan } = await translate(`SELECT * FROM hashes('order:*')`, [], withSamples, shapes);
    expect(plan).toEqual(keys(hashesSource('order:*', { x: { field: 'y', type: 'bool' } })));
    await translate(`SELECT * FROM strings('n:*')`, [], withSamples, shapes);
    expect(asked).toEqual(['strings n:*']);
  });
});

describe('columns', () => {
  const scan = keys(hashesSource('o:*', { price: 'float64', type: 'utf8' }));
  const from = `FROM hashes('o:*', 'price float64, type text')`;
  const column = (name: string) => ({ kind: 'column', name });
  const select = (input: unknown, ...names: string[]) => ({
    kind: 'select',
    input,
    columns: names.map((name) => ({ name, node: column(name) })),
  });

  it('what is known of keys is there by name, and in no star', async () => {
    const all = select(scan, 'key', 'price', 'type', 'ttl');
    expect(await planOf(`SELECT * ${from}`)).toEqual(scan);
    expect(await planOf(`SELECT key, type ${from}`)).toEqual(select(scan, 'key', 'type'));
    expect(await planOf(`SELECT ttl, price ${from} h`)).toEqual(select(all, 'ttl', 'price'));
    expect(await planOf(`SELECT h.* ${from} h WHERE h.TTL IS NULL`)).toEqual(
      select(
        { kind: 'filter', input: all, predicate: { kind: 'isNull', arg: column('ttl'), negated: false } },
        'key',
        'price',
        'type',
      ),
    );
  });

  it('an alias names the columns that are shown', async () => {
    const { columns } = await translate(`SELECT *, ttl ${from} AS t(k, p) WHERE t.p > 1 ORDER BY k`, [], withSamples);
    expect(columns).toEqual([
      { name: 'k', type: 'utf8' },
      { name: 'p', type: 'float64' },
      { name: 'type', type: 'utf8' },
      { name: 'ttl', type: 'int64' },
    ]);
  });

  it('the function names the table; columns that are shown go before hidden ones; joins carry them', async () => {
    const { columns } = await translate(
      `SELECT hashes.price, type, hashes.shard, k.memory, ttl FROM hashes('o:*', 'price float64, shard text') JOIN keys('*') k USING (key)
       WHERE k.ttl > 5 AND hashes.slot < 100`,
      [],
      withSamples,
    );
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'price float64',
      'type utf8',
      'shard utf8',
      'memory int64',
      'ttl int64',
    ]);
  });

  it('USING names hidden ones, too', async () => {
    const { columns } = await translate(`SELECT a.price ${from} a JOIN keys('*') b USING (SLOT)`, [], withSamples);
    expect(columns.map(({ name }) => name)).toEqual(['price']);
  });

  it('in subqueries, WITH and EXISTS', async () => {
    const text = `WITH o AS (SELECT key, ttl ${from}) SELECT split_part(key, ':', 1) AS prefix, count(*) AS n FROM o
      WHERE EXISTS (SELECT 1 FROM zset('b:*') b WHERE b.member = o.key) AND ttl < (SELECT max(ttl) FROM keys('*')) GROUP BY 1 ORDER BY n`;
    const { columns } = await translate(text, [], withSamples);
    expect(columns.map(({ name }) => name)).toEqual(['prefix', 'n']);
  });
});

/** `⟨` stands where the error is said to be. */
const WRONG: readonly (readonly [
  from: string,
  code: string,
  message: RegExp,
  hint: RegExp,
  parameters?: readonly SqlParameter[],
])[] = [
  ["⟨hashe('o:*', 'x int')", 'SQL_UNSUPPORTED', /the function hashe in FROM/, /did you mean hashes/],
  ["⟨pg_catalog.keys('*')", 'SQL_UNSUPPORTED', /the function pg_catalog\.keys/, /keys come from/],
  ['⟨hashes()', 'SQL_SYNTAX', /hashes takes 1 to 3 arguments, not 0/, /e\.g\./],
  ["⟨zset('a', 'b')", 'SQL_SYNTAX', /zset takes 1 argument, not 2/, /e\.g\./],
  ["⟨packed('a', 'float64', 'strict')", 'SQL_SYNTAX', /packed takes 1 to 2/, /e\.g\./],
  ['zset(⟨3)', 'INVALID_ARGUMENT', /no constant text/, /order/],
  ["zset('a' ⟨|| 'b')", 'INVALID_ARGUMENT', /no constant text/, /order/],
  ['⟨zset(NULL)', 'INVALID_ARGUMENT', /the pattern is null/, /order/],
  ["zset(⟨'')", 'INVALID_ARGUMENT', /the pattern is empty/, /glob/],
  ['zset(⟨$1)', 'INVALID_ARGUMENT', /the pattern is empty/, /glob/, ['']],
  ["hashes('o:*', 'é text, price ⟨flaot64')", 'INVALID_ARGUMENT', /"flaot64" is no column type/, /write float64/],
  ["hashes('o:*', 'a''b text, price ⟨numeric(5)')", 'INVALID_ARGUMENT', /how many places/, /numeric\(18, 2\)/],
  ["hashes('o:*', ⟨E'a text,\\n price x')", 'INVALID_ARGUMENT', /"x" is no column type/, /one of/],
  ["hashes('o:*', 'a text,\n  price ⟨x')", 'INVALID_ARGUMENT', /"x" is no column type/, /one of/],
  ["hashes('o:*', 'a⟨')", 'INVALID_ARGUMENT', /column "a" has no type/, /e\.g\. 'price/],
  ["hashes('o:*', 'a ⟨(2)')", 'INVALID_ARGUMENT', /column "a" has no type/, /e\.g\. 'price/],
  ["hashes('o:*', 'a text, ⟨, b text')", 'INVALID_ARGUMENT', /a column has no name/, /e\.g\./],
  ["hashes('o:*', '⟨')", 'INVALID_ARGUMENT', /a column has no name/, /e\.g\./],
  ["hashes('o:*', 'a text ⟨\"b\" int')", 'INVALID_ARGUMENT', /followed by something else/, /a comma/],
  ["hashes('o:*', 'a text ⟨path b')", 'INVALID_ARGUMENT', /followed by something else/, /field/],
  ["json('o:*', 'a text path ⟨b[x]')", 'INVALID_ARGUMENT', /"b\[x\]" is no path/, /lines/],
  ["json('o:*', 'a text ⟨field b')", 'INVALID_ARGUMENT', /followed by something else/, /path/],
  ["hashes('o:*', ⟨'a text, a int')", 'INVALID_ARGUMENT', /two columns are called "a"/, /another name/],
  ["hashes('o:*', ⟨'key text')", 'INVALID_ARGUMENT', /"key" is the name of the key/, /field: 'key'/],
  ["strings('o:*', '⟨int63')", 'INVALID_ARGUMENT', /"int63" is no column type/, /write int/],
  ["packed('o:*', '⟨uint9')", 'INVALID_ARGUMENT', /"uint9" is no type of packed/, /did you mean 'uint8'/],
  ["hashes('o:*', 'a text', ⟨'strickt')", 'INVALID_ARGUMENT', /third argument is not strict/, /'strict'/],
  ["⟨hashes('none:*')", 'INVALID_ARGUMENT', /no hashes match 'none:\*'/, /hashes\('none:\*', 'price float64/],
  ["⟨json('none:*')", 'INVALID_ARGUMENT', /no strings of JSON objects match 'none:\*'/, /json\('none:\*', 'city/],
  ["⟨keys('a') WITH ORDINALITY", 'SQL_UNSUPPORTED', /WITH ORDINALITY/, /no order/],
  ["ROWS FROM (⟨keys('a'))", 'SQL_UNSUPPORTED', /ROWS FROM/, /one function/],
  ["⟨hashes('a') AS t(price float8)", 'SQL_UNSUPPORTED', /list of columns with types/, /second argument/],
  ["⟨zset('a') AS t(a, b, c, d)", 'SQL_SYNTAX', /t has 3 columns, and the alias names 4/, /^$/],
];

// The sample takes "Unit Price" and zip for something else than the statement does.
it.each([
  [
    "sum(price) FROM hashes('p:*')",
    "the type of price can be named: hashes('p:*', 'price float64'); or aggregate another column",
  ],
  ["total FROM hashes('p:*') WHERE total > 3", `hashes('p:*', 'total float64 field "Unit Price"'); or `],
  ["price FROM hashes('p:*') h WHERE DATE '2026-01-01' < h.price", "hashes('p:*', 'price timestamp'); or "],
  ["price FROM hashes('p:*') WHERE zip = 'x' || key", "hashes('p:*', 'zip utf8'); or "],
  [
    "key FROM json('p:*') JOIN hashes('p:*') h USING (key) WHERE abs(x) > 1",
    "json('p:*', 'x float64 path a.b[0]'); or ",
  ],
  ["avg(v) FROM strings('p:*') AS s(k, v)", "strings('p:*', 'float64'); or "],
])('%s: the hint names a type that was guessed', async (text, hint) => {
  const error = await planOf(`SELECT ${text}`).then(String, (thrown: ShardfoldError) => thrown);
  expect(error).toMatchObject({ code: 'TYPE_MISMATCH', hint: expect.stringContaining(hint) });
  const named = /, '(.*)'\); or/.exec(hint)?.[1] ?? '';
  const said = await planOf(`SELECT ${text.replace("'p:*')", `'p:*', '${named}')`)}`).catch(
    (thrown: ShardfoldError) => thrown,
  );
  expect(said).not.toMatchObject({ code: 'TYPE_MISMATCH' });
});

it.each(WRONG)('FROM %s is refused', async (...each) => {
  const [marked, code, message, hint, parameters] = each as unknown as (typeof WRONG)[number];
  const whole = `SELECT * FROM ${marked}`;
  const error = await planOf(whole.replace('⟨', ''), parameters).then(
    () => undefined,
    (thrown: ShardfoldError) => thrown,
  );
  const before = whole.slice(0, whole.indexOf('⟨')).split('\n');
  expect(error).toMatchObject({
    code,
    place: { line: before.length, column: [...(before.at(-1) as string)].length + 1 },
  });
  expect(error?.message).toMatch(message);
  expect(error?.hint ?? '').toMatch(hint);
});
