/** Functions of times. Dates count as their midnight. */

import { type Bound, call, DAY_MS, invalid, literal, mismatch, number, timeOfText, toTimestamp } from './make.js';
import type { CallNode } from './nodes.js';
import type { KernelFunction } from './runtime/index.js';
import { isInteger, type TypedExpr } from './typed.js';

const HOUR_MS = 3_600_000;

/** Units of one length, in milliseconds. */
const LENGTHS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
};
/** Units of the calendar, in months. */
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const UNITS = [...Object.keys(LENGTHS), 'week', ...Object.keys(MONTHS)];

const FIELDS: Partial<Record<CallNode['fn'], KernelFunction>> = {
  year: 'f_year',
  month: 'f_month',
  day: 'f_day',
  dayOfWeek: 'f_dayOfWeek',
};
/** Unit and how many of them make up the next. */
const PARTS: Partial<Record<CallNode['fn'], readonly [number, number]>> = {
  hour: [HOUR_MS, 24],
  minute: [60_000, 60],
  second: [1000, 60],
};

export function bindTime(node: CallNode, args: readonly Bound[]): TypedExpr {
  const time = (at: number): TypedExpr => timeOf(args[at] as Bound, node);
  const field = FIELDS[node.fn];
  if (field !== undefined) return call('int64', field, time(0));
  const part = PARTS[node.fn];
  if (part !== undefined) return call('int64', 'f_part', time(0), ...part.map(number));
  switch (node.fn) {
    case 'truncate':
      return truncate(time(0), unitOf(args[1], node));
    case 'dateDiff':
      return difference(time(1), time(2), unitOf(args[0], node));
    case 'addTime':
      return addTime(node, time(0), args[1] as Bound, unitOf(args[2], node));
    default:
      throw invalid(node, 'is no function', 'see the list of functions in docs/queries.md');
  }
}

function timeOf(bound: Bound, node: CallNode): TypedExpr {
  const expr = timeOfText(bound);
  if (expr.type === 'null') return literal('timestamp', null);
  if (expr.type === 'timestamp' || expr.type === 'date') return toTimestamp(expr);
  throw mismatch(node, `takes times, not ${expr.type}`, "cast text to one: .cast('timestamp')");
}

/** @throws INVALID_ARGUMENT for what is no unit */
function unitOf(bound: Bound | undefined, node: CallNode): string {
  const value = bound?.expr.kind === 'literal' ? bound.expr.value : undefined;
  const unit = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (unit !== undefined && UNITS.includes(unit)) return unit;
  throw invalid(node, 'has no unit of time', `one of ${UNITS.join(', ')}`);
}

function truncate(time: TypedExpr, unit: string): TypedExpr {
  if (unit === 'week') return call('timestamp', 'f_truncateWeek', time);
  const months = MONTHS[unit];
  if (months !== undefined) return call('timestamp', 'f_truncateMonths', time, number(months));
  return call('timestamp', 'f_truncate', time, number(LENGTHS[unit] as number));
}

function difference(from: TypedExpr, to: TypedExpr, unit: string): TypedExpr {
  if (unit === 'week') return call('int64', 'f_differenceWeeks', from, to);
  const months = MONTHS[unit];
  if (months !== undefined) return call('int64', 'f_differenceMonths', from, to, number(months));
  return call('int64', 'f_difference', from, to, number(LENGTHS[unit] as number));
}

function addTime(node: CallNode, time: TypedExpr, count: Bound, unit: string): TypedExpr {
  if (!isInteger(count.expr.type) && count.expr.type !== 'null') {
    throw mismatch(node, `moves a time by ${count.expr.type}`, 'use a whole number of a smaller unit');
  }
  const months = MONTHS[unit];
  if (months !== undefined) return call('timestamp', 'f_addMonths', time, count.expr, number(months));
  return call(
    'timestamp',
    'f_addTime',
    time,
    count.expr,
    number(unit === 'week' ? 7 * DAY_MS : (LENGTHS[unit] as number)),
  );
}
