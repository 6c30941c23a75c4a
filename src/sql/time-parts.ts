/** Parts of times: EXTRACT, date_trunc. */

import type { ExprNode, TimeFunction } from '../expr/nodes.js';
import { literalOf } from './constants.js';
import { call, type Env, literal } from './env.js';
import type { Offset } from './text.js';

interface Call {
  readonly env: Env;
  readonly at: Offset;
}

const PARTS: Readonly<Record<string, TimeFunction>> = {
  year: 'year',
  years: 'year',
  month: 'month',
  months: 'month',
  day: 'day',
  days: 'day',
  hour: 'hour',
  hours: 'hour',
  minute: 'minute',
  minutes: 'minute',
  second: 'second',
  seconds: 'second',
  dow: 'dayOfWeek',
  dayofweek: 'dayOfWeek',
};

/** A part of a time, as a whole number. */
export function extracted(field: ExprNode, time: ExprNode, { env, at }: Call): ExprNode {
  const name = literalOf(field);
  const part = typeof name === 'string' ? name.toLowerCase() : '';
  if (part === 'quarter' || part === 'quarters') {
    const sum: ExprNode = { kind: 'arithmetic', op: 'add', left: call('month', time), right: literal(2) };
    return call('intDiv', sum, literal(3));
  }
  if (Object.hasOwn(PARTS, part)) return call(PARTS[part] as TimeFunction, time);
  const instead = 'the fields are year, quarter, month, day, hour, minute, second and dow (0 is Sunday)';
  throw env.sql.unsupported(
    `EXTRACT of ${typeof name === 'string' ? name : 'a field that is no constant'}`,
    instead,
    at,
  );
}

const UNITS = new Set(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond']);

/** The name of a unit of time, one of many that are taken. */
export function unitOf(node: ExprNode, { env, at }: Call): string {
  const name = literalOf(node);
  const unit = typeof name === 'string' ? name.toLowerCase().replace(/s$/, '') : '';
  if (UNITS.has(unit)) return unit;
  const instead = `the units are ${[...UNITS].join(', ')}, as text`;
  throw env.sql.unsupported(`the unit ${typeof name === 'string' ? `'${name}'` : 'that is no constant'}`, instead, at);
}

export function truncatedTime(unit: ExprNode, time: ExprNode, at: Call): ExprNode {
  return call('truncate', time, literal(unitOf(unit, at)));
}
