/** Random statements over sources. What is cut or ordered says by which columns, so that rows may be compared as far as they are decided. */
import type { AggregateName } from '../../../src/expr/nodes.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from '../oracle/draw.js';
import { type KeyExpr, Making, type Relation } from './sql-making.js';
import { drawOne, drawRelation } from './sql-relation.js';
import type { Mention, SqlSource } from './sql-source.js';

/** An aggregate that is compared with exact arithmetic. */
export interface Inexact {
  readonly aggregate: AggregateName;
  readonly type: ColumnType;
}

export interface Statement {
  /** `⟦n⟧` stands for the mention n of a source, `⟪sum⟫` for an aggregate that is compared with exact arithmetic. */
  readonly text: string;
  /** `ORDER BY … LIMIT …`. */
  readonly order: string;
  /** Columns by which the rows are ordered, where they are. */
  readonly ordered: readonly number[] | undefined;
  readonly cut: { readonly limit?: number | undefined; readonly offset: number };
  readonly names: readonly string[];
  readonly inexact: ReadonlyMap<number, Inexact>;
  /** Whether equal values become one, which may be 0 or -0. */
  readonly merges: boolean;
  readonly making: Pick<Making, 'wide' | 'froms'> & { readonly mentions: readonly Mention[] };
  /** Whole sums over groups that a condition or a cut may leave out. */
  readonly totals: string | undefined;
}

type Drawn = Omit<Statement, 'order' | 'ordered' | 'cut' | 'making' | 'inexact' | 'totals'> &
  Partial<Pick<Statement, 'inexact' | 'totals'>>;

const list = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(', ');
const named = (count: number, letter = 'c'): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);

export function drawStatement(draw: Draw, sources: readonly SqlSource[]): Statement {
  const making = new Making(draw, sources);
  const drawn = draw.pick([rows, rows, groups, groups, groups, distinct, union, nested, looked, counted])(making);
  const { inexact = new Map(), totals } = drawn;
  const merges = drawn.merges || making.merges;
  return { ...drawn, ...order(draw, drawn.names, inexact), merges, inexact, making, totals };
}

function order(
  draw: Draw,
  names: readonly string[],
  inexact: Statement['inexact'],
): Pick<Statement, 'order' | 'ordered' | 'cut'> {
  const places = names.map((_, i) => i).filter((i) => !inexact.has(i));
  const some = draw.chance(0.6) ? places : places.filter(() => draw.chance(0.5));
  const ordered = draw.chance(0.5) || some.length === 0 ? undefined : draw.chance(0.5) ? some : [...some].reverse();
  const keys = ordered?.map(
    (i) =>
      `${draw.chance(0.5) ? i + 1 : `"${names[i]?.replaceAll('"', '""')}"`}${draw.pick(['', ' DESC', ' ASC NULLS FIRST', ' DESC NULLS LAST', ' DESC NULLS FIRST'])}`,
  );
  const limit = draw.chance(ordered === undefined ? 0.1 : 0.5) ? draw.int(0, 12) : undefined;
  const offset = draw.chance(ordered === undefined ? 0.05 : 0.2) ? draw.int(0, 7) : 0;
  const by = keys === undefined ? '' : ` ORDER BY ${keys.join(', ')}`;
  const cut = `${limit === undefined ? '' : ` LIMIT ${limit}`}${offset === 0 ? '' : ` OFFSET ${offset}`}`;
  return { order: `${by}${cut}`, ordered, cut: { limit, offset } };
}

const where = (draw: Draw, expr: KeyExpr): string => (draw.chance(0.6) ? ` WHERE ${expr.bool(2)}` : '');

function rows(making: Making): Drawn {
  const { draw } = making;
  const relation = drawRelation(making);
  const expr = making.expr(relation);
  if (relation.star !== undefined && draw.chance(0.2)) {
    return { text: `SELECT * FROM ${relation.from}${where(draw, expr)}`, names: relation.star, merges: false };
  }
  const count = draw.int(1, 3);
  const text = `SELECT ${list(count, (i) => `${expr.any(2)} AS c${i}`)} FROM ${relation.from}${where(draw, expr)}`;
  return { text, names: named(count), merges: false };
}

function distinct(making: Making): Drawn {
  const { draw } = making;
  const relation = drawRelation(making);
  const expr = making.expr(relation);
  const count = draw.int(1, 2);
  const text = `SELECT DISTINCT ${list(count, (i) => `${expr.any(1)} AS c${i}`)} FROM ${relation.from}${where(draw, expr)}`;
  return { text, names: named(count), merges: true };
}

const INEXACT: readonly (readonly [sql: string, aggregate: AggregateName])[] = [
  ...([
    ['sum', 'sum'],
    ['sum', 'sum'],
    ['avg', 'mean'],
    ['avg', 'mean'],
  ] as const),
  ...([
    ['var_pop', 'varPop'],
    ['variance', 'var'],
    ['var_samp', 'var'],
    ['stddev', 'std'],
    ['stddev_pop', 'stdPop'],
  ] as const),
];

function drawInexact(draw: Draw, expr: KeyExpr): { sql: string; inexact: Inexact } {
  const [name, aggregate] = draw.pick(INEXACT);
  const fits = (type: ColumnType): boolean => (aggregate === 'sum' ? /^float/ : /^(float|int|decimal)/).test(type);
  const column = draw.chance(0.7) ? expr.column(fits) : undefined;
  const arg = column?.sql ?? `CAST(${expr.number(1)} AS double precision)`;
  return { sql: `⟪${name}⟫(${arg})`, inexact: { aggregate, type: column?.type ?? 'float64' } };
}

function drawExact(draw: Draw, expr: KeyExpr, { unique }: Relation, filter: string): string {
  const x = (): string => expr.number(1);
  const scaled = expr.column((type) => /^(int|decimal)/.test(type))?.sql;
  const least = (): string =>
    draw.pick([() => x(), () => expr.text(1), () => expr.time(0), () => expr.column()?.sql ?? x()])();
  return draw.pick([
    () => `count(*)${filter}`,
    () => `count(${expr.any(1)})${filter}`,
    () => `count(DISTINCT ${expr.any(1)})${filter}`,
    () => `sum(${scaled ?? expr.whole(1)})${filter}`,
    () => `sum(${expr.whole(1)})${filter}`,
    () => `min(${least()})${filter}`,
    () => `max(${least()})${filter}`,
    () => `median(CAST(${x()} AS double precision))${filter}`,
    () => `quantile_cont(CAST(${x()} AS double precision), ${draw.pick(['0.1', '0.5', '0.99'])})${filter}`,
    () => `bool_and(${expr.bool(1)})${filter}`,
    () => `bool_or(${expr.bool(1)})${filter}`,
    () => `(sum(${expr.whole(0)})${filter} + count(*))`,
    () => `CASE WHEN count(*) > ${draw.int(1, 9)} THEN max(${x()}) END`,
    () => `coalesce(sum(${expr.whole(1)})${filter}, 0)`,
    ...(unique === undefined
      ? []
      : [() => `${draw.pick(['arg_min', 'arg_max', 'min_by'])}(${least()}, ${unique})${filter}`]),
  ])();
}

function drawHaving(draw: Draw, expr: KeyExpr): string {
  if (draw.chance(0.6)) return '';
  const condition = draw.pick([
    () => `count(*) > ${draw.int(0, 4)}`,
    () => `min(${expr.text(0)}) IS NOT NULL`,
    () => `max(${expr.number(0)}) > ${draw.int(-5, 50)} OR count(*) < 3`,
    () => `NOT bool_or(${expr.bool(0)})`,
    () => `count(DISTINCT ${expr.text(0)}) BETWEEN 1 AND ${draw.int(1, 20)}`,
  ])();
  return ` HAVING ${condition}`;
}

function groups(making: Making): Drawn {
  const { draw } = making;
  const relation = drawRelation(making);
  const expr = making.expr(relation);
  const [keys, aggregates] = [draw.int(0, 2), draw.int(1, 3)];
  const inexact = new Map<number, Inexact>();
  const selected = draw.list(keys, (i) => `${expr.any(draw.int(0, 1))} AS k${i}`);
  for (let i = 0; i < aggregates; i++) {
    const filter = draw.chance(0.25) ? ` FILTER (WHERE ${expr.bool(1)})` : '';
    const drawn = draw.chance(0.4) ? drawInexact(draw, expr) : undefined;
    if (drawn !== undefined) inexact.set(keys + i, drawn.inexact);
    selected.push(
      `${drawn === undefined ? drawExact(draw, expr, relation, filter) : `${drawn.sql}${filter}`} AS a${i}`,
    );
  }
  const by = keys === 0 ? '' : ` GROUP BY ${list(keys, (i) => draw.pick([`k${i}`, String(i + 1)]))}`;
  const totals = `SELECT ${selected.join(', ')} FROM ${relation.from}${where(draw, expr)}${by}`;
  const text = `${totals}${drawHaving(draw, expr)}`;
  return { text, names: [...named(keys, 'k'), ...named(aggregates, 'a')], merges: true, inexact, totals };
}

function union(making: Making): Drawn {
  const { draw } = making;
  const kinds = draw.list(draw.int(1, 2), () => draw.pick(['number', 'text', 'bool'] as const));
  const branch = (): string => {
    const relation = drawOne(making);
    const expr = making.expr(relation);
    return `SELECT ${list(kinds.length, (i) => `${expr.of(kinds[i] as 'number', 1)} AS c${i}`)} FROM ${relation.from}${where(draw, expr)}`;
  };
  const all = draw.chance(0.5);
  return { text: `${branch()} UNION ${all ? 'ALL ' : ''}${branch()}`, names: named(kinds.length), merges: !all };
}

/** A query over the result of another. */
function nested(making: Making): Drawn {
  const { draw } = making;
  const relation = drawRelation(making);
  const expr = making.expr(relation);
  const inner = `SELECT ${expr.text(1)} AS s, ${expr.whole(1)} AS i, CAST(${expr.number(1)} AS double precision) AS x FROM ${relation.from}${where(draw, expr)}`;
  const columns = [
    { sql: 's', name: 's', type: 'utf8', samples: [] },
    { sql: 'i', name: 'i', type: 'int64', samples: [] },
    { sql: 'q.x', name: 'x', type: 'float64', samples: [] },
  ] as const;
  const outer = making.expr({ from: `(${inner}) AS q`, columns, star: undefined });
  const grouped = draw.chance(0.5);
  const selected = grouped
    ? `SELECT s AS c0, count(*) AS c1, ⟪sum⟫(x) AS c2 FROM q GROUP BY s`
    : `SELECT ${list(2, (i) => `${outer.of(i === 0 ? 'number' : 'text', 1)} AS c${i}`)} FROM q WHERE ${outer.bool(1)}`;
  const names = named(grouped ? 3 : 2);
  const inexact = new Map<number, Inexact>(grouped ? [[2, { aggregate: 'sum', type: 'float64' }]] : []);
  const all = { names, merges: grouped, inexact };
  if (draw.chance(0.4)) return { ...all, text: selected.replace('FROM q', () => `FROM (${inner}) AS q`) };
  if (!grouped || draw.chance(0.5)) return { ...all, text: `WITH q AS (${inner}) ${selected}` };
  // It is computed where it is used.
  making.froms.push(`(${inner}) AS q JOIN (${inner}) AS p ON p.s = q.s`);
  return {
    ...all,
    text: `WITH q AS (${inner}) ${selected.replace('FROM q', 'FROM q JOIN q AS p USING (s)').replace('(x)', '(p.x)')}`,
  };
}

/** Conditions and values from another source. */
function looked(making: Making): Drawn {
  const { draw } = making;
  const [outer, inner] = [drawOne(making, 'a'), drawOne(making, 'b')];
  const [expr, other] = [making.expr(outer), making.expr(inner)];
  const pairs = outer.columns.flatMap((a) =>
    inner.columns
      .filter((b) => a.type === b.type && /^(int|utf8|date)/.test(a.type))
      .map((b) => [a.sql, b.sql] as const),
  );
  const [x, y] = pairs.length === 0 ? [expr.text(1), other.text(1)] : draw.pick(pairs);
  const not = draw.pick(['', '', 'NOT ']);
  const inside = draw.chance(0.5) ? ` AND ${other.bool(1)}` : '';
  const condition = draw.pick([
    () => `${x} ${not}IN (SELECT ${y} FROM ${inner.from}${where(draw, other)})`,
    () => `${x} ${not}IN (SELECT ${y} FROM ${inner.from} WHERE ${y} IS NOT NULL${inside})`,
    () => `${x} IN (SELECT ${y} FROM ${inner.from} GROUP BY ${y} HAVING count(*) > 1)`,
    ...(pairs.length === 0 ? [] : [() => `${not}EXISTS (SELECT 1 FROM ${inner.from} WHERE ${y} = ${x}${inside})`]),
    () => `${expr.number(0)} > (SELECT ${draw.pick(['min', 'max'])}(${other.number(0)}) FROM ${inner.from})`,
    () => `coalesce(${expr.whole(0)}, 0) <= (SELECT count(*) FROM ${inner.from}${where(draw, other)})`,
  ])();
  const more = draw.chance(0.5) ? ` AND ${expr.bool(1)}` : '';
  const text = `SELECT ${list(2, (i) => `${expr.any(1)} AS c${i}`)} FROM ${outer.from} WHERE ${condition}${more}`;
  return { text, names: named(2), merges: false };
}

/** How many rows there are of a cut that takes any. */
function counted(making: Making): Drawn {
  const { draw } = making;
  const { text } = draw.pick([rows, union, distinct])(making);
  const cut = `${draw.chance(0.7) ? ` LIMIT ${draw.int(0, 300)}` : ''}${draw.chance(0.4) ? ` OFFSET ${draw.int(1, 50)}` : ''}`;
  return { text: `SELECT count(*) AS c0 FROM (${text}${cut}) AS q`, names: named(1), merges: false };
}
