/** Types of values that expressions make, nulls among them. Never run. */
import { type Column, col, type Expr, lit, type Over } from '../../src/index.js';
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
