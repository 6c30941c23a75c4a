/** R of [X, y] from centred normal equations: sums of products about the means, and Cholesky's factor of them. */

import { type Expr, lit } from '../../expr/expr.js';
import { cholesky, placeOf } from '../common/cholesky.js';
import type { Design } from './design.js';
import type { LinearSpec } from './options.js';
import type { Passes } from './passes.js';
import type { Rows } from './triangle.js';

export interface NormalR {
  /** Without the penalty, and with it on the diagonal of the sums: what is too little without counts with it. */
  readonly data: Rows;
  readonly r: Rows;
  readonly rows: number;
  readonly dropped: number;
}

/** The same R as `qr` would give, but for rounding. Means come from a pass of their own. */
export async function normalR(design: Design, { intercept, l2, run }: LinearSpec, passes: Passes): Promise<NormalR> {
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
  const { first, left } = intercept ? aboutMeans(flat, means) : { first: undefined, left: flat };
  const factor = (penalty: number): Rows => {
    const r = factorOf(left, plain.length, penalty);
    return first === undefined ? r : [first, ...r.map((row) => [0, ...row])];
  };
  return { data: factor(0), r: factor(l2), rows, dropped };
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

/** The means were near: what is left of the sums is taken off. They become the first row. */
function aboutMeans(sums: readonly number[], means: readonly number[]): { first: number[]; left: number[] } {
  const size = means.length + 1;
  const at = (i: number, j: number): number => sums[placeOf(i, j, size)] as number;
  const n = at(0, 0);
  const left = means.flatMap((_, i) =>
    means.slice(i).map((_mean, j) => at(i + 1, i + j + 1) - (at(0, i + 1) * at(0, i + j + 1)) / n),
  );
  const root = Math.sqrt(n);
  return { first: [root, ...means.map((mean, j) => root * (mean + at(0, j + 1) / n))], left };
}

/** R of sums of products of [x…, y]; where a pivot is rounding alone, its row is 0. Of y, which is the last, anything may be left. */
function factorOf(sums: readonly number[], size: number, l2: number): Rows {
  const penalised = [...sums];
  for (let j = 0; j < size - 1; j++) penalised[placeOf(j, j, size)] = (sums[placeOf(j, j, size)] as number) + l2;
  return cholesky(penalised, size, size * 2 ** -48, size - 1).r;
}
