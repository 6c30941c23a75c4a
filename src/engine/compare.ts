/** The order of values: numbers with NaN the greatest, strings by bytes, nulls where they are asked for. */

import type { Physical } from '../expr/typed.js';

/** Nulls last. */
export function compareValues(a: Physical, b: Physical): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Direction {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export function compareBy({ descending, nullsFirst }: Direction): (a: Physical, b: Physical) => number {
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
    return descending ? -compareValues(a, b) : compareValues(a, b);
  };
}
