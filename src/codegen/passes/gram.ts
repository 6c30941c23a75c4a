/**
 * Sums of products: Σ (x_i − s_i)(x_j − s_j) for i ≤ j, row by row of the upper triangle. The shifts s, one a number, are the constants;
 * of weighted rows every number is multiplied by the root of the weight before.
 */

import type { PassState, RowPass } from './pass.js';

const names = (width: number, prefix: string): string[] => Array.from({ length: width }, (_, i) => `${prefix}${i + 1}`);

/** Unrolled: a loop over the numbers would need them in a table, which costs more than the products. */
function lua(width: number): string {
  const given = names(width, 'x');
  const sums: string[] = [];
  for (let i = 1; i <= width; i++) {
    for (let j = i; j <= width; j++) {
      const at = `t[${sums.length + 1}]`;
      sums.push(`${at} = ${at} + x${i} * x${j}`);
    }
  }
  return `local function gram_new(width, list)
  local t = { shifts = list }
  for k = 1, ${sums.length} do t[k] = 0 end
  return t
end
local function gram_row(t, ${given.join(', ')})
  local s = t.shifts
  ${given.map((x, i) => `${x} = ${x} - s[${i + 1}]`).join(' ')}
  ${sums.join(' ')}
end
local function gram_flat(t) return t end
local function gram_join(a, b)
  local t = {}
  for k = 1, ${sums.length} do t[k] = a[k] + b[k] end
  return t
end`;
}

interface Sums extends PassState {
  readonly shifts: readonly number[];
  readonly sums: number[];
}

export const gram: RowPass = {
  name: 'gram',
  lua,
  js: {
    create: (width, list): Sums => ({ shifts: list, sums: new Array<number>((width * (width + 1)) / 2).fill(0) }),
    row(state, values) {
      const { shifts, sums } = state as Sums;
      const x = values.map((value, i) => value - (shifts[i] as number));
      let k = 0;
      for (let i = 0; i < x.length; i++) {
        for (let j = i; j < x.length; j++, k++) sums[k] = (sums[k] as number) + (x[i] as number) * (x[j] as number);
      }
    },
    flat: (state) => (state as Sums).sums,
    join: (a, b) => a.map((sum, k) => sum + (b[k] as number)),
  },
};
