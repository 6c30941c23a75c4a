/** From a query to a logistic model. */

import type { ClusterLink } from '../../cluster/types.js';
import type { Query } from '../../query/query.js';
import { onOneVersion } from '../common/fitting.js';
import { logisticDesign } from './design.js';
import { LogisticModel } from './model.js';
import { Newton, standardErrors, unscaled } from './newton.js';
import { checkLogistic, type LogisticOptions } from './options.js';

/**
 * Fits a logistic model over the rows of a query.
 * @throws INVALID_ARGUMENT (y of one value alone), UNKNOWN_COLUMN, TYPE_MISMATCH, PLAN_TOO_LARGE; INVALID_VALUE for y that is neither 0 nor
 *   1, and for nulls that are refused; OUT_OF_RANGE for NaN and infinities; TOO_FEW_ROWS; SINGULAR naming a column; NOT_CONVERGED
 */
export async function fitLogistic(link: ClusterLink, source: Query, options: LogisticOptions): Promise<LogisticModel> {
  checkLogistic(options);
  const { y, intercept = true, l2 = 0, maxIterations = 25, tolerance = 1e-8 } = options;
  return onOneVersion(source, options, async (fitting) => {
    const design = await logisticDesign(link, fitting, options);
    const { beta, factor, deviance, iterations } = await new Newton(fitting, design, {
      ...{ l2, maxIterations, tolerance },
    }).solve();
    const errors = l2 > 0 ? undefined : standardErrors(design, factor);
    const coefficients = unscaled(design, beta).map((each, j) => ({ ...each, standardError: errors?.[j] ?? null }));
    const { terms, n, ones, dropped } = design;
    const nullDeviance = intercept ? devianceOfMean(ones, n) : 2 * n * Math.LN2;
    const found = { coefficients, deviance, nullDeviance, iterations };
    return new LogisticModel({ y, terms, intercept, l2, ...found, n, ones, dropped }, fitting.receipt);
  });
}

const devianceOfMean = (ones: number, n: number): number =>
  -2 * (ones * Math.log(ones / n) + (n - ones) * Math.log1p(-ones / n));
