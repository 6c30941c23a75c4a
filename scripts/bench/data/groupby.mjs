// The group-by table G1 of the H2O.ai database benchmark (https://github.com/h2oai/db-benchmark, _data/groupby-datagen.R), without
// nulls and unsorted: `rows` rows, K distinct values in the large-group keys, rows / K in the small-group ones.
import { randomSource } from './random.mjs';

const padded = (count, digits) => Array.from({ length: count }, (_, i) => `id${String(i + 1).padStart(digits, '0')}`);

/** @returns columns id1 … id3 (utf8), id4 … id6, v1, v2 (int32), v3 (float64) */
export function groupByTable({ rows, groups = 100, seed = 108 }) {
  const random = randomSource(seed);
  const small = Math.floor(rows / groups);
  const integers = (to, from = 1) => Int32Array.from({ length: rows }, () => random.integer(from, to));
  const texts = (name, dictionary) => {
    return { name, type: 'utf8', codes: integers(dictionary.length - 1, 0), dictionary };
  };
  const numbers = (name, to) => ({ name, type: 'int32', values: integers(to) });
  const v3 = Float64Array.from({ length: rows }, () => random.integer(0, 100_000_000) / 1e6);
  return {
    rows,
    columns: [
      texts('id1', padded(groups, 3)),
      texts('id2', padded(groups, 3)),
      texts('id3', padded(small, 10)),
      numbers('id4', groups),
      numbers('id5', groups),
      numbers('id6', small),
      numbers('v1', 5),
      numbers('v2', 15),
      { name: 'v3', type: 'float64', values: v3 },
    ],
  };
}
