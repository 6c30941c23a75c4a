/** Mistakes in SQL: what is said, where, and what to write instead. */

import { tooManyGroups, tooManyValues } from '../../src/engine/too-many.js';
import { ShardfoldError } from '../../src/errors.js';
import { failure } from '../../src/expr/runtime/failure.js';
import { inSql } from '../../src/sql/hints.js';
import type { SqlParameter } from '../../src/sql/plan.js';
import { RESERVED } from '../../src/sql/reserved.js';
import { quoted } from '../../src/sql/scope.js';
import { translated } from './tables.js';

async function errorOf(text: string, parameters: readonly SqlParameter[] = []): Promise<ShardfoldError> {
  try {
    await translated(text, parameters);
  } catch (error) {
    return error as ShardfoldError;
  }
  throw new Error(`no error: ${text}`);
}

/** `⟨` stands where the error is said to be, and is taken out before the text is read. */
type Case = readonly [
  text: string,
  code: string,
  message: string,
  hint: RegExp | undefined,
  parameters?: readonly SqlParameter[],
];

function check(cases: readonly Case[]): void {
  it.each(cases)('%s', async (...each) => {
    const [marked, code, message, hint, parameters] = each as unknown as Case;
    const at = marked.indexOf('⟨');
    const text = marked.replace('⟨', '');
    const error = await errorOf(text, parameters);
    const before = marked.slice(0, at).split('\n');
    const place = at === -1 ? undefined : { line: before.length, column: [...(before.at(-1) as string)].length + 1 };
    const [said = ''] = error.message.split('\n');
    const where = place ? `, line ${place.line}, column ${place.column}` : '';
    expect({ code: error.code, said, place: error.place }).toEqual({ code, said: message + where, place });
    if (hint) expect(error.hint).toMatch(hint);
    else expect(error.hint).toBeUndefined();
    expect(error.retryable).toBe(false);
  });
}

describe('syntax', () => {
  check([
    ['SELECT * ⟨FRM flights', 'SQL_SYNTAX', 'syntax error at or near "FRM"', /did you mean FROM/],
    ['SELECT *\nFROM flights\nWERE ⟨delay > 3', 'SQL_SYNTAX', 'syntax error at or near "delay"', /did you mean WHERE/],
    ["SELECT 'é🦆' FROM flights x ⟨y z", 'SQL_SYNTAX', 'syntax error at or near "y"', undefined],
    ["SELECT ⟨'abc FROM flights", 'SQL_SYNTAX', `unterminated quoted string at or near "'abc FROM flights"`, undefined],
    ['SELECT a FROM flights WHERE⟨', 'SQL_SYNTAX', 'syntax error at end of input', undefined],
    ['SELECT delay, ⟨FROM flights', 'SQL_SYNTAX', 'syntax error at or near "FROM"', /a comma too many/],
    ['SELECT * FROM ⟨`flights`', 'SQL_SYNTAX', 'syntax error at or near "`"', /double quotes/],
    ['SELECT * FROM flights WHERE delay > ?⟨', 'SQL_SYNTAX', 'syntax error at end of input', undefined],
    ['', 'SQL_SYNTAX', 'there is no statement in the text', /SELECT count/],
    ['-- nothing', 'SQL_SYNTAX', 'there is no statement in the text', /SELECT count/],
    ['SELECT ⟨\0 FROM flights', 'SQL_SYNTAX', 'a NUL character', undefined],
    ["SELECT '⟨\ud800' FROM flights", 'SQL_SYNTAX', 'half a surrogate pair', undefined],
    ['SELECT count(*⟨, 1) FROM flights', 'SQL_SYNTAX', 'syntax error at or near ","', undefined],
  ]);
});

describe('names', () => {
  check([
    ['SELECT * FROM ⟨flihgts', 'TABLE_NOT_FOUND', 'there is no table "flihgts"', /did you mean flights\?/],
    ['SELECT * FROM ⟨nowhere', 'TABLE_NOT_FOUND', 'there is no table "nowhere"', /lists them all/],
    ['SELECT * FROM ⟨mixed', 'TABLE_NOT_FOUND', '"mixed" may mean "Mixed" or "MIXED"', /quote the one/],
    ['SELECT ⟨dealy FROM flights', 'UNKNOWN_COLUMN', 'there is no column "dealy"', /did you mean "delay"\?/],
    ['SELECT ⟨f.dealy FROM flights f', 'UNKNOWN_COLUMN', 'there is no column "dealy"', /did you mean "delay"\?/],
    ['SELECT ⟨flights.delay FROM flights f', 'UNKNOWN_COLUMN', 'FROM names no table "flights"', /FROM names f/],
    ['SELECT ⟨g.* FROM flights f', 'UNKNOWN_COLUMN', 'FROM names no table "g"', /did you mean "f"\?|FROM names f/],
    ['SELECT delay FROM flights WHERE origin = ⟨"JFK"', 'UNKNOWN_COLUMN', 'there is no column "JFK"', /single quotes/],
    ['SELECT ⟨a FROM "MIXED"', 'UNKNOWN_COLUMN', 'there is no column "a"', /the columns are c|did you mean "c"/],
    [
      'SELECT ⟨delay FROM flights a JOIN flights b ON a.origin = b.origin',
      'SQL_SYNTAX',
      '"delay" may mean a.delay or b.delay',
      /write which one/,
    ],
    [
      'SELECT * FROM flights JOIN ⟨flights ON origin = origin',
      'SQL_SYNTAX',
      'two tables are called flights',
      /flights AS other/,
    ],
    ['SELECT delay AS x, ⟨origin AS x FROM flights', 'SQL_SYNTAX', 'two columns are called "x"', /AS other/],
    ['SELECT * FROM ⟨public.flights', 'SQL_UNSUPPORTED', 'a schema before a table is not supported', /write flights/],
    ['SELECT ⟨foo(delay) FROM flights', 'SQL_UNSUPPORTED', 'the function foo is not supported', /docs\/sql\.md/],
    ['SELECT ⟨rond(delay) FROM flights', 'SQL_UNSUPPORTED', 'the function rond is not supported', /did you mean round/],
    [
      'SELECT ⟨cuont(delay) FROM flights',
      'SQL_UNSUPPORTED',
      'the function cuont is not supported',
      /did you mean count/,
    ],
  ]);
});

describe('types', () => {
  check([
    ['SELECT * FROM flights\nWHERE origin ⟨> 3', 'TYPE_MISMATCH', 'origin > 3 compares utf8 with int32', /one type/],
    ['SELECT * FROM flights WHERE ⟨delay', 'TYPE_MISMATCH', 'WHERE needs a condition, and this is int32', /x > 0/],
    [
      'SELECT delay + (1 ⟨- origin) FROM flights',
      'TYPE_MISMATCH',
      'origin is utf8, and arithmetic needs numbers',
      /numeric/,
    ],
    [
      'SELECT max(delay) FROM flights HAVING ⟨max(delay)',
      'TYPE_MISMATCH',
      'HAVING needs a condition, and this is int32',
      /x > 0/,
    ],
    [
      'SELECT origin FROM flights UNION ALL SELECT ⟨elevation FROM airports',
      'TYPE_MISMATCH',
      'UNION joins "origin" (utf8) and "elevation" (float64)',
      /cast/,
    ],
    [
      "SELECT * FROM flights WHERE date = DATE ⟨'2001-02-30'",
      'SQL_SYNTAX',
      "'2001-02-30' is no date",
      /there is no day/,
    ],
    [
      "SELECT * FROM flights WHERE date = TIMESTAMP ⟨'noon'",
      'SQL_SYNTAX',
      "'noon' is no timestamp",
      /written '2001-02-03'/,
    ],
    [
      "SELECT delay ⟨+ INTERVAL '1 day' FROM flights",
      'TYPE_MISMATCH',
      'an interval is added to int32',
      /timestamp or a date/,
    ],
    ['SELECT date ⟨+ 1 FROM flights', 'TYPE_MISMATCH', 'timestamp + int32 means nothing', /INTERVAL/],
    [
      'SELECT * FROM flights WHERE ⟨delay IN (SELECT code FROM airports)',
      'TYPE_MISMATCH',
      'delay = code  compares int32 with utf8',
      /one type/,
    ],
  ]);
});

describe('aggregates', () => {
  check([
    ['SELECT * FROM flights WHERE ⟨sum(delay) > 3', 'SQL_SYNTAX', 'the aggregate sum stands in WHERE', /HAVING/],
    ['SELECT sum(⟨max(delay)) FROM flights', 'SQL_SYNTAX', 'the aggregate max stands in another aggregate', undefined],
    [
      'SELECT ⟨origin, count(*) FROM flights',
      'SQL_SYNTAX',
      'column "origin" is neither in GROUP BY nor in an aggregate',
      /max\(origin\)/,
    ],
    [
      'SELECT ⟨*, count(*) FROM flights GROUP BY origin',
      'SQL_SYNTAX',
      'column "date" is neither in GROUP BY nor in an aggregate',
      /GROUP BY/,
    ],
    [
      'SELECT origin FROM flights GROUP BY origin ORDER BY ⟨delay',
      'SQL_SYNTAX',
      'column "delay" is neither in GROUP BY nor in an aggregate',
      /GROUP BY/,
    ],
    ['SELECT count(*) FROM flights GROUP BY ⟨1', 'SQL_SYNTAX', 'GROUP BY names an aggregate', /columns/],
    ['SELECT origin FROM flights GROUP BY ⟨2', 'SQL_SYNTAX', 'GROUP BY names no column of the result', /from 1 to 1/],
    ['SELECT origin FROM flights ORDER BY ⟨0', 'SQL_SYNTAX', 'ORDER BY names no column of the result', /from 1 to 1/],
    [
      'SELECT DISTINCT origin FROM flights ORDER BY ⟨delay',
      'SQL_SYNTAX',
      'ORDER BY names what is not in the SELECT list',
      /DISTINCT/,
    ],
    ['SELECT ⟨sum(*) FROM flights', 'SQL_SYNTAX', 'sum(*) means nothing', /sum\(x\)/],
    [
      'SELECT ⟨sum(DISTINCT delay) FROM flights',
      'SQL_UNSUPPORTED',
      'DISTINCT within sum is not supported',
      /SELECT DISTINCT/,
    ],
    ['SELECT ⟨sum(delay, 1) FROM flights', 'SQL_SYNTAX', 'sum takes 1 argument, not 2', undefined],
    [
      'SELECT quantile_cont(delay, ⟨1.5) FROM flights',
      'SQL_SYNTAX',
      'the quantile is no constant between 0 and 1',
      /quantile_cont/,
    ],
    ['SELECT ⟨abs(delay) FILTER (WHERE delay > 0) FROM flights', 'SQL_SYNTAX', 'abs is no aggregate', undefined],
    [
      'SELECT count(*) FILTER (WHERE ⟨count(*) > 0) FROM flights',
      'SQL_SYNTAX',
      'the aggregate count stands in FILTER',
      undefined,
    ],
    [
      "SELECT ⟨string_agg(origin, ',') FROM flights",
      'SQL_UNSUPPORTED',
      'the aggregate string_agg is not supported',
      /collectList/,
    ],
    [
      'SELECT ⟨first(delay ORDER BY date) FROM flights',
      'SQL_UNSUPPORTED',
      'ORDER BY within first is not supported',
      /arg_min/,
    ],
    ['SELECT ⟨abs(delay, 1) FROM flights', 'SQL_SYNTAX', 'abs takes 1 argument, not 2', undefined],
    ['SELECT ⟨round(1, 2, 3) FROM flights', 'SQL_SYNTAX', 'round takes 1 to 2 arguments, not 3', undefined],
  ]);
});

describe('what is not supported', () => {
  check([
    ['⟨INSERT INTO flights VALUES (1)', 'SQL_UNSUPPORTED', 'INSERT is not supported', /append/],
    ['  ⟨DELETE FROM flights', 'SQL_UNSUPPORTED', 'DELETE is not supported', /only SELECT/],
    ['-- a\n⟨CREATE TABLE x AS SELECT * FROM flights', 'SQL_UNSUPPORTED', 'CREATE TABLE AS is not supported', /into/],
    [
      'SELECT delay FROM flights; ⟨SELECT 2',
      'SQL_UNSUPPORTED',
      'more than one statement is not supported',
      /one by one/,
    ],
    ['⟨SELECT 1', 'SQL_UNSUPPORTED', 'SELECT without FROM is not supported', /table/],
    ['SELECT * FROM flights, ⟨airports', 'SQL_UNSUPPORTED', 'a comma between tables is not supported', /JOIN/],
    ['SELECT * FROM flights CROSS JOIN ⟨airports', 'SQL_UNSUPPORTED', 'CROSS JOIN is not supported', /ON a\.x = b\.y/],
    [
      'SELECT * FROM flights RIGHT JOIN ⟨airports ON origin = code',
      'SQL_UNSUPPORTED',
      'RIGHT JOIN is not supported',
      /LEFT JOIN/,
    ],
    [
      'SELECT * FROM flights FULL JOIN ⟨airports ON origin = code',
      'SQL_UNSUPPORTED',
      'FULL JOIN is not supported',
      /INNER/,
    ],
    ['SELECT * FROM flights NATURAL JOIN ⟨airports', 'SQL_UNSUPPORTED', 'NATURAL JOIN is not supported', /USING/],
    [
      'SELECT * FROM flights JOIN airports ON delay ⟨> elevation',
      'SQL_UNSUPPORTED',
      'a join without equal columns is not supported',
      /ON a\.x = b\.y/,
    ],
    [
      'SELECT * FROM flights LEFT JOIN airports ON origin = code AND delay ⟨> 3',
      'SQL_UNSUPPORTED',
      'this condition in the ON of a LEFT JOIN is not supported',
      /WHERE/,
    ],
    [
      'SELECT sum(delay) OVER ⟨(PARTITION BY origin) FROM flights',
      'SQL_UNSUPPORTED',
      'OVER (window functions) is not supported',
      /subquery/,
    ],
    [
      'SELECT origin FROM flights GROUP BY ⟨ROLLUP (origin)',
      'SQL_UNSUPPORTED',
      'GROUP BY ROLLUP, CUBE or GROUPING SETS is not supported',
      /UNION ALL/,
    ],
    [
      'SELECT DISTINCT ON (⟨origin) origin FROM flights',
      'SQL_UNSUPPORTED',
      'DISTINCT ON is not supported',
      /first\(x\)/,
    ],
    [
      'SELECT origin FROM flights EXCEPT SELECT ⟨code FROM airports',
      'SQL_UNSUPPORTED',
      'EXCEPT is not supported',
      /NOT EXISTS/,
    ],
    [
      '⟨WITH RECURSIVE c AS (SELECT * FROM flights) SELECT * FROM c',
      'SQL_UNSUPPORTED',
      'WITH RECURSIVE is not supported',
      /each step/,
    ],
    ['VALUES (⟨1)', 'SQL_UNSUPPORTED', 'VALUES is not supported', /createTable/],
    ['SELECT * FROM flights ⟨FOR UPDATE', 'SQL_UNSUPPORTED', 'FOR UPDATE is not supported', /one version/],
    ["SELECT 'é' FROM flights\n⟨for  no key update", 'SQL_UNSUPPORTED', 'FOR UPDATE is not supported', /one version/],
    [
      'SELECT * FROM flights f, (SELECT ⟨delay FROM flights) g',
      'SQL_UNSUPPORTED',
      'a comma between tables is not supported',
      /JOIN/,
    ],
    ['SELECT * INTO ⟨x FROM flights', 'SQL_UNSUPPORTED', 'SELECT INTO is not supported', /into/],
    [
      'SELECT * FROM ⟨generate_series(1, 2)',
      'SQL_UNSUPPORTED',
      'the function generate_series in FROM is not supported',
      /hashes, strings/,
    ],
    [
      'SELECT * FROM flights WHERE delay ⟨IN (SELECT 1 FROM airports) OR true',
      'SQL_UNSUPPORTED',
      'IN (SELECT …) here is not supported',
      /AND/,
    ],
    [
      'SELECT * FROM flights WHERE ⟨EXISTS (SELECT 1 FROM airports)',
      'SQL_UNSUPPORTED',
      'EXISTS of a subquery that does not depend on the row is not supported',
      /equals/,
    ],
    [
      'SELECT * FROM flights WHERE delay > ⟨(SELECT elevation FROM airports)',
      'SQL_UNSUPPORTED',
      'a subquery that may give several rows, where a value is needed, is not supported',
      /max\(x\)/,
    ],
    ["SELECT origin ⟨~ 'J' FROM flights", 'SQL_UNSUPPORTED', 'the operator ~ is not supported', /LIKE/],
    ['SELECT delay ⟨// 2 FROM flights', 'SQL_UNSUPPORTED', 'the operator // is not supported', /div\(a, b\)/],
    ["SELECT origin ⟨SIMILAR TO 'J' FROM flights", 'SQL_UNSUPPORTED', 'SIMILAR TO is not supported', /LIKE/],
    ['SELECT delay::⟨smallint FROM flights', 'SQL_UNSUPPORTED', 'the type int2 is not supported', /integer/],
    [
      'SELECT delay::⟨numeric FROM flights',
      'SQL_UNSUPPORTED',
      'this numeric type is not supported',
      /numeric\(18, 2\)/,
    ],
    ['SELECT delay::⟨json FROM flights', 'SQL_UNSUPPORTED', 'the type json is not supported', /the types are/],
    ['SELECT ⟨extract(week FROM date) FROM flights', 'SQL_UNSUPPORTED', 'EXTRACT of week is not supported', /year/],
    [
      "SELECT ⟨date_trunc('fortnight', date) FROM flights",
      'SQL_UNSUPPORTED',
      "the unit 'fortnight' is not supported",
      /week/,
    ],
    ["SELECT ⟨INTERVAL '1 day' FROM flights", 'SQL_UNSUPPORTED', 'an INTERVAL by itself is not supported', /now\(\)/],
    [
      "SELECT date + INTERVAL ⟨'soon' FROM flights",
      'SQL_UNSUPPORTED',
      "the interval 'soon' is not supported",
      /90 days/,
    ],
    ['SELECT ⟨ARRAY[1] FROM flights', 'SQL_UNSUPPORTED', 'an array is not supported', /ANY/],
    [
      'SELECT ⟨99999999999999999999 FROM flights',
      'SQL_UNSUPPORTED',
      '99999999999999999999 is too large for an integer',
      /1e20/,
    ],
    ['SELECT origin ⟨COLLATE "C" FROM flights', 'SQL_UNSUPPORTED', 'COLLATE is not supported', /UTF-8/],
    [
      "SELECT ⟨position('a' IN origin) FROM flights",
      'SQL_UNSUPPORTED',
      'the function position is not supported',
      /contains/,
    ],
    ['SELECT ⟨current_user FROM flights', 'SQL_UNSUPPORTED', 'this value of the session is not supported', /now\(\)/],
    ['SELECT * FROM flights LIMIT ⟨1.5', 'SQL_SYNTAX', 'LIMIT takes a whole number from 0', /LIMIT 10/],
    ['SELECT * FROM flights LIMIT ⟨-1', 'SQL_SYNTAX', 'LIMIT takes a whole number from 0', /LIMIT 10/],
  ]);

  it('says so of texts that nest too deeply, and goes on', async () => {
    for (const text of [
      `SELECT ${'('.repeat(20_000)}1`,
      `SELECT ${'1+'.repeat(20_000)}1 FROM flights`,
      `SELECT ${'NOT '.repeat(20_000)}true FROM flights`,
    ]) {
      expect(await errorOf(text)).toMatchObject({
        code: 'SQL_UNSUPPORTED',
        message: expect.stringContaining('nested'),
      });
    }
    await translated('SELECT * FROM flights');
  });
});

describe('hints', () => {
  it('name columns so that the parser finds them', async () => {
    const hint = "cast one of them: col('Net \"Price').cast('utf8')";
    expect(inSql(new ShardfoldError('TYPE_MISMATCH', 'x', { hint }))).toMatchObject({
      hint: 'cast one of them: CAST("Net ""Price" AS text)',
    });
    expect([quoted('net_1'), quoted('Net'), quoted('net 1')]).toEqual(['net_1', '"Net"', '"net 1"']);
    for (const name of ['value', 'time', 'day', 'timestamp', 'values', ...RESERVED]) {
      const message = expect.stringContaining(`there is no column "${name}"`);
      expect(await errorOf(`SELECT NOT isnan(${quoted(name)}) FROM flights`)).toMatchObject({ message });
      const bare = await translated(`SELECT NOT isnan(${name}) FROM flights`).catch(({ message }) => message);
      expect([name, String(bare).includes(`there is no column "${name}"`)]).toEqual([name, !RESERVED.has(name)]);
    }
  });

  check([
    [
      'SELECT ⟨contains(delay, 3) FROM flights',
      'TYPE_MISMATCH',
      'contains(delay, 3) takes text, and delay is int32',
      /^cast it: CAST\(x AS text\)$/,
    ],
    [
      "SELECT ⟨date_trunc('day', origin) FROM flights",
      'TYPE_MISMATCH',
      "truncate(origin, 'day') takes times, not utf8",
      /^cast text to one: CAST\(x AS timestamp\)$/,
    ],
    [
      'SELECT ⟨coalesce(delay, origin) FROM flights',
      'TYPE_MISMATCH',
      'coalesce(delay, origin) mixes int32 and utf8',
      /CAST\(x AS …\)$/,
    ],
    [
      'SELECT ⟨CASE WHEN delay THEN 1 END FROM flights',
      'TYPE_MISMATCH',
      'delay is int32, where a condition is needed',
      /^compare it: x > 0, x = …, x IS NOT NULL$/,
    ],
    ['SELECT ⟨delay IS TRUE FROM flights', 'TYPE_MISMATCH', 'IS TRUE needs a condition, and this is int32', /x > 0/],
    [
      "SELECT * FROM airports WHERE fee ⟨= 'abc'",
      'TYPE_MISMATCH',
      "fee = 'abc' compares decimal(2) with text that is no number",
      /'12\.50'/,
    ],
    [
      "SELECT * FROM airports WHERE since ⟨= 'abc'",
      'TYPE_MISMATCH',
      "since = 'abc' compares date with text that is no time",
      /'2001-02-03'/,
    ],
    [
      "SELECT * FROM flights WHERE delay IN (1, ⟨'2')",
      'TYPE_MISMATCH',
      "delay = '2' compares int32 with utf8",
      /one type/,
    ],
    ['SELECT origin FROM flights ⟨LIMIT 5,10', 'SQL_SYNTAX', 'LIMIT #,# syntax is not supported', /LIMIT 10 OFFSET 5/],
    ['⟨show tables', 'SQL_UNSUPPORTED', 'SHOW is not supported', /shardfold tables/],
    ['show columns ⟨from flights', 'SQL_SYNTAX', 'syntax error at or near "from"', /\\d NAME/],
    ['⟨describe flights', 'SQL_SYNTAX', 'syntax error at or near "describe"', /shardfold sql "\\d flights"/],
    ['⟨desc flights', 'SQL_SYNTAX', 'syntax error at or near "desc"', /\\d flights at the prompt/],
    [
      '⟨EXPLAIN ANALYZE SELECT delay FROM flights',
      'SQL_UNSUPPORTED',
      'EXPLAIN with ANALYZE is not supported',
      /receipt/,
    ],
    [
      'SELECT origin FROM flights UNION ALL SELECT ⟨code, elevation FROM airports',
      'SQL_SYNTAX',
      'the first SELECT of the UNION gives 1 column, and this one 2',
      /as many/,
    ],
    [
      'SELECT code, (SELECT count(*) FROM flights f WHERE f.origin = ⟨a.code) FROM airports a',
      'SQL_UNSUPPORTED',
      'a subquery that refers here to the query around it is not supported',
      /join the subquery in FROM/,
    ],
  ]);

  it('of the rooms below are in SQL', () => {
    const failures = ['sqrt', 'logzero', 'angle'].map((what) => failure('OUT_OF_RANGE', what));
    const others = [failure('NUMERIC_OVERFLOW', 'int32'), failure('CAST_FAILED', 'int32', 'x')];
    const many = [tooManyGroups({ keys: ['a'], maxGroups: 9 }), tooManyValues(9)];
    const errors = [...failures, ...others, ...many].map((error) => inSql(error) as ShardfoldError);
    for (const { hint } of errors) expect(hint).not.toMatch(/col\(|\.\w+\(|when\(|tryCast|\{|[a-z][A-Z]/);
    expect(errors.slice(0, 5).map(({ hint }) => hint)).toEqual([
      'keep such rows out: CASE WHEN x >= 0 THEN sqrt(x) END',
      'keep such rows out: CASE WHEN x > 0 THEN ln(x) END',
      'keep such rows out with CASE WHEN … THEN … END',
      'divide first (x / 1 is a double precision), or cast to it: CAST(x AS double precision)',
      'TRY_CAST(x AS …) gives null for what does not fit',
    ]);
  });
});

describe('parameters', () => {
  const hint = /values follow the text|takes|array|number/;
  check([
    [
      'SELECT * FROM flights WHERE delay > ⟨$2',
      'INVALID_ARGUMENT',
      '$2 has no value: 1 parameter was given',
      hint,
      [1],
    ],
    ['SELECT * FROM flights WHERE delay > ⟨$1', 'INVALID_ARGUMENT', '$1 has no value: 0 parameters were given', hint],
    ['SELECT * FROM flights WHERE delay > ⟨$1', 'INVALID_ARGUMENT', '$1 is a list of values', /ANY/, [[1, 2]]],
    ['SELECT * FROM flights WHERE delay = ANY(⟨$1)', 'INVALID_ARGUMENT', 'ANY and ALL take a list', /array/, [1]],
    ['SELECT * FROM flights', 'INVALID_ARGUMENT', 'the text does not mention $1', /no more/, [1]],
    [
      'SELECT * FROM flights WHERE date > ⟨$1',
      'INVALID_ARGUMENT',
      '$1 is an invalid Date',
      hint,
      [new Date(Number.NaN)],
    ],
    ['SELECT * FROM flights WHERE date > ⟨$1', 'INVALID_ARGUMENT', '$1 is an object', hint, [{} as unknown as string]],
    [
      'SELECT * FROM flights WHERE date > ⟨$1',
      'INVALID_ARGUMENT',
      '$1 is undefined',
      hint,
      [undefined as unknown as null],
    ],
  ]);
});

describe('the line that is shown', () => {
  it('has a caret under the place, with wide characters and tabs before it', async () => {
    const { message } = await errorOf('SELECT\n\tdelay AS "日本", dealy FROM flights\nLIMIT 1');
    expect(message).toBe(
      'there is no column "dealy", line 2, column 17\n  \tdelay AS "日本", dealy FROM flights\n  \t                 ^',
    );
  });

  it('is cut around the place where it is long', async () => {
    const { message } = await errorOf(
      `SELECT ${'delay, '.repeat(50)}dealy, ${'delay, '.repeat(50)}origin FROM flights`,
    );
    const [, line = '', caret = ''] = message.split('\n');
    expect(line).toMatch(/^ {2}….*dealy.*…$/);
    expect(line.length).toBeLessThan(110);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^dealy/);
  });
});
