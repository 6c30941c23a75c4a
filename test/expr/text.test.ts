// Functions of strings over edge values, in dictionary and in plain columns, as DuckDB computes them.
import { coalesce, col, concat, type Expr, lit, when } from '../../src/index.js';
import { type Case, Differential } from './differential.js';

const TEXTS = [
  null,
  '',
  ' ',
  'a',
  'abc',
  'ABC',
  'héllo',
  'é',
  'e\u0301x',
  '🦆',
  '🦆🦆b',
  ' a b ',
  '\ta\n',
  '\u00a0x\u2003',
  '\u3000é\u202f',
  '\0',
  'a\0b',
  'a%c',
  'a_c',
  "it's",
  '%',
  '_',
  'aXbXc',
  'aaa',
  'straße',
  'ÀÉÎ',
  'ŉ ǆ ﬁ',
  'ıİ',
  'ΑΣ σ',
  '\\',
  '\u{ffff}',
  '𝒳',
  'ab',
  'aab',
  'ba',
  'Ünïcödé',
  'x'.repeat(70),
  `${'é'.repeat(40)}z`,
  'abcabc',
  'xaby',
  '\u{10400}',
  'ﬀ',
  'ß',
];
const PARTS = ['', 'a', 'b', 'é', null, 'abc', '🦆', '%', '\u0301', 'X'];

let world: Differential;
beforeAll(async () => {
  world = await Differential.open({
    s: ['utf8', TEXTS],
    // Long and all different, so that they are packed plainly.
    p: ['utf8', TEXTS.map((text, i) => (text === null ? null : `${text}${i}`))],
    t: ['utf8', PARTS],
    k: ['int32', [0, 1, 2, -1, -2, 3, null, 5, -7, 100]],
    m: ['int32', [0, 1, 2, 3, null, 100, -1, -2]],
  });
});
afterAll(() => world.close());

const s = col('s');
const p = col('p');
const t = col('t');
const k = col('k');
const m = col('m');

/** Each case over a dictionary column and a plain one. */
const both = (cases: readonly (readonly [(text: Expr) => Expr, (sql: string) => string])[]): Promise<void> =>
  world.check(
    cases.flatMap(([expr, sql]): Case[] => [
      [expr(s), sql('s')],
      [expr(p), sql('p')],
    ]),
  );

it('length, case, spaces', () =>
  both([
    [(x) => x.length(), (x) => `length(${x})`],
    [(x) => x.lower(), (x) => `lower(${x})`],
    [(x) => x.upper(), (x) => `upper(${x})`],
    [(x) => x.trim(), (x) => `trim(${x})`],
    [(x) => x.trimStart(), (x) => `ltrim(${x})`],
    [(x) => x.trimEnd(), (x) => `rtrim(${x})`],
    [(x) => x.trim().upper().length(), (x) => `length(upper(trim(${x})))`],
  ]));

it('parts', () =>
  both(
    ['', 'a', 'é', 'abc', '🦆', '\0', '%', '\u{ffff}'].flatMap((part) => {
      const sql = `decode(from_hex('${Buffer.from(part).toString('hex')}'))`;
      return [
        [(x: Expr) => x.startsWith(part), (x: string) => `starts_with(${x}, ${sql})`],
        [(x: Expr) => x.endsWith(part), (x: string) => `ends_with(${x}, ${sql})`],
        [(x: Expr) => x.contains(part), (x: string) => `contains(${x}, ${sql})`],
      ] as const;
    }),
  ));

it('parts that are columns', () =>
  both([
    [(x) => x.startsWith(t), (x) => `starts_with(${x}, t)`],
    [(x) => x.endsWith(t), (x) => `ends_with(${x}, t)`],
    [(x) => x.contains(t), (x) => `contains(${x}, t)`],
    [(x) => x.like(t), (x) => `${x} LIKE t`],
    [(x) => lit('a%').append(x).like(x), (x) => `('a%' || ${x}) LIKE ${x}`],
  ]));

it.each([
  '',
  '%',
  '_',
  'a%',
  '%a',
  '%b%',
  'a_c',
  'a%c',
  '_%',
  '__',
  '%_é%',
  '%a%b',
  'a\\c',
  '%%',
  'é_%',
  '%🦆b',
  'abc',
  '_a_',
])('like %s', (pattern) => both([[(x) => x.like(pattern), (x) => `${x} LIKE '${pattern}'`]]));

it('slices', () =>
  both([
    [(x) => x.slice(0, 2), (x) => `substring(${x}, 1, 2)`],
    [(x) => x.slice(1), (x) => `substring(${x}, 2)`],
    [(x) => x.slice(-2), (x) => `substring(${x}, -2)`],
    [(x) => x.slice(-3, 2), (x) => `substring(${x}, -3, 2)`],
    [(x) => x.slice(1, -1), (x) => `substring(${x}, 2, -1)`],
    [(x) => x.slice(k, m), (x) => `substring(${x}, CASE WHEN k < 0 THEN k ELSE k + 1 END, m)`],
    [(x) => x.slice(k), (x) => `substring(${x}, CASE WHEN k < 0 THEN k ELSE k + 1 END)`],
  ]));

it('joined and replaced', () =>
  both([
    [(x) => x.concat(t), (x) => `concat(${x}, t)`],
    [(x) => x.concat('-', k, null, t), (x) => `concat(${x}, '-', k, NULL, t)`],
    [(x) => concat(lit(1.5), x), (x) => `concat(1.5::DOUBLE, ${x})`],
    [(x) => x.append(t), (x) => `${x} || t`],
    [(x) => x.replace('a', 'zz'), (x) => `replace(${x}, 'a', 'zz')`],
    [(x) => x.replace('', 'zz'), (x) => `replace(${x}, '', 'zz')`],
    [(x) => x.replace('aa', ''), (x) => `replace(${x}, 'aa', '')`],
    [(x) => x.replace(t, 'é'), (x) => `replace(${x}, t, 'é')`],
  ]));

it('parts between delimiters', () =>
  both([
    ...[0, 1, 2, 3, 9, -1, -2, -3, -9, 2 ** 31].flatMap((n) =>
      ['a', 'aa', '', 'é', '🦆'].map(
        (delimiter) =>
          [(x: Expr) => x.splitPart(delimiter, n), (x: string) => `split_part(${x}, '${delimiter}', ${n})`] as const,
      ),
    ),
    [(x) => x.splitPart(t, k), (x) => `split_part(${x}, t, k)`],
    [(x) => x.splitPart('b', k), (x) => `split_part(${x}, 'b', k)`],
    [(x) => x.splitPart(null, 1), (x) => `split_part(${x}, NULL, 1)`],
    [(x) => x.splitPart('\0', -1), (x) => `split_part(${x}, chr(0), -1)`],
  ]));

it('in conditions, and beside each other', () =>
  both([
    [
      (x) => when(x.length().gt(2)).then(x.upper()).otherwise(coalesce(x, 'none')),
      (x) => `CASE WHEN length(${x}) > 2 THEN upper(${x}) ELSE coalesce(${x}, 'none') END`,
    ],
    [(x) => x.lower().eq('abc').or(x.upper().gt('B')), (x) => `lower(${x}) = 'abc' OR upper(${x}) > 'B'`],
    [(x) => x.lower().isIn(['abc', 'é']), (x) => `lower(${x}) IN ('abc', 'é')`],
    [(x) => x.startsWith('a').not(), (x) => `NOT starts_with(${x}, 'a')`],
    [(x) => x.startsWith('a').isNull(), (x) => `starts_with(${x}, 'a') IS NULL`],
    [(x) => x.slice(0, 1).lt(t), (x) => `substring(${x}, 1, 1) < t`],
  ]));

it('groups and filters by what text comes to', async () => {
  for (const column of ['s', 'p']) {
    const query = world.sf
      .table('t')
      .filter(col(column).contains('a').or(col(column).length().lt(2)))
      .groupBy(col(column).upper().slice(0, 1).as('first'))
      .agg({ n: col('row').count(), longest: col(column).length().max() });
    const [shards, client] = [await query.collect({ side: 'shards' }), await query.collect({ side: 'client' })];
    expect(shards).toEqual(client);
    const theirs = await world.duck.rows(
      `SELECT substring(upper(${column}), 1, 1) f, count(*), max(length(${column})) FROM t
       WHERE contains(${column}, 'a') OR length(${column}) < 2 GROUP BY f ORDER BY f`,
    );
    expect(shards.map(({ first, n, longest }) => [first, n, longest])).toEqual(theirs);
  }
});
