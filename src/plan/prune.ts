/** Zone-map pruning: whether a chunk can hold a row for which a condition is true. Unsure means it can. */

import { foldCall } from '../expr/make.js';
import type { ComparisonOp } from '../expr/nodes.js';
import { isFloat, type TypedCall, type TypedCompare, type TypedExpr, type TypedIsIn } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';

/** What a condition may be for the rows of a chunk. */
interface Outcome {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
}

const UNSURE: Outcome = { canBeTrue: true, canBeFalse: true };
const NEVER: Outcome = { canBeTrue: false, canBeFalse: false };

export function canMatch(filter: TypedExpr, chunk: ChunkMeta): boolean {
  return outcome(filter, chunk).canBeTrue;
}

function outcome(expr: TypedExpr, chunk: ChunkMeta): Outcome {
  switch (expr.kind) {
    case 'literal':
      if (expr.value === null) return NEVER;
      return { canBeTrue: expr.value === 1, canBeFalse: expr.value !== 1 };
    case 'not': {
      const { canBeTrue, canBeFalse } = outcome(expr.arg, chunk);
      return { canBeTrue: canBeFalse, canBeFalse: canBeTrue };
    }
    case 'logic': {
      const [left, right] = [outcome(expr.left, chunk), outcome(expr.right, chunk)];
      return expr.op === 'and'
        ? { canBeTrue: left.canBeTrue && right.canBeTrue, canBeFalse: left.canBeFalse || right.canBeFalse }
        : { canBeTrue: left.canBeTrue || right.canBeTrue, canBeFalse: left.canBeFalse && right.canBeFalse };
    }
    case 'isNull': {
      if (expr.arg.kind !== 'column') return UNSURE;
      const { nullCount } = chunk.columns[expr.arg.index] as ColumnChunk;
      const [some, others] = [nullCount > 0, nullCount < chunk.rows];
      return expr.negated ? { canBeTrue: others, canBeFalse: some } : { canBeTrue: some, canBeFalse: others };
    }
    case 'compare':
      return compareOutcome(expr, chunk);
    case 'isIn':
      return isInOutcome(expr, chunk);
    case 'call':
      return expr.fn === 'f_startsWith' ? prefixOutcome(expr, chunk) : UNSURE;
    default:
      return UNSURE;
  }
}

function compareOutcome({ op, left, right }: TypedCompare, chunk: ChunkMeta): Outcome {
  const read = right.kind === 'literal' ? readBy(left) : undefined;
  if (right.kind !== 'literal' || read === undefined) return UNSURE;
  if (right.value === null) return NEVER;
  const column = chunk.columns[read] as ColumnChunk;
  if (column.nullCount === chunk.rows) return NEVER;
  const zone = zoneThrough(left, zoneOf(column));
  return {
    canBeTrue: mayHold(op, zone, right.value),
    canBeFalse: mayHold(OPPOSITE[op], zone, right.value),
  };
}

/** Functions that never fall while their first argument rises; what else they take is constant. */
const RISING = new Set<TypedCall['fn']>([
  'f_year',
  'f_truncate',
  'f_truncateWeek',
  'f_truncateMonths',
  'f_dayOf',
  'f_addTime',
  'f_floor',
  'f_ceil',
  'f_round',
  'f_floorQuotient',
]);

/** The column that an expression rises with, if it depends on that alone. */
function readBy(expr: TypedExpr): number | undefined {
  if (expr.kind === 'column') return expr.index;
  if (expr.kind === 'scale') return readBy(expr.arg);
  if (expr.kind !== 'call' || !RISING.has(expr.fn)) return undefined;
  const [first, ...rest] = expr.args;
  return first !== undefined && rest.every(({ kind }) => kind === 'literal') ? readBy(first) : undefined;
}

/** The zone of what such an expression comes to; without an end where that cannot be computed. */
function zoneThrough(expr: TypedExpr, zone: Zone): Zone {
  if (expr.kind === 'scale') {
    const { min, max } = zoneThrough(expr.arg, zone);
    const scaled = (end: Zone['min']): Zone['min'] =>
      typeof end === 'number' ? (end * expr.factor) / expr.divisor : undefined;
    return { min: scaled(min), max: scaled(max) };
  }
  if (expr.kind !== 'call' || expr.fn === 'isNaN') return zone;
  const { fn, args } = expr;
  const inner = zoneThrough(args[0] as TypedExpr, zone);
  const rest = args.slice(1).map((arg) => (arg.kind === 'literal' ? (arg.value as number) : 0));
  const through = (end: Zone['min']): Zone['min'] =>
    typeof end === 'number' ? (foldCall(fn, [end, ...rest]) ?? undefined) : undefined;
  return { min: through(inner.min), max: through(inner.max) };
}

/** What begins with a constant lies between that and its successor. */
function prefixOutcome({ args: [text, prefix, end] }: TypedCall, chunk: ChunkMeta): Outcome {
  if (text?.kind !== 'column' || prefix?.kind !== 'literal' || end?.kind !== 'literal') return UNSURE;
  const column = chunk.columns[text.index] as ColumnChunk;
  if (column.nullCount === chunk.rows) return NEVER;
  const zone = zoneOf(column);
  const reaches = mayHold('gtEq', zone, prefix.value as string) && mayHold('lt', zone, end.value as string);
  return { canBeTrue: reaches, canBeFalse: true };
}

function isInOutcome({ arg, values, hasNull }: TypedIsIn, chunk: ChunkMeta): Outcome {
  if (arg.kind !== 'column') return UNSURE;
  const column = chunk.columns[arg.index] as ColumnChunk;
  if (column.nullCount === chunk.rows) return NEVER;
  const zone = zoneOf(column);
  return { canBeTrue: values.some((value) => mayHold('eq', zone, value)), canBeFalse: !hasNull };
}

const OPPOSITE: Record<ComparisonOp, ComparisonOp> = {
  eq: 'neq',
  neq: 'eq',
  lt: 'gtEq',
  gtEq: 'lt',
  gt: 'ltEq',
  ltEq: 'gt',
};

/** Bounds of the non-null values, inclusive; undefined where there is none on that side. Strings as bytes, one char each. */
interface Zone {
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
}

function zoneOf({ min, max }: ColumnChunk): Zone {
  const bytes = (end: number | Buffer | undefined): number | string | undefined =>
    Buffer.isBuffer(end) ? end.toString('latin1') : end;
  return { min: bytes(min), max: bytes(max) };
}

/** Order of numbers with NaN the greatest, and of strings by bytes. */
function compare(a: number | string, b: number | string): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether some value in the zone may fulfil `value op constant`. */
function mayHold(op: ComparisonOp, { min, max }: Zone, constant: number | string): boolean {
  const low = min === undefined ? -1 : compare(min, constant);
  const high = max === undefined ? 1 : compare(max, constant);
  switch (op) {
    case 'eq':
      return low <= 0 && high >= 0;
    case 'neq':
      // A string zone may hold more than its prefixes show.
      return typeof constant === 'string' || low !== 0 || high !== 0;
    case 'lt':
      return low < 0;
    case 'ltEq':
      return low <= 0;
    case 'gt':
      return high > 0;
    case 'gtEq':
      return high >= 0;
  }
}

/** Bounds of the whole numbers of a column over chunks, undefined for floats and strings. */
export function columnInterval(
  type: Parameters<typeof isFloat>[0],
  index: number,
  chunks: readonly ChunkMeta[],
): readonly [number, number] | undefined {
  if (isFloat(type) || type === 'utf8') return undefined;
  let [low, high] = [0, 0];
  for (const chunk of chunks) {
    const { min, max } = chunk.columns[index] as ColumnChunk;
    if (typeof min === 'number') low = Math.min(low, min);
    if (typeof max === 'number') high = Math.max(high, max);
  }
  return [low, high];
}
