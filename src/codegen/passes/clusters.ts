/**
 * Lloyd's step (1982): of each of the centres that are the constants, one after the other, the rows that are nearest to it. Flat: the
 * greatest squared distance of a row from its centre and that row (the first of several), then of each centre the number of its rows,
 * sums of their differences from it, and the sum of their squared distances. Ties go to the lower centre.
 */

import { nearestCentre } from '../../expr/runtime/nearest.js';
import { numbered } from './blocks.js';
import type { PassState, RowPass } from './pass.js';

/** Squared distance of x1, x2, … from the constants behind `o`, as Lua. */
export const distanceLua = (given: readonly string[], constants: string): string =>
  given.map((x, i) => `t = ${x} - ${constants}[o + ${i + 1}] ${i === 0 ? 'd = t * t' : 'd = d + t * t'}`).join(' ');

function lua(width: number): string {
  const given = numbered(width, 'x');
  const all = given.join(', ');
  return `local function clusters_new(width, list)
  local k = #list / ${width}
  local s = { k = k, list = list, flat = {}, size = 1 + ${width} + k * ${width + 2} }
  for i = 1, s.size do s.flat[i] = 0 end
  s.flat[1] = -1
  return s
end
local function clusters_row(s, ${all})
  local list, flat = s.list, s.flat
  local best, least, d, t, o = 0, 1 / 0
  for j = 0, s.k - 1 do
    o = j * ${width}
    ${distanceLua(given, 'list')}
    if d < least then best, least = j, d end
  end
  if least == 1 / 0 then least = d - d end
  if least > flat[1] then flat[1] = least ${given.map((x, i) => `flat[${i + 2}] = ${x}`).join(' ')} end
  o = best * ${width}
  local f = ${width + 1} + best * ${width + 2}
  flat[f + 1] = flat[f + 1] + 1
  ${given.map((x, i) => `flat[f + ${i + 2}] = flat[f + ${i + 2}] + (${x} - list[o + ${i + 1}])`).join(' ')}
  flat[f + ${width + 2}] = flat[f + ${width + 2}] + least
end
local function clusters_flat(s) return s.flat end
local function clusters_join(a, b)
  local t, far = {}, a
  if b[1] > a[1] then far = b end
  for i = 1, ${width + 1} do t[i] = far[i] end
  for i = ${width + 2}, #a do t[i] = a[i] + b[i] end
  return t
end`;
}

interface Nearest extends PassState {
  readonly width: number;
  readonly centres: readonly number[];
  readonly sums: number[];
}

const add = (into: number[], at: number, value: number): void => {
  into[at] = (into[at] as number) + value;
};

export const clusters: RowPass = {
  name: 'clusters',
  rowNs: (width, list) => 12 * list.length + 100 * width,
  lua,
  js: {
    create(width, list): Nearest {
      const sums = new Array<number>(1 + width + (list.length / width) * (width + 2)).fill(0);
      sums[0] = -1;
      return { width, centres: list, sums };
    },
    row(state, values) {
      const { width, centres, sums } = state as Nearest;
      const [best, least] = nearestCentre(values, centres);
      if (least > (sums[0] as number)) {
        sums[0] = least;
        for (let i = 0; i < width; i++) sums[1 + i] = values[i] as number;
      }
      const from = width + 1 + best * (width + 2);
      add(sums, from, 1);
      for (let i = 0; i < width; i++)
        add(sums, from + 1 + i, (values[i] as number) - (centres[best * width + i] as number));
      add(sums, from + 1 + width, least);
    },
    flat: (state) => (state as Nearest).sums,
    join(a, b, width) {
      const far = (b[0] as number) > (a[0] as number) ? b : a;
      return a.map((sum, i) => (i <= width ? (far[i] as number) : sum + (b[i] as number)));
    },
  },
};
