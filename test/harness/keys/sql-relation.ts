/** Random FROM clauses over sources. */
import { identifier } from '../oracle/sql.js';
import { KeyExpr, type Making, type Relation, type SqlColumn } from './sql-making.js';

const PLAIN = new Set(['key', 'price', 'qty', 'value', 'member', 'score', 'index', 'type']);

/** One source. @param alias undefined: what the function is called names it, if it must be named */
export function drawOne(making: Making, alias?: string): Relation {
  const { draw, sources } = making;
  const source = draw.pick(sources);
  const { mark, called } = making.mention(source);
  const { columns, shown, rowsByKey } = source;
  // Where a schema is an object, names that are whole numbers come first in it.
  const inPlace = columns.every((column) => !/^\d+$/.test(column.name));
  const anew = called !== undefined && inPlace && draw.chance(0.12) ? draw.int(1, shown) : 0;
  const name = alias ?? (called === undefined || anew > 0 || draw.chance(0.6) ? 'a' : undefined);
  const names = columns.map((column, i) => (i < anew ? `n${i}` : column.name));
  const list = anew > 0 ? `(${names.slice(0, anew).join(', ')})` : '';
  const spelled = (plain: string): string => (PLAIN.has(plain) && draw.chance(0.5) ? plain : identifier(plain));
  const qualifier = name ?? called;
  const all = columns.map(({ type, samples }, i): SqlColumn => {
    const own = names[i] as string;
    const isQualified = alias !== undefined || draw.chance(0.5);
    return { name: own, type, samples, sql: isQualified ? `${spelledTable(qualifier)}.${spelled(own)}` : spelled(own) };
  });
  return {
    from: name === undefined ? mark.replace('⟧', `:${called}⟧`) : `${mark}${draw.pick([' AS', ''])} ${name}${list}`,
    columns: all,
    star: shown === columns.length && inPlace ? names : undefined,
    unique: rowsByKey ? all[0]?.sql : undefined,
  };
}

const spelledTable = (name = 'a'): string => (name === 'set' || name === 'json' ? `"${name}"` : name);

/** A subquery under a name: rows, groups, distinct or first rows, or a union. */
function drawDerived(making: Making, alias: string): Relation {
  const { draw } = making;
  const inner = drawOne(making, 'i');
  const expr = making.expr(inner);
  const where = draw.chance(0.4) ? ` WHERE ${expr.bool(1)}` : '';
  const key = expr.column() as SqlColumn;
  const [g, s] = [`${key.sql} AS g`, `${expr.text(1)} AS s`];
  const n = { name: 'n', type: 'int64', samples: [] } as const;
  const x = { name: 'x', type: 'float64', samples: [] } as const;
  const texts = { name: 's', type: 'utf8', samples: [] } as const;
  const keys = { name: 'g', type: key.type, samples: key.samples };
  const made = (text: string, ...columns: readonly Omit<SqlColumn, 'sql'>[]): Relation => ({
    from: `(${text}) AS ${alias}`,
    columns: columns.map((column) => ({ ...column, sql: `${alias}.${column.name}` })),
    star: columns.map(({ name }) => name),
  });
  const merged = (...args: Parameters<typeof made>): Relation => {
    making.merges = true;
    return made(...args);
  };
  // By all columns, so that there is one answer.
  const first = draw.chance(0.4)
    ? ` ORDER BY 1${draw.pick(['', ' DESC'])}, 2 LIMIT ${draw.int(0, 30)}${draw.pick(['', ' OFFSET 2'])}`
    : '';
  return draw.pick([
    () => made(`SELECT ${g}, ${s}, ${double(expr)} AS x FROM ${inner.from}${where}`, keys, texts, x),
    () => merged(`SELECT ${g}, ${s} FROM ${inner.from}${where}${first}`, keys, texts),
    () => merged(`SELECT DISTINCT ${g}, ${s} FROM ${inner.from}${where}${first}`, keys, texts),
    () =>
      merged(
        `SELECT ${g}, count(*) AS n FROM ${inner.from}${where} GROUP BY ${draw.pick([key.sql, '1'])}${first}`,
        keys,
        n,
      ),
    () =>
      merged(
        `SELECT ${g}, count(*) AS n, min(${expr.text(1)}) AS s FROM ${inner.from}${where} GROUP BY 1`,
        keys,
        n,
        texts,
      ),
    () => merged(`${drawUnion(making, expr, inner.from)}${first}`, texts, x),
  ])();
}

const double = (expr: KeyExpr): string => `CAST(${expr.number(1)} AS double precision)`;

function drawUnion(making: Making, expr: KeyExpr, from: string): string {
  const { draw } = making;
  const other = drawOne(making, 'o');
  const also = making.expr(other);
  const branches = [
    `SELECT ${expr.text(1)} AS s, ${double(expr)} AS x FROM ${from}${draw.chance(0.3) ? ` WHERE ${expr.bool(1)}` : ''}`,
    `SELECT ${also.text(1)} AS t, ${double(also)} AS y FROM ${other.from}${draw.chance(0.3) ? ` WHERE ${also.bool(1)}` : ''}`,
  ];
  return branches.join(draw.pick([' UNION ', ' UNION ALL ']));
}

const JOINS = /^(int32|int64|utf8|float64|date|timestamp|bool)$/;

/** Two sources or three, joined by columns of one type; the left alone where there are none. */
function drawJoin(making: Making): Relation {
  const { draw } = making;
  const left = draw.chance(0.85) ? drawOne(making, 'a') : drawDerived(making, 'a');
  const two = joined(making, left, draw.chance(0.7) ? drawOne(making, 'b') : drawDerived(making, 'b'));
  return draw.chance(0.2) ? joined(making, two, drawOne(making, 'c')) : two;
}

function joined(making: Making, left: Relation, right: Relation): Relation {
  const { draw } = making;
  const pairs = left.columns.flatMap((a) =>
    right.columns.filter((b) => a.type === b.type && JOINS.test(a.type)).map((b) => [a, b] as const),
  );
  if (pairs.length === 0) return left;
  const keyed = pairs.filter(([a, b]) => a.name === b.name);
  const [a, b] = draw.pick(keyed.length > 0 && draw.chance(0.6) ? keyed : pairs);
  const how = draw.pick(['JOIN', 'INNER JOIN', 'LEFT JOIN', 'LEFT OUTER JOIN']);
  const part = (sql: string): string => `split_part(${sql}, ':', 2)`;
  const inParts = a.type === 'utf8' && draw.chance(0.3);
  const equal = draw.pick([`${a.sql} = ${b.sql}`, inParts ? `${part(b.sql)} = ${part(a.sql)}` : `${b.sql} = ${a.sql}`]);
  const extra = draw.chance(0.25) ? new KeyExpr(making, right.columns, right.from).bool(1) : '';
  // What says nothing of the right side may not stand there.
  const more = right.columns.some(({ sql }) => extra.includes(sql)) ? ` AND ${extra}` : '';
  // Of three a name may mean several.
  const one = left.columns.filter(({ name }) => name === a.name).length === 1;
  const condition =
    a.name === b.name && one && draw.chance(0.4) ? `USING (${identifier(a.name)})` : `ON ${equal}${more}`;
  const from = `${left.from} ${how} ${right.from} ${condition}`;
  return { from, columns: [...left.columns, ...right.columns], star: undefined };
}

export function drawRelation(making: Making): Relation {
  const kind = making.draw.int(0, 9);
  if (kind <= 5) return drawOne(making);
  return kind <= 8 ? drawJoin(making) : drawDerived(making, 'q');
}
