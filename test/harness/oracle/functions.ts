/** Random calls of functions, cases and casts, each as ours and as SQL. Those of the C library differ by side and are left out. */
import { coalesce, concat, type Expr, greatest, least, when } from '../../../src/expr/expr.js';
import { decimalScale } from '../../../src/storage/schema.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from './draw.js';
import type { OracleExpr } from './expr.js';
import { sqlText } from './sql.js';

const isInteger = (type: ColumnType): boolean => type === 'int32' || type === 'int64';
const isDecimal = (type: ColumnType): boolean => type.startsWith('decimal');

/** What draws the arguments. */
export interface Drawers {
  number(): OracleExpr;
  bool(): OracleExpr;
  /** Undefined where no column is of this kind. */
  text(): OracleExpr | undefined;
  time(): OracleExpr | undefined;
}

const made = (expr: Expr, sql: string, type: ColumnType, parts: readonly OracleExpr[]): OracleExpr => ({
  expr,
  sql,
  type,
  // As of arithmetic: an int64 of ours has a narrower range than DuckDB's.
  wide: [...parts.flatMap(({ wide }) => wide), ...(type === 'int64' ? [sql] : [])],
  samples: parts[0]?.samples ?? [],
});

const double = (x: OracleExpr): string => `CAST(${x.sql} AS DOUBLE)`;

/** Two values of one type, as both sides make one of them. */
function pair(a: OracleExpr, b: OracleExpr): { type: ColumnType; a: string; b: string } | undefined {
  if (a.type === b.type) return { type: a.type, a: a.sql, b: b.sql };
  if (isInteger(a.type) && isInteger(b.type)) {
    return { type: 'int64', a: `CAST(${a.sql} AS BIGINT)`, b: `CAST(${b.sql} AS BIGINT)` };
  }
  const floats = [a, b].some(({ type }) => type.startsWith('float'));
  return floats ? { type: 'float64', a: double(a), b: double(b) } : undefined;
}

/** A number that a function of numbers, strings or times comes to. */
export function drawNumberCall(draw: Draw, drawers: Drawers): OracleExpr {
  const x = drawers.number();
  const plain = isInteger(x.type) || isDecimal(x.type) ? x.sql : x.type === 'float32' ? x.sql : double(x);
  switch (draw.int(0, 11)) {
    case 0:
      return made(x.expr.abs(), `abs(${plain})`, x.type, [x]);
    case 1: {
      const fn = draw.pick(['floor', 'ceil'] as const);
      const type = isDecimal(x.type) ? 'decimal(0)' : x.type === 'float32' ? 'float32' : 'float64';
      return made(x.expr[fn](), `${fn}(${plain})`, type, [x]);
    }
    case 2: {
      const digits = draw.int(isInteger(x.type) || isDecimal(x.type) ? 0 : -3, 4);
      if (x.type === 'float32') return made(x.expr.round(1), `round(${double(x)}, 1)`, 'float64', [x]);
      const scale = decimalScale(x.type);
      const type: ColumnType = scale === undefined ? x.type : `decimal(${Math.min(digits, scale)})`;
      return made(x.expr.round(digits), `round(${plain}, ${digits})`, type, [x]);
    }
    case 3:
      return made(x.expr.sign(), `CAST(sign(${plain}) AS INTEGER)`, 'int32', [x]);
    case 4:
      return made(x.expr.abs().sqrt(), `sqrt(abs(${double(x)}))`, 'float64', [x]);
    case 5: {
      const y = drawers.number();
      if (!isInteger(x.type) || !isInteger(y.type)) break;
      const type = x.type === 'int64' || y.type === 'int64' ? 'int64' : 'int32';
      return made(x.expr.intDiv(y.expr), `(${x.sql} // ${y.sql})`, type, [x, y]);
    }
    case 6:
    case 7: {
      const y = drawers.number();
      const both = pair(x, y);
      if (both === undefined) break;
      const [fn, name] = draw.pick([
        [least, 'least'],
        [greatest, 'greatest'],
        [coalesce, 'coalesce'],
      ] as const);
      return made(fn(x.expr, y.expr), `${name}(${both.a}, ${both.b})`, both.type, [x, y]);
    }
    case 8: {
      const [y, condition] = [drawers.number(), drawers.bool()];
      const both = pair(x, y);
      if (both === undefined) break;
      const expr = when(condition.expr).then(x.expr).otherwise(y.expr);
      return made(expr, `(CASE WHEN ${condition.sql} THEN ${both.a} ELSE ${both.b} END)`, both.type, [x, y, condition]);
    }
    case 9: {
      // DuckDB wraps the half above the greatest int32.
      const cast = `(CASE WHEN ${double(x)} >= 2147483647.5::DOUBLE THEN NULL ELSE TRY_CAST(${x.sql} AS INTEGER) END)`;
      return made(x.expr.tryCast('int32'), cast, 'int32', [x]);
    }
    case 10: {
      const text = drawers.text();
      if (text === undefined) break;
      return made(text.expr.length(), `length(${text.sql})`, 'int64', [text]);
    }
    default:
      return drawTimePart(draw, drawers) ?? made(x.expr.cast('float64'), double(x), 'float64', [x]);
  }
  return made(x.expr.cast('float64'), double(x), 'float64', [x]);
}

function drawTimePart(draw: Draw, drawers: Drawers): OracleExpr | undefined {
  const [time, other] = [drawers.time(), drawers.time()];
  if (time === undefined || other === undefined) return undefined;
  if (draw.chance(0.3)) {
    const unit = draw.pick(['second', 'hour', 'day', 'week', 'month', 'year'] as const);
    const sql = `date_diff('${unit}', ${time.sql}, ${other.sql})`;
    return made(time.expr.dateDiff(unit, other.expr), sql, 'int64', [time, other]);
  }
  const field = draw.pick(['year', 'month', 'day', 'hour', 'minute', 'second', 'dayOfWeek'] as const);
  return made(time.expr[field](), `${field}(${time.sql})`, 'int64', [time]);
}

/** A text that a function comes to. */
export function drawTextCall(draw: Draw, drawers: Drawers): OracleExpr | undefined {
  const text = drawers.text();
  if (text === undefined) return undefined;
  const { expr, sql } = text;
  switch (draw.int(0, 8)) {
    case 0: {
      const [delimiter, n] = [draw.pick(['', 'a', 'aa', 'é', ' ']), draw.int(-3, 3)];
      return made(expr.splitPart(delimiter, n), `split_part(${sql}, ${sqlText(delimiter)}, ${n})`, 'utf8', [text]);
    }
    case 1: {
      const fn = draw.pick(['lower', 'upper', 'trim'] as const);
      return made(expr[fn](), `${fn}(${sql})`, 'utf8', [text]);
    }
    case 2: {
      const [start, length] = [draw.int(-4, 4), draw.int(-2, 5)];
      const from = start < 0 ? start : start + 1;
      return made(expr.slice(start, length), `substring(${sql}, ${from}, ${length})`, 'utf8', [text]);
    }
    case 3: {
      const [from, to] = [draw.pick(['', 'a', 'é', ' ']), draw.pick(['', 'b', '🦆'])];
      return made(expr.replace(from, to), `replace(${sql}, ${sqlText(from)}, ${sqlText(to)})`, 'utf8', [text]);
    }
    case 4: {
      const other = drawers.text() ?? text;
      return made(expr.append(other.expr), `(${sql} || ${other.sql})`, 'utf8', [text, other]);
    }
    case 5: {
      const x = drawers.number();
      if (!isInteger(x.type)) return made(concat(expr, '-'), `concat(${sql}, '-')`, 'utf8', [text]);
      return made(expr.concat(x.expr), `concat(${sql}, ${x.sql})`, 'utf8', [text, x]);
    }
    case 6: {
      const bool = drawers.bool();
      return made(bool.expr.cast('utf8'), `CAST(${bool.sql} AS VARCHAR)`, 'utf8', [bool]);
    }
    default: {
      const [condition, other] = [drawers.bool(), drawers.text() ?? text];
      const cased = when(condition.expr).then(expr).otherwise(other.expr);
      const words = `(CASE WHEN ${condition.sql} THEN ${sql} ELSE ${other.sql} END)`;
      return made(cased, words, 'utf8', [text, other, condition]);
    }
  }
}

/** A condition that a function comes to. */
export function drawBoolCall(draw: Draw, drawers: Drawers): OracleExpr {
  const text = drawers.text();
  if (text === undefined || draw.chance(0.3)) {
    const x = drawers.number();
    return made(x.expr.isNaN(), `isnan(${double(x)})`, 'bool', [x]);
  }
  const known = text.samples.filter((value): value is string => typeof value === 'string');
  const sample = known.length > 0 ? draw.pick(known) : 'a';
  const characters = [...sample];
  const part = characters.slice(draw.int(0, 2), draw.int(1, 4)).join('');
  const [fn, sql] = draw.pick([
    ['startsWith', 'starts_with'],
    ['endsWith', 'ends_with'],
    ['contains', 'contains'],
  ] as const);
  if (draw.chance(0.6)) return made(text.expr[fn](part), `${sql}(${text.sql}, ${sqlText(part)})`, 'bool', [text]);
  const pattern = draw.pick([`${part}%`, `%${part}`, `%${part}%`, `_${part}%`, `%${part}_`, part]);
  return made(text.expr.like(pattern), `(${text.sql} LIKE ${sqlText(pattern)})`, 'bool', [text]);
}
