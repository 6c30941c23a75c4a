/** Dates, timestamps and intervals: constants are read, and added up, before anything runs. */

import type { Node, TypeName } from 'libpg-query';
import type { ExprNode } from '../expr/nodes.js';
import type { ValueType } from '../expr/typed.js';
import { parseTime } from '../storage/times.js';
import { constant, literalOf, parameter } from './constants.js';
import { call, cast, type Env, literal, placed, type Statement } from './env.js';
import type { Offset } from './text.js';
import { typeName, typeOf } from './types.js';

/** What is added to a time: months first, then days, then milliseconds. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly ms: number;
}

const DAY_MS = 86_400_000;

export const isTimeType = (type: ValueType): boolean => type === 'timestamp' || type === 'date';

const UNITS: Readonly<Record<string, Partial<Interval>>> = {
  millisecond: { ms: 1 },
  ms: { ms: 1 },
  second: { ms: 1000 },
  sec: { ms: 1000 },
  minute: { ms: 60_000 },
  min: { ms: 60_000 },
  hour: { ms: 3_600_000 },
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  mon: { months: 1 },
  quarter: { months: 3 },
  year: { months: 12 },
  decade: { months: 120 },
  century: { months: 1200 },
};

/** PostgreSQL's bits for the units behind the text: INTERVAL '90' DAY. */
const FIELD_UNITS: Readonly<Record<number, string>> = {
  2: 'month',
  4: 'year',
  8: 'day',
  1024: 'hour',
  2048: 'minute',
  4096: 'second',
};

/** The interval that an expression is; undefined where it is none. */
export function intervalOf(node: Node | undefined, statement: Statement): Interval | undefined {
  if (!node || !('TypeCast' in node)) return undefined;
  const { arg, typeName: type } = node.TypeCast;
  if (!type || typeName(type) !== 'interval' || !arg) return undefined;
  const value = 'A_Const' in arg ? constant(arg.A_Const, statement) : undefined;
  const given = 'ParamRef' in arg ? parameter(arg.ParamRef, statement) : value;
  const text = given && literalOf(given);
  const at = 'A_Const' in arg ? arg.A_Const.location : type.location;
  if (typeof text !== 'string') throw unreadable(statement, 'this interval', at);
  return parseInterval(text, fieldUnit(type, statement)) ?? unread(unreadable(statement, `the interval '${text}'`, at));
}

function unread(error: Error): never {
  throw error;
}

function unreadable({ sql }: Statement, what: string, at: Offset) {
  return sql.unsupported(
    what,
    "intervals are written '90 days', '1 year 6 months', '2 hours 30 minutes' or '01:30:00'",
    at,
  );
}

function fieldUnit(type: TypeName, statement: Statement): string | undefined {
  const [field] = type.typmods ?? [];
  if (!field || !('A_Const' in field)) return undefined;
  const bits = literalOf(constant(field.A_Const, statement));
  if (bits === 0x7fff) return undefined;
  const unit = typeof bits === 'number' ? FIELD_UNITS[bits] : undefined;
  return unit ?? unread(unreadable(statement, 'this interval', type.location));
}

function parseInterval(text: string, unit: string | undefined): Interval | undefined {
  const total = { months: 0, days: 0, ms: 0 };
  const parts = /^\s*(?:[+-]?\d+(?:\.\d+)?\s*[a-z]*\s*|[+-]?\d+:\d\d(?::\d\d(?:\.\d{1,3})?)?\s*)+$/i.test(text);
  if (!parts) return undefined;
  for (const [, clock, amount, name] of text.matchAll(/([+-]?\d+:[\d:.]+)|([+-]?\d+(?:\.\d+)?)\s*([a-z]*)/gi)) {
    if (clock !== undefined) {
      total.ms += clockMs(clock);
      continue;
    }
    const length = UNITS[(name || unit || 'second').toLowerCase().replace(/(?<!^m)s$/, '')];
    if (!length) return undefined;
    const count = Number(amount);
    if (!Number.isInteger(count) && length.ms === undefined) return undefined;
    total.months += count * (length.months ?? 0);
    total.days += count * (length.days ?? 0);
    total.ms += count * (length.ms ?? 0);
  }
  return total;
}

function clockMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

export const negated = ({ months, days, ms }: Interval): Interval => ({ months: -months, days: -days, ms: -ms });

/** A time moved by an interval: a timestamp. */
export function moved(time: ExprNode, interval: Interval, env: Env, at: Offset): ExprNode {
  const fixed = literalOf(time);
  if (fixed instanceof Date) return placed(env, literal(movedDate(fixed, interval)), at);
  const type = typeOf(time, env);
  if (!isTimeType(type) && type !== 'null') {
    throw env.sql.error('TYPE_MISMATCH', `an interval is added to ${type}`, 'add it to a timestamp or a date', at);
  }
  const steps = [
    [interval.months, 'month'],
    [interval.days, 'day'],
    [interval.ms, 'millisecond'],
  ] as const;
  const timestamp = type === 'date' ? cast(time, 'timestamp') : time;
  return steps.reduce<ExprNode>(
    (node, [amount, unit]) => (amount === 0 ? node : call('addTime', node, literal(amount), literal(unit))),
    timestamp,
  );
}

/** The last day of a shorter month stands for those that it lacks. */
function movedDate(date: Date, { months, days, ms }: Interval): Date {
  const result = new Date(date);
  const day = date.getUTCDate();
  result.setUTCDate(1);
  result.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(result);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  result.setUTCDate(Math.min(day, last.getUTCDate()));
  return new Date(result.getTime() + days * DAY_MS + ms);
}

/** DATE '2001-02-03', TIMESTAMP '2001-02-03 04:05:06'. @throws SQL_SYNTAX where there is no such time */
export function timeConstant(text: string, to: 'date' | 'timestamp', env: Statement, at: Offset): ExprNode {
  const time = parseTime(text.trim());
  if (!time || 'reason' in time) {
    const hint = time ? time.reason : "written '2001-02-03' or '2001-02-03 04:05:06'";
    throw env.sql.error('SQL_SYNTAX', `'${text}' is no ${to}`, hint, at);
  }
  if (to === 'timestamp') return placed(env, literal(new Date(time.ms)), at);
  return placed(env, cast(literal(midnightOf(new Date(time.ms))), 'date'), at);
}

/** The day of a time. */
export const midnightOf = (time: Date): Date => new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);
