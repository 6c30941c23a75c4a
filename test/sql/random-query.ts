/** Random statements. Where rows are cut, they are ordered by all columns, so that there is one answer. */
import type { Draw } from '../harness/oracle/draw.js';
import { type Names, SqlExpr } from '../harness/oracle/sql-expr.js';
import { OF_T, WITH_U } from './random.js';

const FROM_T = { from: 't', names: OF_T };
const JOINED = [
  'FROM t JOIN u ON t.i = u.k',
  'FROM t LEFT JOIN u ON u.k = t.i',
  'FROM t JOIN u ON t.i = u.k AND t.x > u.w',
  'FROM t LEFT JOIN u ON t.s = u.word AND u.w > 0',
];

interface Source {
  /** `FROM …`. */
  readonly clause: string;
  readonly names: Names;
}

function source(draw: Draw): Source {
  if (draw.chance(0.25)) return { clause: draw.pick(JOINED), names: WITH_U };
  return { clause: `FROM ${FROM_T.from}`, names: FROM_T.names };
}

export function drawQuery(draw: Draw): string {
  return draw.pick([rows, rows, groups, groups, distinct, union, nested, looked])(draw);
}

const list = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(', ');

function where(draw: Draw, expr: SqlExpr): string {
  return draw.chance(0.6) ? ` WHERE ${expr.bool(2)}` : '';
}

function order(draw: Draw, columns: number): string {
  if (draw.chance(0.4)) return '';
  const keys = list(columns, (i) => `${i + 1}${draw.pick(['', ' DESC', ' ASC NULLS FIRST', ' DESC NULLS LAST'])}`);
  const cut = draw.pick(['', ` LIMIT ${draw.int(0, 9)}`, ` LIMIT ${draw.int(1, 9)} OFFSET ${draw.int(0, 5)}`]);
  return ` ORDER BY ${keys}${cut}`;
}

function rows(draw: Draw): string {
  const { clause, names } = source(draw);
  const expr = new SqlExpr(draw, names);
  const columns = draw.int(1, 3);
  return `SELECT ${list(columns, (i) => `${expr.any(2)} AS c${i}`)} ${clause}${where(draw, expr)}${order(draw, columns)}`;
}

function distinct(draw: Draw): string {
  const { clause, names } = source(draw);
  const expr = new SqlExpr(draw, names);
  const columns = draw.int(1, 2);
  return `SELECT DISTINCT ${list(columns, (i) => `${expr.any(1)} AS c${i}`)} ${clause}${where(draw, expr)}${order(draw, columns)}`;
}

function aggregate(draw: Draw, expr: SqlExpr): string {
  const filter = draw.chance(0.25) ? ` FILTER (WHERE ${expr.bool(1)})` : '';
  const x = () => expr.number(1);
  return draw.pick([
    () => `count(*)${filter}`,
    () => `count(${expr.any(1)})${filter}`,
    () => `count(DISTINCT ${draw.pick([expr.whole(1), expr.text(0)])})${filter}`,
    () => `sum(${x()})${filter}`,
    () => `avg(${x()})${filter}`,
    () => `min(${draw.pick([x(), expr.text(1), expr.time(0)])})${filter}`,
    () => `max(${draw.pick([x(), expr.text(1), expr.time(0)])})${filter}`,
    () => `var_pop(${x()})${filter}`,
    () => `stddev(${x()})${filter}`,
    () => `median(CAST(${x()} AS double precision))${filter}`,
    () => `quantile_cont(CAST(${x()} AS double precision), ${draw.pick(['0.1', '0.5', '0.99'])})${filter}`,
    () => `bool_and(${expr.bool(1)})${filter}`,
    () => `bool_or(${expr.bool(1)})${filter}`,
    () => `(sum(${expr.whole(0)}) + count(*))`,
    () => `(max(${expr.whole(0)}) - min(${expr.whole(0)})) / 2`,
    () => `coalesce(sum(${expr.whole(1)}), 0)`,
  ])();
}

function groups(draw: Draw): string {
  const { clause, names } = source(draw);
  const expr = new SqlExpr(draw, names);
  const keys = draw.int(0, 2);
  const aggregates = draw.int(1, 3);
  const selected = [
    ...Array.from({ length: keys }, (_, i) => `${expr.any(draw.int(0, 1))} AS k${i}`),
    ...Array.from({ length: aggregates }, (_, i) => `${aggregate(draw, expr)} AS a${i}`),
  ];
  const by = keys === 0 ? '' : ` GROUP BY ${list(keys, (i) => draw.pick([`k${i}`, String(i + 1)]))}`;
  const having = draw.chance(0.3) ? ` HAVING count(*) > ${draw.int(0, 4)}` : '';
  return `SELECT ${selected.join(', ')} ${clause}${where(draw, expr)}${by}${having}${order(draw, keys)}`.replace(
    / ORDER BY (?= |$)|( LIMIT \d+)?( OFFSET \d+)?$/g,
    (found) => (keys === 0 ? '' : found),
  );
}

function union(draw: Draw): string {
  const expr = new SqlExpr(draw, OF_T);
  const kinds = draw.list(draw.int(1, 2), () => draw.pick(['number', 'text', 'bool'] as const));
  const branch = () =>
    `SELECT ${list(kinds.length, (i) => `${expr.of(kinds[i] as 'number', 1)} AS c${i}`)} FROM t${where(draw, expr)}`;
  return `${branch()} UNION ${draw.pick(['ALL ', ''])}${branch()}${order(draw, kinds.length)}`;
}

/** A query over the result of another. */
function nested(draw: Draw): string {
  const expr = new SqlExpr(draw, OF_T);
  const inner = `SELECT ${expr.text(1)} AS s, ${expr.whole(1)} AS i, ${expr.number(1)} AS x FROM t${where(draw, expr)}`;
  const outer = new SqlExpr(draw, {
    number: ['i', 'x'],
    whole: ['i'],
    text: ['s'],
    bool: ['(i > 2)'],
    time: ["DATE '2001-01-01'"],
  });
  const selected = draw.chance(0.5)
    ? `SELECT s, count(*) AS n, sum(i) AS total FROM q GROUP BY s`
    : `SELECT ${list(2, (i) => `${outer.of(i === 0 ? 'number' : 'text', 1)} AS c${i}`)} FROM q WHERE ${outer.bool(1)}`;
  return draw.chance(0.5) ? `WITH q AS (${inner}) ${selected}` : selected.replace('FROM q', `FROM (${inner}) AS q`);
}

/** Conditions and values from another table. */
function looked(draw: Draw): string {
  const expr = new SqlExpr(draw, OF_T);
  const condition = draw.pick([
    'i IN (SELECT k FROM u)',
    'i IN (SELECT k FROM u WHERE w > 0)',
    's IN (SELECT word FROM u GROUP BY word HAVING count(*) > 1)',
    'EXISTS (SELECT 1 FROM u WHERE u.k = t.i)',
    'EXISTS (SELECT * FROM u WHERE u.k = t.i AND u.word = t.s)',
    'NOT EXISTS (SELECT 1 FROM u WHERE u.k = t.i AND u.w < 10)',
    'i NOT IN (SELECT k FROM u)',
    'i NOT IN (SELECT k FROM u WHERE k IS NOT NULL)',
    's NOT IN (SELECT word FROM u WHERE w > 20 GROUP BY word)',
    'x > (SELECT avg(w) FROM u)',
    'x > (SELECT min(x) FROM t) AND i IN (SELECT k FROM u)',
  ]);
  return `SELECT i AS c0, s AS c1 FROM t WHERE ${condition} AND ${expr.bool(1)}${order(draw, 2)}`;
}
