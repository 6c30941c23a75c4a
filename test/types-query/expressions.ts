/** Types of values that expressions make, nulls among them. Never run. */
import {
  type Column,
  coalesce,
  col,
  concat,
  type Expr,
  greatest,
  least,
  lit,
  type Over,
  when,
} from '../../src/index.js';
import { expectRows, expectType } from './expect.js';
import { flights } from './tables.js';

// Arithmetic: numbers, null where an operand is; decimals are computed with as floats.
expectRows(flights.select(col('distance').add(col('speed')).sub(1).mul(2n).div(col('tax')).neg().as('x'))).is<{
  x: number;
}>(true);
expectRows(flights.select(col('distance').add(col('delay')).as('x'))).is<{ x: number | null }>(true);
expectRows(flights.select(col('fare').mul(2).as('x'))).is<{ x: number | null }>(true);
expectRows(flights.select(col('distance').add(lit(null)).as('x'))).is<{ x: null }>(true);

// The remainder by zero is null, and by another column it may be.
expectRows(flights.select(col('distance').mod(60).as('x'))).is<{ x: number }>(true);
expectRows(flights.select(col('distance').mod(0).as('x'))).is<{ x: number | null }>(true);
expectRows(flights.select(col('distance').mod(col('speed')).as('x'))).is<{ x: number | null }>(true);

// Days are added to dates, and times subtracted from each other.
const { day, landed, late, delay, distance } = {
  day: col('day'),
  landed: col('landed'),
  late: col('late'),
  delay: col('delay'),
  distance: col('distance'),
};
expectRows(flights.select(day.add(1).as('a'), lit(1).add(day).as('b'), day.sub(distance).as('c'))).is<{
  a: Date | null;
  b: Date | null;
  c: Date | null;
}>(true);
expectRows(
  flights.select(landed.sub(landed).as('a'), landed.sub('2001-02-03').as('b'), landed.sub(new Date()).as('c')),
).is<{
  a: number;
  b: number;
  c: number;
}>(true);
expectRows(flights.select(day.add(distance.sub(1)).sub(landed).as('a'), day.sub(landed.sub(landed)).as('b'))).is<{
  a: number | null;
  b: Date | null;
}>(true);
expectRows(flights.select(distance.sub(distance.sub(1).add(2)).as('a'), col('tax').sub(1).as('b'))).is<{
  a: number;
  b: number;
}>(true);

// Functions of numbers: integers and decimals may keep their type.
expectRows(flights.select(distance.abs().as('a'), col('tax').round(1).as('b'), col('fare').neg().floor().as('c'))).is<{
  a: number;
  b: `${number}`;
  c: `${number}` | null;
}>(true);
expectRows(flights.select(distance.sqrt().pow(delay).as('a'), distance.ln().sign().as('b'), delay.isNaN().as('c'))).is<{
  a: number | null;
  b: number;
  c: boolean | null;
}>(true);
expectRows(flights.select(distance.intDiv(10).as('a'), distance.intDiv(distance).as('b'))).is<{
  a: number;
  b: number | null;
}>(true);

// Functions of strings.
const to = col('destination');
expectRows(
  flights.select(to.lower().trim().slice(1, 2).as('a'), to.length().as('b'), to.startsWith(col('origin')).as('c')),
).is<{
  a: string;
  b: number;
  c: boolean | null;
}>(true);
expectRows(flights.select(to.replace('A', col('origin')).as('a'), to.append('!').as('b'), to.like('J%').as('c'))).is<{
  a: string | null;
  b: string;
  c: boolean;
}>(true);
expectRows(flights.select(col('origin').concat(' to ', to).as('a'), concat(col('origin'), distance).as('b'))).is<{
  a: string;
  b: string;
}>(true);

expectRows(flights.select(to.splitPart(':', 1).as('a'), to.splitPart(col('origin'), delay).as('b'))).is<{
  a: string;
  b: string | null;
}>(true);

// Functions of times.
expectRows(
  flights.select(day.year().as('a'), landed.truncate('hour').as('b'), landed.addTime(delay, 'minute').as('c')),
).is<{
  a: number | null;
  b: Date;
  c: Date | null;
}>(true);
expectRows(flights.select(landed.dateDiff('day', landed).as('a'), landed.dayOfWeek().as('b'))).is<{
  a: number;
  b: number;
}>(true);

// One of several: null where all are, and constants take the type of what they stand beside.
expectRows(
  flights.select(coalesce(delay, 0).as('a'), coalesce(delay, distance).as('b'), coalesce(delay, null).as('c')),
).is<{
  a: number;
  b: number;
  c: number | null;
}>(true);
expectRows(
  flights.select(coalesce(col('fare'), 0).as('a'), least(delay, distance).as('b'), greatest(1, delay).as('c')),
).is<{
  a: `${number}`;
  b: number;
  c: number;
}>(true);
expectRows(
  flights.select(
    when(late).then('late').otherwise('on time').as('a'),
    when(delay.gt(60)).then(delay).when(late).then(distance).otherwise(0).as('b'),
    when(late).then(to).as('c'),
    when(late).then(col('tax')).otherwise(0).as('d'),
    when(late).then(1).otherwise(null).as('e'),
  ),
).is<{ a: string; b: number | null; c: string | null; d: `${number}`; e: number | null }>(true);

// Casts.
expectRows(
  flights.select(
    distance.cast('utf8').as('a'),
    delay.cast('float64').as('b'),
    to.tryCast('int32').as('c'),
    distance.cast('decimal(2)').as('d'),
    landed.cast('date').as('e'),
    distance.cast('bool').as('f'),
  ),
).is<{ a: string; b: number | null; c: number | null; d: `${number}`; e: Date; f: boolean }>(true);

// Comparisons and logic: three-valued.
expectRows(flights.select(col('distance').gt(1).and(col('late').not()).as('x'))).is<{ x: boolean }>(true);
expectRows(flights.select(col('distance').between(1, col('delay')).as('x'))).is<{ x: boolean | null }>(true);
expectRows(flights.select(col('landed').gtEq(new Date()).or(col('origin').neq('JFK')).as('x'))).is<{
  x: boolean | null;
}>(true);
expectRows(flights.select(col('destination').isIn(['JFK', 'LGA']).as('x'))).is<{ x: boolean }>(true);
expectRows(flights.select(col('destination').isIn(['JFK', null]).as('x'))).is<{ x: boolean | null }>(true);
expectRows(flights.select(col('delay').isNull().as('x'), col('delay').isNotNull().as('y'))).is<{
  x: boolean;
  y: boolean;
}>(true);

// Constants.
expectRows(flights.select(lit('a').as('a'), lit(1).as('b'), lit(true).as('c'), lit(null).as('d'), lit(1n).as('e'))).is<{
  a: string;
  b: number;
  c: boolean;
  d: null;
  e: number;
}>(true);
expectRows(flights.select(lit(new Date()).as('now'))).is<{ now: Date }>(true);

// What an expression is, before it meets a table.
expectType(col('x')).is<Column<'x'>>(true);
expectType(col('x').mul(col('y')).as('z')).is<Expr<'number' | 'null of x' | 'null of y', 'x' | 'y', 'z'>>(true);

// Expressions made elsewhere: any, or those over some columns.
const any: Expr[] = [col('x'), col('x').mul(col('y')).as('z'), col('x').sum()];
const some: Over<'delay' | 'origin'>[] = [col('delay').gt(1), col('origin').isNull()];
export const filtered = some.reduce((query, condition) => query.filter(condition), flights.limit(10));
export const lists = [any, some];
