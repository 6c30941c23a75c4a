/** The tables of the type tests. */
import type { Query, Shardfold } from '../../src/index.js';

export declare const sf: Shardfold;

export const FLIGHTS = {
  origin: 'utf8',
  destination: 'utf8!',
  delay: 'int32',
  distance: 'int64!',
  speed: 'float32!',
  fare: 'decimal(2)',
  tax: 'decimal(4)!',
  late: 'bool!',
  day: 'date',
  landed: 'timestamp!',
} as const;

export const flights = sf.table('flights', FLIGHTS);

/** Without a schema. */
export const anything: Query = sf.table('flights');
