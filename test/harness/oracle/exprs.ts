/** Random expressions, each as ours and as SQL over the table's own columns. */
import { col, type Expr, lit } from '../../../src/expr/expr.js';
import { decimalScale } from '../../../src/storage/schema.js';
import type { ColumnType } from '../../../src/storage/types.js';
import type { Draw } from './draw.js';
import type { OracleExpr } from './expr.js';
import { type Drawers, drawBoolCall, drawNumberCall, drawTextCall } from './functions.js';
import { decimalText, identifier, sqlDouble, sqlText, sqlTime } from './sql.js';
import type { OracleTable } from './table.js';

export type { OracleExpr } from './expr.js';

/** What names stand for. */
export type OracleScope = ReadonlyMap<string, OracleExpr>;

export function scopeOf(table: OracleTable): OracleScope {
  return new Map(
    table.columns.map(({ name, type, samples }) => [
      name,
      { expr: col(name), sql: identifier(name), type, wide: [], samples },
    ]),
  );
}

const isFloat = (type: ColumnType): boolean => type === 'float64' || type === 'float32';
const isDecimal = (type: ColumnType): boolean => type.startsWith('decimal');
const isInteger = (type: ColumnType): boolean => type === 'int32' || type === 'int64';
export const isNumeric = (type: ColumnType): boolean => isFloat(type) || isInteger(type) || isDecimal(type);
const isTime = (type: ColumnType): boolean => type === 'timestamp' || type === 'date';

const make = (
  expr: Expr,
  sql: string,
  type: ColumnType,
  parts: readonly OracleExpr[],
  own: readonly string[] = [],
) => ({
  expr,
  sql,
  type,
  wide: [...parts.flatMap(({ wide }) => wide), ...own],
  samples: parts[0]?.samples ?? [],
});

function columnWhere(draw: Draw, scope: OracleScope, fits: (type: ColumnType) => boolean): OracleExpr | undefined {
  const found = [...scope].filter(([, { type }]) => fits(type));
  if (found.length === 0) return undefined;
  const [name, known] = draw.pick(found);
  return { ...known, expr: col(name) };
}

/** As arithmetic and comparisons with other types see it. */
const asNumber = ({ sql, type }: OracleExpr): string =>
  type === 'float32' || isDecimal(type) ? `CAST(${sql} AS DOUBLE)` : sql;

function numberLiteral(draw: Draw, samples: readonly (number | string)[]): OracleExpr {
  const near = samples.filter((value): value is number => typeof value === 'number');
  const value = draw.pick<() => number>([
    () => draw.int(-10, 10),
    () => draw.int(-10, 10),
    () => draw.int(-1000, 1000) / 8,
    () => draw.double(),
    () => draw.pick([0, -0, 1, -1, 2, 3, 0.1, 2 ** 31, -(2 ** 31), 2 ** 53, 1e300]),
    () => (near.length > 0 ? draw.pick(near) : 7),
    () => (near.length > 0 ? draw.pick(near) + draw.pick([0, 0, 1, -1, 0.5, -0.5]) : 7),
  ])();
  return numeric(value);
}

function numeric(value: number): OracleExpr {
  const whole = Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value) <= 2 ** 53;
  const small = value >= -(2 ** 31) && value < 2 ** 31;
  const type = whole ? (small ? 'int32' : 'int64') : 'float64';
  const sql = whole ? `CAST(${value} AS ${small ? 'INTEGER' : 'BIGINT'})` : sqlDouble(value);
  return { expr: lit(value), sql, type, wide: [], samples: [value] };
}

export function drawNumber(draw: Draw, scope: OracleScope, depth: number): OracleExpr {
  const column = columnWhere(draw, scope, isNumeric);
  if (depth === 0 || draw.chance(0.3)) {
    return column !== undefined && draw.chance(0.85) ? column : numberLiteral(draw, column?.samples ?? []);
  }
  if (draw.chance(0.3)) return drawNumberCall(draw, drawersOf(draw, scope, depth - 1));
  const left = drawNumber(draw, scope, depth - 1);
  if (draw.chance(0.1)) return arithmetic('neg', left, left);
  const right = draw.chance(0.4) ? numberLiteral(draw, left.samples) : drawNumber(draw, scope, depth - 1);
  return arithmetic(draw.pick(['add', 'sub', 'mul', 'div', 'mod', 'add', 'mul'] as const), left, right);
}

/** Arguments of functions, less deep. */
function drawersOf(draw: Draw, scope: OracleScope, depth: number): Drawers {
  return {
    number: () => drawNumber(draw, scope, Math.max(depth, 0)),
    bool: () => drawBool(draw, scope, Math.max(depth, 0)),
    text: () => drawText(draw, scope, Math.max(depth, 0)),
    time: () => columnWhere(draw, scope, isTime),
  };
}

function drawText(draw: Draw, scope: OracleScope, depth: number): OracleExpr | undefined {
  const column = columnWhere(draw, scope, (type) => type === 'utf8');
  if (column === undefined || depth === 0 || draw.chance(0.4)) return column;
  return drawTextCall(draw, drawersOf(draw, scope, depth - 1));
}

const SYMBOLS = { add: '+', sub: '-', mul: '*', div: '/', mod: '%' } as const;

function arithmetic(op: keyof typeof SYMBOLS | 'neg', left: OracleExpr, right: OracleExpr): OracleExpr {
  const parts = op === 'neg' ? [left] : [left, right];
  if (op === 'neg' && isDecimal(left.type)) return make(left.expr.neg(), `(-(${left.sql}))`, left.type, parts);
  const types = parts.map(({ type }) => (isInteger(type) ? type : 'float64'));
  const widest = types.includes('float64') ? 'float64' : types.includes('int64') ? 'int64' : 'int32';
  const type = op === 'div' ? 'float64' : widest;
  const sql = op === 'neg' ? `(-(${asNumber(left)}))` : `(${asNumber(left)} ${SYMBOLS[op]} ${asNumber(right)})`;
  const expr = op === 'neg' ? left.expr.neg() : left.expr[op](right.expr);
  return make(expr, sql, type, parts, type === 'int64' ? [sql] : []);
}

const COMPARISONS = { eq: '=', neq: '<>', lt: '<', ltEq: '<=', gt: '>', gtEq: '>=' } as const;
type Comparison = keyof typeof COMPARISONS;

function drawComparison(draw: Draw, scope: OracleScope, depth: number): OracleExpr {
  const op = draw.pick(Object.keys(COMPARISONS) as Comparison[]);
  const compare = (left: OracleExpr, right: OracleExpr, a = left.sql, b = right.sql): OracleExpr => {
    if (draw.chance(0.1)) return make(lit(null)[op](left.expr), `(NULL ${COMPARISONS[op]} ${a})`, 'bool', [left]);
    return make(left.expr[op](right.expr), `(${a} ${COMPARISONS[op]} ${b})`, 'bool', [left, right]);
  };
  const text = depth > 0 && draw.chance(0.2) ? drawText(draw, scope, depth) : undefined;
  const left = text ?? columnWhere(draw, scope, () => true) ?? drawNumber(draw, scope, depth);
  if (left.type === 'utf8') {
    const other = draw.chance(0.3) ? columnWhere(draw, scope, (type) => type === 'utf8') : undefined;
    return compare(left, other ?? textLiteral(draw, left.samples));
  }
  if (left.type === 'bool') return compare(left, drawBool(draw, scope, depth - 1));
  if (isTime(left.type)) {
    const other = draw.chance(0.3) ? columnWhere(draw, scope, isTime) : undefined;
    return compare(left, other ?? timeLiteral(draw, left));
  }
  if (isDecimal(left.type) && draw.chance(0.6)) {
    const right = decimalLiteral(draw, left);
    return draw.chance(0.5) ? compare(left, right) : compare(right, left);
  }
  const a = draw.chance(0.5) ? left : drawNumber(draw, scope, depth - 1);
  const b = draw.chance(0.5) ? numberLiteral(draw, a.samples) : drawNumber(draw, scope, depth - 1);
  if (isDecimal(a.type) && a.type === b.type) return compare(a, b);
  // Against a constant a decimal is compared exactly; that is `decimalLiteral`'s part.
  if ([a, b].some(({ type }) => isDecimal(type)) && [a, b].some(({ expr }) => expr.node.kind === 'literal')) {
    return compare(left, left);
  }
  return compare(a, b, asNumber(a), asNumber(b));
}

export function textLiteral(draw: Draw, samples: readonly (number | string)[]): OracleExpr {
  const known = samples.filter((value): value is string => typeof value === 'string');
  const text = known.length > 0 && draw.chance(0.7) ? draw.pick(known) : draw.text(4);
  const value = draw.chance(0.15) ? `${text}\0` : text;
  return { expr: lit(value), sql: sqlText(value), type: 'utf8', wide: [], samples: [value] };
}

function timeLiteral(draw: Draw, { type, samples }: OracleExpr): OracleExpr {
  const known = samples.filter((value): value is number => typeof value === 'number');
  const unit = type === 'date' ? 86_400_000 : 1;
  const exact = (known.length > 0 ? draw.pick(known) : draw.int(-20_000, 20_000)) * unit;
  const ms = Math.abs(exact) < 8.64e15 ? exact + draw.pick([0, 0, 1, -1]) : exact;
  const value = draw.chance(0.5) ? new Date(ms) : new Date(ms).toISOString();
  return { expr: lit(value), sql: sqlTime(ms), type: 'timestamp', wide: [], samples: [] };
}

/** A number or text with at most ten places, so that SQL's decimals hold it exactly. */
function decimalLiteral(draw: Draw, { type, samples }: OracleExpr): OracleExpr {
  const scale = decimalScale(type) ?? 0;
  const known = samples.filter((value): value is number => typeof value === 'number');
  const near = known.length > 0 ? draw.pick(known) : 0;
  const extra = draw.pick(['', '', '5', '001', '0']);
  const text = `${decimalText(near, scale)}${extra}`;
  const sql = `CAST('${text}' AS DECIMAL(38, 10))`;
  const asText = draw.chance(0.5) || decimalText(near, scale).length > 14;
  return { expr: lit(asText ? text : Number(text)), sql, type, wide: [], samples };
}

function drawIsIn(draw: Draw, scope: OracleScope): OracleExpr | undefined {
  const arg = columnWhere(draw, scope, (type) => type !== 'bool' && !isTime(type) && !isDecimal(type));
  if (arg === undefined) return undefined;
  const items = draw.list(draw.int(1, 4), () =>
    arg.type === 'utf8' ? textLiteral(draw, arg.samples) : numberLiteral(draw, arg.samples),
  );
  const hasNull = draw.chance(0.2);
  const values = items.map(({ expr }) => (expr.node.kind === 'literal' ? expr.node.value : null));
  const list = [...items.map(asNumber), ...(hasNull ? ['NULL'] : [])].join(', ');
  const left = isNumeric(arg.type) ? `CAST(${arg.sql} AS DOUBLE)` : arg.sql;
  return make(arg.expr.isIn(hasNull ? [...values, null] : values), `(${left} IN (${list}))`, 'bool', [arg]);
}

export function drawBool(draw: Draw, scope: OracleScope, depth: number): OracleExpr {
  if (depth <= 0) {
    const column = draw.chance(0.4) ? columnWhere(draw, scope, (type) => type === 'bool') : undefined;
    return column ?? drawComparison(draw, scope, 0);
  }
  const kind = draw.int(0, 9);
  if (draw.chance(0.15)) return drawBoolCall(draw, drawersOf(draw, scope, depth - 1));
  if (kind <= 3) return drawComparison(draw, scope, depth);
  if (kind <= 5) {
    const [op, word] = draw.pick([
      ['and', 'AND'],
      ['or', 'OR'],
    ] as const);
    const [left, right] = [drawBool(draw, scope, depth - 1), drawBool(draw, scope, depth - 1)];
    return make(left.expr[op](right.expr), `(${left.sql} ${word} ${right.sql})`, 'bool', [left, right]);
  }
  if (kind === 6) {
    const arg = drawBool(draw, scope, depth - 1);
    return make(arg.expr.not(), `(NOT ${arg.sql})`, 'bool', [arg]);
  }
  if (kind === 7) return drawIsIn(draw, scope) ?? drawComparison(draw, scope, depth);
  if (kind === 8) {
    const arg = drawAny(draw, scope, depth - 1);
    return draw.chance(0.5)
      ? make(arg.expr.isNull(), `(${arg.sql} IS NULL)`, 'bool', [arg])
      : make(arg.expr.isNotNull(), `(${arg.sql} IS NOT NULL)`, 'bool', [arg]);
  }
  const value = draw.pick([true, false, null]);
  return { expr: lit(value), sql: `CAST(${value} AS BOOLEAN)`, type: 'bool', wide: [], samples: [] };
}

/** An expression of any type. */
export function drawAny(draw: Draw, scope: OracleScope, depth: number): OracleExpr {
  const column = columnWhere(draw, scope, () => true);
  if (column !== undefined && draw.chance(0.5)) return column;
  if (draw.chance(0.1)) return textLiteral(draw, column?.samples ?? []);
  const text = draw.chance(0.2) ? drawText(draw, scope, depth) : undefined;
  if (text !== undefined) return text;
  return draw.chance(0.7) ? drawNumber(draw, scope, depth) : drawBool(draw, scope, depth);
}
