/** Values that are not what they are taken for. */
import { col, count } from '../../../src/index.js';
import { flights } from '../tables.js';

const [row] = await flights
  .groupBy('origin')
  .agg({ n: count(), mean: col('delay').mean() })
  .collect();
const first = row as NonNullable<typeof row>;

export const n: number = first.n;
// error: Type 'string | null' is not assignable to type 'string'.
export const origin: string = first.origin;
// error: Type 'number | null' is not assignable to type 'number'.
export const mean: number = first.mean;
// error: Property 'delay' does not exist on type '{ …n: number; …}'.
export const delay = first.delay;

const [all] = await flights.agg({ distance: col('distance').sum() }).collect();
// error: Type 'number | null | undefined' is not assignable to type 'number'.
export const total: number = all?.distance;
