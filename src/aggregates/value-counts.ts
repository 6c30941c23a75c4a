/** Values and how often each occurs, in order. */

export interface SortedValues {
  readonly values: readonly (number | string)[] | Float64Array;
  /** How many values come before the one after each. */
  readonly through: Float64Array;
  readonly total: number;
}

/** Numbers with NaN the greatest, strings (bytes, one char each) by bytes. */
export function sortedKeys(keys: Iterable<number | string>): readonly (number | string)[] | Float64Array {
  const list = [...keys];
  if (typeof list[0] === 'string') return list.sort();
  return Float64Array.from(list as number[]).sort();
}

export function sortedValues(counts: ReadonlyMap<number | string, number>): SortedValues {
  const values = sortedKeys(counts.keys());
  const through = new Float64Array(values.length);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += counts.get(values[i] as number | string) as number;
    through[i] = total;
  }
  return { values, through, total };
}

/** The value at a rank, from 0. */
export function valueAt({ values, through }: SortedValues, rank: number): number | string {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((through[middle] as number) > rank) high = middle;
    else low = middle + 1;
  }
  return values[low] as number | string;
}
