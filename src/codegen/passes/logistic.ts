/**
 * A step of logistic regression by iteratively reweighted least squares (McCullagh & Nelder 1989, 2.5; Newton's method on the
 * likelihood). Rows are the q numbers of x, then y, 0 or 1. The constants: q shifts, q factors and q coefficients of (x − shift) · factor,
 * so that the sums are of numbers of a like size. With η the linear predictor and μ = 1 / (1 + exp(−η)), flat is:
 * the deviance −2 Σ ln μ^y (1 − μ)^(1 − y); the least η where y is 1 and the greatest where it is 0 (separate classes are told by them);
 * q sums of (y − μ) x; and Σ μ (1 − μ) x_i x_j for i ≤ j, row by row of the upper triangle.
 */

import { addProducts, BLOCK_ROWS, blockColumns, numbered, pairCount, productsLua } from './blocks.js';
import { EXPONENTIAL_LUA, expMinus, minusLog } from './exponential.js';
import type { PassState, RowPass } from './pass.js';

function lua(width: number): string {
  const q = width - 1;
  const given = numbered(q, 'x');
  const scaled = given.map((x, i) => `${x} = (${x} - l[${i + 1}]) * l[${q + i + 1}]`);
  const predictor = given.map((x, i) => `${x} * l[${2 * q + i + 1}]`).join(' + ');
  return `local logistic_new, logistic_row, logistic_flat, logistic_join
do
${EXPONENTIAL_LUA}
${productsLua('products')}
function logistic_new(width, list)
  local s = { n = 0, list = list, rest = {}, x = {}, wx = {}, sums = {}, slopes = {}, deviance = 0, product = 1, low = 1 / 0, high = -1 / 0 }
  for i = 1, ${q} do s.x[i], s.wx[i], s.slopes[i] = {}, {}, 0 end
  for k = 1, ${pairCount(q)} do s.sums[k] = 0 end
  return s
end
local function flush(s)
  local n, rest = s.n, s.rest
  for i = 1, ${q} do
    local x, sum = s.x[i], 0
    for r = 1, n do sum = sum + rest[r] * x[r] end
    s.slopes[i] = s.slopes[i] + sum
  end
  products(s.wx, s.x, n, s.sums, ${q})
  s.deviance = s.deviance + 2 * minus_log(s.product)
  s.n, s.product = 0, 1
end
function logistic_row(s, ${given.join(', ')}, y)
  local n, l, x, wx = s.n + 1, s.list, s.x, s.wx
  s.n = n
  ${scaled.join(' ')}
  local eta = ${predictor}
  local size = eta
  if eta < 0 then size = -eta end
  local t = exp_minus(size)
  local p = 1 / (1 + t)
  local up, loss, w = t * p, 0, t * p * p
  s.product = s.product * p
  if y == 1 then
    if eta < s.low then s.low = eta end
    if eta < 0 then up, loss = p, size end
  else
    if eta > s.high then s.high = eta end
    if eta > 0 then up, loss = p, size end
    up = -up
  end
  s.deviance = s.deviance + 2 * loss
  s.rest[n] = up
  ${given.map((name, i) => `x[${i + 1}][n] = ${name} wx[${i + 1}][n] = w * ${name}`).join(' ')}
  if n == ${BLOCK_ROWS} then flush(s) end
end
function logistic_flat(s)
  if s.n > 0 then flush(s) end
  local flat = { s.deviance, s.low, s.high }
  for i = 1, ${q} do flat[3 + i] = s.slopes[i] end
  for k = 1, ${pairCount(q)} do flat[${3 + q} + k] = s.sums[k] end
  return flat
end
function logistic_join(a, b)
  local t = { a[1] + b[1], a[2] < b[2] and a[2] or b[2], a[3] > b[3] and a[3] or b[3] }
  for k = 4, #a do t[k] = a[k] + b[k] end
  return t
end
end`;
}

interface Step extends PassState {
  readonly list: readonly number[];
  /** (x − shift) · factor, and the same times the weight, for the rows of a block; y − μ. */
  readonly x: readonly Float64Array[];
  readonly weighted: readonly Float64Array[];
  readonly rest: Float64Array;
  readonly sums: number[];
  readonly slopes: number[];
  rows: number;
  /** Of the greater of the two probabilities of each row of the block: one logarithm for all of them. */
  product: number;
  deviance: number;
  low: number;
  high: number;
}

function flush(state: Step): void {
  const { x, weighted, rest, sums, slopes, rows } = state;
  if (rows === 0) return;
  x.forEach((column, i) => {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += (rest[r] as number) * (column[r] as number);
    slopes[i] = (slopes[i] as number) + sum;
  });
  addProducts(weighted, x, rows, sums);
  state.deviance += 2 * minusLog(state.product);
  state.rows = 0;
  state.product = 1;
}

/** Scales the row into its place of the block. @returns its linear predictor */
function gather({ list, x, rows }: Step, values: readonly number[]): number {
  const q = x.length;
  let eta = 0;
  for (let i = 0; i < q; i++) {
    const scaled = ((values[i] as number) - (list[i] as number)) * (list[q + i] as number);
    (x[i] as Float64Array)[rows] = scaled;
    const term = scaled * (list[2 * q + i] as number);
    eta = i === 0 ? term : eta + term;
  }
  return eta;
}

function addRow(step: Step, values: readonly number[]): void {
  const { x, weighted, rows } = step;
  const eta = gather(step, values);
  const size = eta < 0 ? -eta : eta;
  const t = expMinus(size);
  const p = 1 / (1 + t);
  const isOne = values[x.length] === 1;
  if (isOne && eta < step.low) step.low = eta;
  if (!isOne && eta > step.high) step.high = eta;
  const isWrong = isOne ? eta < 0 : eta > 0;
  const away = isWrong ? p : t * p;
  step.product *= p;
  step.deviance += 2 * (isWrong ? size : 0);
  step.rest[rows] = isOne ? away : -away;
  const weight = t * p * p;
  for (let i = 0; i < x.length; i++) {
    (weighted[i] as Float64Array)[rows] = weight * ((x[i] as Float64Array)[rows] as number);
  }
  step.rows = rows + 1;
  if (step.rows === BLOCK_ROWS) flush(step);
}

export const logistic: RowPass = {
  name: 'logistic',
  rowNs: (width) => 6 * width * width + 100 * width + 400,
  lua,
  js: {
    create: (width, list): Step => ({
      list,
      x: blockColumns(width - 1),
      weighted: blockColumns(width - 1),
      rest: new Float64Array(BLOCK_ROWS),
      sums: new Array<number>(pairCount(width - 1)).fill(0),
      slopes: new Array<number>(width - 1).fill(0),
      rows: 0,
      product: 1,
      deviance: 0,
      low: Number.POSITIVE_INFINITY,
      high: Number.NEGATIVE_INFINITY,
    }),
    row: (state, values) => addRow(state as Step, values),
    flat(state) {
      const step = state as Step;
      flush(step);
      return [step.deviance, step.low, step.high, ...step.slopes, ...step.sums];
    },
    join(a, b) {
      const low = (a[1] as number) < (b[1] as number) ? a[1] : b[1];
      const high = (a[2] as number) > (b[2] as number) ? a[2] : b[2];
      return a.map((sum, k) => (k === 1 ? (low as number) : k === 2 ? (high as number) : sum + (b[k] as number)));
    },
  },
};
