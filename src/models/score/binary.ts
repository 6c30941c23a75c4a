/** How well predicted probabilities tell what is from what is not. */

import type { ColumnsResult } from '../../engine/results/columns.js';
import { ShardfoldError } from '../../errors.js';
import { count } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { invalid } from '../common/columns.js';
import { checkScore, numbersOf, ratio, runOf, type Scored, type ScoreOptions } from './options.js';
import { noRows } from './regression.js';

export interface BinaryScoreOptions extends ScoreOptions {
  /** From which prediction on a row is said to be 1; 0.5 by default. Beyond 0 and 1 only where predictions are, too. */
  readonly threshold?: number;
}

export interface BinaryScore extends Scored {
  /**
   * The chance that of two rows, one where it is 1 and one where it is 0, the former has the greater probability (of equal ones half): the
   * area under the ROC curve, exact, by ranks (Hanley & McNeil 1982). NaN where all rows are of one class.
   */
  readonly auc: number;
  /** Mean of −ln of the probability of what is, with probabilities kept 2^−52 away from 0 and 1. NaN where one is beyond 0 and 1. */
  readonly logLoss: number;
  readonly threshold: number;
  readonly confusion: {
    readonly truePositives: number;
    readonly falsePositives: number;
    readonly trueNegatives: number;
    readonly falseNegatives: number;
  };
  readonly accuracy: number;
  /** What is said to be 1 and is; NaN where nothing is said to be 1. */
  readonly precision: number;
  /** What is 1 and said to be; NaN where nothing is 1. */
  readonly recall: number;
  readonly f1: number;
}

interface Group {
  readonly p: number;
  readonly n: number;
  readonly ones: number;
  readonly zeros: number;
  /** Rows where what is is null. */
  readonly missing: number;
}

/**
 * From the counts of each different probability, by groups in the shards: at most `maxGroups` of them.
 * @throws INVALID_ARGUMENT (no rows, a threshold that no prediction can meet), INVALID_VALUE (what is is neither 0 nor 1), UNKNOWN_COLUMN, TYPE_MISMATCH, OUT_OF_RANGE (NaN),
 *   TOO_MANY_GROUPS
 */
export async function binary(query: Query<object>, options: BinaryScoreOptions): Promise<BinaryScore> {
  checkScore(query, options, ['threshold']);
  const { threshold = 0.5, ...others } = options;
  if (typeof threshold !== 'number' || Number.isNaN(threshold))
    throw invalid(`threshold is ${String(threshold)}`, 'a number: 0.5');
  const [actual, predicted] = await numbersOf(query, { ...options, run: runOf(others) }, 'score.binary');
  const [p, ones, zeros] = [predicted.as('p'), actual.eq(1), actual.eq(0)];
  const result: ColumnsResult<Group> = await query
    .groupBy(p)
    .agg({
      n: count(),
      ones: count({ where: ones }),
      zeros: count({ where: zeros }),
      missing: count({ where: actual.isNull() }),
    })
    .collectColumns<Group>(runOf(others));
  return scored(result, threshold, options.actual);
}

/** Of groups by probability, the least first; a null has a group of its own. */
function scored(
  { rows, columns, nulls, receipt }: ColumnsResult<Group>,
  threshold: number,
  actual: string,
): BinaryScore {
  let [n, ones, zeros, dropped, ranked, loss, truePositives, falsePositives] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const [p, all, one, zero] = [columns.p[i], columns.n[i], columns.ones[i], columns.zeros[i]] as [
      number,
      number,
      number,
      number,
    ];
    if (nulls.p?.[i] === 1) {
      dropped += all;
      continue;
    }
    if (Number.isNaN(p))
      throw new ShardfoldError('OUT_OF_RANGE', 'a prediction is NaN', { hint: 'leave such rows out before' });
    const missing = columns.missing[i] as number;
    dropped += missing;
    if (one + zero + missing < all) throw neither(actual);
    if (missing === all) continue;
    // Ones beat all zeros before them, and half of those that are as probable.
    ranked += one * (zeros + zero / 2);
    loss -= one * Math.log(inside(p)) + zero * Math.log1p(-inside(p));
    if (p >= threshold) [truePositives, falsePositives] = [truePositives + one, falsePositives + zero];
    [ones, zeros, n] = [ones + one, zeros + zero, n + one + zero];
  }
  if (n === 0) throw noRows(dropped, receipt);
  if ((threshold < 0 || threshold > 1) && !Number.isNaN(loss)) {
    throw invalid(`threshold is ${threshold}, and all predictions are from 0 to 1`, 'a probability: threshold: 0.5');
  }
  const confusion = {
    truePositives,
    falsePositives,
    trueNegatives: zeros - falsePositives,
    falseNegatives: ones - truePositives,
  };
  return {
    ...{ auc: ratio(ranked, ones * zeros), logLoss: loss / n, threshold, confusion },
    accuracy: (truePositives + confusion.trueNegatives) / n,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, ones),
    f1: ratio(2 * truePositives, truePositives + falsePositives + ones),
    ...{ n, dropped, receipt },
  };
}

function neither(actual: string): ShardfoldError {
  return new ShardfoldError('INVALID_VALUE', `column "${actual}" is neither 0 nor 1 in some rows`, {
    hint: 'score.classes is for more than two classes, score.regression for numbers',
  });
}

const LEAST = 2 ** -52;
const inside = (p: number): number => (p < 0 || p > 1 ? Number.NaN : Math.min(1 - LEAST, Math.max(LEAST, p)));
