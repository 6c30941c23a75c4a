/** How exact sums become one: the doubles of the right side are added like values, its limbs one by one. No order matters. */

import { addLimb, exactAdd, type Limbs } from '../codegen/exact-js.js';
import type { Merge, StateColumn } from '../codegen/merge-columns.js';
import type { Counts } from '../codegen/partial.js';

/** @param doubles fields before the limbs, two by two */
export function exactMerge(doubles: 2 | 4): Merge {
  const fields = Array.from({ length: doubles }, (_, field) => field);
  return (x, y, { to, rows, known }) => {
    const [into, from] = [x[doubles] as Counts[], y[doubles] as Counts[]];
    for (let j = 0; j < rows; j++) {
      const i = to[j] as number;
      const limbs = from[j] as Counts;
      if (i >= known) {
        for (const field of fields) (x[field] as StateColumn)[i] = (y[field] as Float64Array)[j] as number;
        into[i] = limbs;
        continue;
      }
      // What is empty may be shared.
      const own: Limbs = (into[i] as Counts).size > 0 ? (into[i] as Limbs) : new Map();
      for (const [index, whole] of limbs) addLimb(own, index as number, whole);
      for (const field of fields) {
        const [sum, compensation] = [x[field - (field % 2)], x[field - (field % 2) + 1]] as [
          Float64Array,
          Float64Array,
        ];
        const value = (y[field] as Float64Array)[j] as number;
        const [s, c] = exactAdd(sum[i] as number, compensation[i] as number, own, value);
        sum[i] = s;
        compensation[i] = c;
      }
      if (own.size > 0) into[i] = own;
    }
  };
}
