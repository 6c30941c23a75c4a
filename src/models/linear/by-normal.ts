/** R of [X, y] from centred normal equations: sums of products about the means, and Cholesky's factor of them. */

import { type Expr, lit } from '../../expr/expr.js';
import type { Design } from './design.js';
import type { LinearSpec } from './options.js';
import type { Passes } from './passes.js';
import { at, type Rows } from './triangle.js';

export interface NormalR {
  readonly r: number[][];
  readonly rows: number;
  readonly dropped: number;
}

/** The same R as `qr` would give, but for rounding. Means come from a pass of their own. */
export async function normalR(design: Design, { intercept, run }: LinearSpec, passes: Passes): Promise<NormalR> {
  const { columns, y, weight } = design;
  const plain = [...columns.slice(intercept ? 1 : 0), y];
  const means = intercept ? await meansOf(design, plain, run) : plain.map(() => 0);
  const root = weight?.cast('float64').sqrt();
  const centred = plain.map((column, j) => column.sub(means[j] as number));
  const given: Expr[] = [...(intercept ? [lit(1)] : []), ...centred];
  const weighted = root === undefined ? given : given.map((column) => column.mul(root));
  const { flat, rows, dropped } = await passes.run(
    'gram',
    weighted,
    weighted.map(() => 0),
  );
  const sums = triangle(flat, weighted.length);
  return { r: intercept ? aboutMeans(sums, means) : cholesky(sums), rows, dropped };
}

async function meansOf(
  { source, weight }: Design,
  columns: readonly Expr[],
  run: LinearSpec['run'],
): Promise<number[]> {
  const means = columns.map((column) => (weight === undefined ? column.mean() : column.weightedMean(weight)));
  const [row] = await source
    .agg(...means.map((mean, j) => mean.as(`m${j}`)))
    .collect<Record<string, number | null>>(run);
  return columns.map((_, j) => row?.[`m${j}`] ?? 0);
}

function triangle(flat: readonly number[], size: number): number[][] {
  let place = 0;
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_value, j) => (j < i ? 0 : (flat[place++] ?? 0))),
  );
}

/** The means were near: what is left of the sums is taken off, and they become the first row. */
function aboutMeans(sums: Rows, means: readonly number[]): number[][] {
  const n = at(sums, 0, 0);
  const left = sums.slice(1).map((row, i) => {
    return row.slice(1).map((x, j) => (j < i ? 0 : x - (at(sums, 0, i + 1) * at(sums, 0, j + 1)) / n));
  });
  const root = Math.sqrt(n);
  const first = means.map((mean, j) => root * (mean + at(sums, 0, j + 1) / n));
  return [[root, ...first], ...cholesky(left).map((row) => [0, ...row])];
}

/** R of RᵀR; where a pivot is rounding alone, its row is 0. */
function cholesky(sums: Rows): number[][] {
  const size = sums.length;
  const r = sums.map((row) => row.map(() => 0));
  for (let k = 0; k < size; k++) {
    const row = r[k] as number[];
    const pivot = r.slice(0, k).reduce((left, above) => left - (above[k] as number) ** 2, at(sums, k, k));
    // Of y, which is the last, anything may be left.
    if (pivot <= (k === size - 1 ? 0 : size * 2 ** -48 * at(sums, k, k))) continue;
    const root = Math.sqrt(pivot);
    for (let j = k; j < size; j++) {
      const product = r
        .slice(0, k)
        .reduce((left, above) => left - (above[k] as number) * (above[j] as number), at(sums, k, j));
      row[j] = product / root;
    }
  }
  return r;
}
