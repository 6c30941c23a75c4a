/** How far predicted numbers are from actual ones. */

import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError } from '../../errors.js';
import { count } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { refuseInfinite } from '../common/columns.js';
import { ofTables } from '../receipt.js';
import { checkScore, isWhole, numbersOf, runOf, type Scored, type ScoreOptions } from './options.js';

export interface RegressionScore extends Scored {
  /** Root of the mean of the squared errors. */
  readonly rmse: number;
  /** Mean size of the errors. */
  readonly mae: number;
  /** 1 less the squared errors' part of the squared deviations of what is from its mean; −Infinity or NaN where that does not vary. */
  readonly r2: number;
}

interface Row {
  readonly all: number;
  readonly n: number;
  readonly squared: number;
  readonly size: number;
  readonly variance: number;
}

/** @throws INVALID_ARGUMENT (no rows), UNKNOWN_COLUMN, TYPE_MISMATCH, OUT_OF_RANGE (NaN, infinities) */
export async function regression(query: Query<object>, options: ScoreOptions): Promise<RegressionScore> {
  checkScore(query, options);
  const [actual, predicted] = await numbersOf(query, { ...options, run: runOf(options) }, 'score.regression');
  const where = isWhole(options);
  const error = actual.sub(predicted);
  const result = await query
    .agg({
      all: count(),
      n: count({ where }),
      squared: error.mul(error).mean({ where }),
      size: error.abs().mean({ where }),
      variance: actual.varPop({ where }),
    })
    .collect<Row>(runOf(options));
  const { all, n, squared, size, variance } = result[0] as Row;
  if (n === 0) throw noRows(all, result.receipt);
  // Of what is, the variance is refused before.
  refuseInfinite([squared, size], [options.predicted]);
  const found = { rmse: Math.sqrt(squared), mae: size, r2: 1 - squared / variance };
  return { ...found, n, dropped: all - n, receipt: result.receipt };
}

export function noRows(dropped: number, receipt: Receipt): ShardfoldError {
  const of = ofTables(receipt);
  const message =
    dropped > 0
      ? `${dropped === 1 ? `the only row${of} has` : `all ${dropped} rows${of} have`} a null`
      : `there are no rows${of}`;
  return new ShardfoldError('INVALID_ARGUMENT', message, {
    hint: 'a score is of rows where both columns have a value',
  });
}
