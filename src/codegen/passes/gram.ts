/**
 * Sums of products: Σ (x_i − s_i)(x_j − s_j) for i ≤ j, row by row of the upper triangle. The shifts s, one a number, are the constants;
 * of weighted rows every number is multiplied by the root of the weight before.
 */

import { addProducts, BLOCK_ROWS, blockColumns, numbered, pairCount, productsLua } from './blocks.js';
import type { PassState, RowPass } from './pass.js';

function lua(width: number): string {
  const given = numbered(width, 'x');
  return `${productsLua('gram_products')}
local function gram_new(width, list)
  local s = { n = 0, shifts = list, columns = {}, sums = {} }
  for i = 1, ${width} do s.columns[i] = {} end
  for k = 1, ${pairCount(width)} do s.sums[k] = 0 end
  return s
end
local function gram_row(s, ${given.join(', ')})
  local n, c, h = s.n + 1, s.columns, s.shifts
  s.n = n
  ${given.map((x, i) => `c[${i + 1}][n] = ${x} - h[${i + 1}]`).join(' ')}
  if n == ${BLOCK_ROWS} then gram_products(c, c, n, s.sums, ${width}) s.n = 0 end
end
local function gram_flat(s)
  if s.n > 0 then gram_products(s.columns, s.columns, s.n, s.sums, ${width}) end
  return s.sums
end
local function gram_join(a, b)
  local t = {}
  for k = 1, ${pairCount(width)} do t[k] = a[k] + b[k] end
  return t
end`;
}

interface Gathered extends PassState {
  readonly shifts: readonly number[];
  readonly columns: readonly Float64Array[];
  readonly sums: number[];
  rows: number;
}

function flush(state: Gathered): void {
  if (state.rows > 0) addProducts(state.columns, state.columns, state.rows, state.sums);
  state.rows = 0;
}

export const gram: RowPass = {
  name: 'gram',
  rowNs: (width) => 6 * width * width + 60 * width,
  lua,
  js: {
    create: (width, list): Gathered => ({
      shifts: list,
      columns: blockColumns(width),
      sums: new Array<number>(pairCount(width)).fill(0),
      rows: 0,
    }),
    row(state, values) {
      const gathered = state as Gathered;
      const { columns, shifts, rows } = gathered;
      for (let i = 0; i < columns.length; i++) {
        (columns[i] as Float64Array)[rows] = (values[i] as number) - (shifts[i] as number);
      }
      gathered.rows = rows + 1;
      if (gathered.rows === BLOCK_ROWS) flush(gathered);
    },
    flat(state) {
      flush(state as Gathered);
      return (state as Gathered).sums;
    },
    join: (a, b) => a.map((sum, k) => sum + (b[k] as number)),
  },
};
