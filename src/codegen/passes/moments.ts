/**
 * Means and sums of squared differences from them, column by column: row by row as Welford (1962), runs of rows joined as Chan, Golub &
 * LeVeque (1983). No constants. Flat: the number of rows, the means, the sums of squares.
 */

import { numbered } from './blocks.js';
import type { PassState, RowPass } from './pass.js';

function lua(width: number): string {
  const given = numbered(width, 'x');
  const step = (x: string, i: number): string => {
    const [mean, squares] = [`s[${i + 2}]`, `s[${i + 2 + width}]`];
    return `m = ${mean} d = ${x} - m m = m + d / n ${mean} = m ${squares} = ${squares} + d * (${x} - m)`;
  };
  return `local function moments_new(width)
  local s = {}
  for k = 1, 2 * width + 1 do s[k] = 0 end
  return s
end
local function moments_row(s, ${given.join(', ')})
  local n, m, d = s[1] + 1
  s[1] = n
  ${given.map(step).join(' ')}
end
local function moments_flat(s)
  local flat = {}
  for k = 1, #s do flat[k] = s[k] end
  return flat
end
local function moments_join(a, b, width)
  local n = a[1] + b[1]
  local share, t = b[1] / n, { n }
  for k = 2, width + 1 do
    local d = b[k] - a[k]
    t[k] = a[k] + d * share
    t[k + width] = a[k + width] + b[k + width] + d * d * (a[1] * share)
  end
  return t
end`;
}

interface Sums extends PassState {
  readonly flat: number[];
}

export const moments: RowPass = {
  name: 'moments',
  rowNs: (width) => 100 * width,
  lua,
  js: {
    create: (width): Sums => ({ flat: new Array<number>(2 * width + 1).fill(0) }),
    row(state, values) {
      const { flat } = state as Sums;
      const n = (flat[0] as number) + 1;
      flat[0] = n;
      for (let i = 0; i < values.length; i++) {
        const [x, before] = [values[i] as number, flat[i + 1] as number];
        const mean = before + (x - before) / n;
        flat[i + 1] = mean;
        const at = i + 1 + values.length;
        flat[at] = (flat[at] as number) + (x - before) * (x - mean);
      }
    },
    flat: (state) => (state as Sums).flat,
    join(a, b, width) {
      const [left, right] = [a[0] as number, b[0] as number];
      const share = right / (left + right);
      const joined = [left + right];
      for (let k = 1; k <= width; k++) {
        const d = (b[k] as number) - (a[k] as number);
        joined[k] = (a[k] as number) + d * share;
        joined[k + width] = (a[k + width] as number) + (b[k + width] as number) + d * d * (left * share);
      }
      return joined;
    },
  },
};
