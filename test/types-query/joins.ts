/** Rows of two queries beside each other. Never run. */
import { col, type ResultRow } from '../../src/index.js';
import { expectRows } from './expect.js';
import { anything, flights, sf } from './tables.js';

const airports = sf.table('airports', { code: 'utf8!', city: 'utf8!', late: 'bool!' });
const named = airports.rename({ code: 'origin' });
const few = flights.select('origin', 'distance', 'late');

// Names that both sides have take a suffix on the right; all columns of the right are kept, but for keys of one name.
expectRows(few.join(airports, { leftOn: 'origin', rightOn: 'code' })).is<{
  origin: string | null;
  distance: number;
  late: boolean;
  code: string;
  city: string;
  late_right: boolean;
}>(true);
expectRows(few.join(airports, { on: 'late', suffix: '_there' })).is<{
  origin: string | null;
  distance: number;
  late: boolean;
  code: string;
  city: string;
}>(true);
expectRows(few.join(named, { on: ['origin', col('late')] })).is<{
  origin: string | null;
  distance: number;
  late: boolean;
  city: string;
}>(true);
expectRows(few.join(named, { on: col('origin').lower(), suffix: '2' })).is<{
  origin: string | null;
  distance: number;
  late: boolean;
  origin2: string;
  city: string;
  late2: boolean;
}>(true);

// Where there may be no match, the right side may be null.
expectRows(few.join(named, { on: 'origin', how: 'left' })).is<{
  origin: string | null;
  distance: number;
  late: boolean;
  city: string | null;
  late_right: boolean | null;
}>(true);

expectRows(few.semiJoin(named, { on: 'origin' })).is<{ origin: string | null; distance: number; late: boolean }>(true);
expectRows(few.antiJoin(airports, { leftOn: 'origin', rightOn: 'code' }).select('late')).is<{ late: boolean }>(true);

expectRows(flights.select('late', 'day').zip(sf.table('more', { late: 'bool', wind: 'float64!' }))).is<{
  late: boolean;
  day: Date | null;
  late_right: boolean | null;
  wind: number;
}>(true);
expectRows(few.select('late').zip(few.select('late'), { suffix: '_b' })).is<{ late: boolean; late_b: boolean }>(true);

// Where one side is not known, nothing is.
expectRows(few.join(anything, { on: 'origin' })).is<ResultRow>(true);
expectRows(anything.join(few, { on: 'origin' })).is<ResultRow>(true);
expectRows(anything.semiJoin(few, { leftOn: 'x', rightOn: 'origin' })).is<ResultRow>(true);

// SQL is not read by the compiler.
expectRows(sf.sql('SELECT 1 AS n')).is<ResultRow>(true);
expectRows(sf.sql<{ n: number }>('SELECT 1 AS n').select('n')).is<{ n: number }>(true);
