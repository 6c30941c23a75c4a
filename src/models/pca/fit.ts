/**
 * Principal components of the columns of a query: means first, then the R factor of the centred rows (TSQR in the shards), and the singular
 * values of R here. R keeps the digits of small components, which a matrix of covariances would lose by squaring.
 */

import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import { ShardfoldError } from '../../errors.js';
import type { Expr } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { checkNames, checkNullRule, checkWhole, invalid, type NullRule, numberColumns } from '../common/columns.js';
import { type Fitting, onOneVersion } from '../common/fitting.js';
import { momentsOf } from '../common/moments.js';
import { ofTables } from '../receipt.js';
import { PcaModel } from './model.js';

export interface PcaOptions extends CollectOptions {
  /** Columns of numbers (bools count as 0 and 1), at most 64. */
  readonly x: readonly string[];
  /** How many components; all of them by default. */
  readonly k?: number;
  /** Whether to divide each column by its standard deviation before: for columns of different units. Not by default. */
  readonly scale?: boolean;
  /** What to do with rows that have a null in a column: `drop` (the default) leaves them out, `error` refuses them. */
  readonly nulls?: NullRule;
}

const OPTIONS = [...COLLECT_OPTIONS, 'x', 'k', 'scale', 'nulls'];

/**
 * @throws TOO_FEW_ROWS (fewer than two), INVALID_ARGUMENT (k beyond the columns, a constant column that is to be scaled), UNKNOWN_COLUMN,
 *   TYPE_MISMATCH, INVALID_VALUE (nulls that are refused), OUT_OF_RANGE (NaN, infinities), PLAN_TOO_LARGE, WRITE_CONFLICT
 */
export async function pca(source: Query, options: PcaOptions): Promise<PcaModel> {
  checkOptions(options, OPTIONS);
  const { x, k, scale, nulls } = options;
  checkNames(x, 'x');
  checkWhole('k', k, [1, x.length]);
  checkNullRule(nulls);
  if (scale !== undefined && typeof scale !== 'boolean') throw invalid(`scale is ${String(scale)}`, 'true or false');
  return onOneVersion(source, options, (fitting) => fitted(fitting, options));
}

async function fitted(fitting: Fitting, { x, k, scale = false, nulls }: PcaOptions): Promise<PcaModel> {
  const columns = await numberColumns(fitting, x, 'pca');
  const { n, dropped, means, squares } = await momentsOf(fitting, { columns, names: x, nulls });
  if (n < 2) {
    const hint = 'principal components need at least two rows';
    throw new ShardfoldError('TOO_FEW_ROWS', `there is one row${ofTables(fitting.receipt)} without a null`, { hint });
  }
  const scales = squares.map((square, i) => (scale ? deviation(square / (n - 1), x[i] as string) : 1));
  const centred = columns.map((column, i): Expr => {
    const difference: Expr = column.sub(means[i] as number);
    return scale ? difference.div(scales[i] as number) : difference;
  });
  const { flat } = await fitting.pass('qr', centred, [0]);
  const { components, variances } = decompose(flat, x.length, n);
  const kept = k ?? x.length;
  const totalVariance = variances.reduce((sum, each) => sum + each, 0);
  const found = { components: components.slice(0, kept), explainedVariance: variances.slice(0, kept), totalVariance };
  return new PcaModel({ x, means, scales, ...found, n, dropped }, fitting.receipt);
}

function deviation(variance: number, name: string): number {
  if (variance > 0) return Math.sqrt(variance);
  throw new ShardfoldError('INVALID_ARGUMENT', `column "${name}" is constant, and cannot be scaled`, {
    hint: `leave it out of x, or scale: false`,
  });
}

/** @param flat the upper triangle of R, row by row */
function decompose(flat: readonly number[], width: number, rows: number) {
  const r = Matrix.zeros(width, width);
  for (let i = 0, at = 0; i < width; i++) {
    for (let j = i; j < width; j++, at++) r.set(i, j, flat[at] as number);
  }
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(r, { computeLeftSingularVectors: false });
  return {
    components: diagonal.map((_, c) => withSign(rightSingularVectors.getColumn(c))),
    variances: diagonal.map((value) => (value * value) / (rows - 1)),
  };
}

function withSign(loadings: readonly number[]): number[] {
  const greatest = loadings.reduce((best, each) => (Math.abs(each) > Math.abs(best) ? each : best), 0);
  return loadings.map((each) => (greatest < 0 ? 0 - each : each));
}
