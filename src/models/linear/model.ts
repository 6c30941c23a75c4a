/** A linear model: what it says, and predictions by it. */

import { inspect } from 'node:util';
import { ShardfoldError, showValue } from '../../errors.js';
import type { Expr } from '../../expr/expr.js';
import type { RowsOf } from '../../query/infer.js';
import type { Query } from '../../query/query.js';
import { newName, type PredictOptions } from '../common/columns.js';
import { queryOf } from '../common/query-of.js';
import { fUpperTail, studentQuantile, studentTwoSided } from '../distributions.js';
import type { ModelReceipt } from '../receipt.js';
import type { ConfidenceInterval, FStatistic, LinearCoefficient, LinearData } from './data.js';
import { jsonOf, type LinearJson, parsed } from './json.js';
import { summary } from './summary.js';
import { predictionOf } from './terms.js';

export class LinearModel {
  readonly kind = 'linear';
  readonly #data: LinearData;
  /** The intercept first, as `(Intercept)`; then in the order of x, one of a text or bool for each value but the first: `region=eu`. */
  readonly coefficients: readonly LinearCoefficient[];

  constructor(data: LinearData) {
    this.#data = data;
    this.coefficients = data.coefficients.map(({ name, estimate, standardError }) => {
      if (standardError === null) return { name, estimate, standardError, t: null, p: null };
      const t = data.isPerfect ? Number.NaN : estimate / standardError;
      return { name, estimate, standardError, t, p: studentTwoSided(t, this.degreesOfFreedom) };
    });
  }

  /** Takes what `toJSON` gave. @throws INVALID_ARGUMENT */
  static fromJSON(json: unknown): LinearModel {
    return new LinearModel(parsed(json));
  }

  /** Rows that counted, and rows with a null, which did not. */
  get n(): number {
    return this.#data.n;
  }
  get dropped(): number {
    return this.#data.dropped;
  }

  /** n less the number of coefficients. */
  get degreesOfFreedom(): number {
    return this.#data.n - this.#data.coefficients.length;
  }

  /** The part of the sum of squares of y that the model explains: about the mean, or about 0 where there is no intercept (as R does). */
  get r2(): number {
    return this.#data.r2;
  }

  /** NaN where there are no degrees of freedom. */
  get adjustedR2(): number {
    const { unexplained, intercept } = this.#data;
    if (this.degreesOfFreedom <= 0) return Number.NaN;
    return 1 - (unexplained * (this.n - (intercept ? 1 : 0))) / this.degreesOfFreedom;
  }

  /** √(Σ w r² / (n − p)); NaN where there are no degrees of freedom, as a penalty allows. */
  get residualStandardDeviation(): number {
    return this.#data.residualStandardDeviation;
  }

  /** Of all coefficients but the intercept together; undefined where there are none, and with a penalty. */
  get f(): FStatistic | undefined {
    const { r2, unexplained, coefficients, intercept, l2 } = this.#data;
    const [df1, df2] = [coefficients.length - (intercept ? 1 : 0), this.degreesOfFreedom];
    if (df1 === 0 || l2 > 0) return undefined;
    const value = r2 / df1 / (unexplained / df2);
    return { value, df1, df2, p: fUpperTail(value, df1, df2) };
  }

  /** In the 2-norm, of the columns of X (with the penalty's rows) each scaled to length 1. */
  get conditionNumber(): number {
    return this.#data.conditionNumber;
  }

  /**
   * So many digits of every coefficient are right against the exact solution for the stored doubles, 15 at most: a bound from the
   * condition and the last correction, or all of them where rational arithmetic solved it (`solver` is `exact`). Coefficients below
   * 1e-9 of what would move y by its length count as that.
   */
  get digits(): number {
    return this.#data.digits;
  }
  /** The same of standard errors; null where there are none. */
  get standardErrorDigits(): number | null {
    return this.#data.standardErrorDigits;
  }
  /** How the coefficients were found: refined QR, exact sums and rational arithmetic, or normal equations. */
  get solver(): LinearData['solver'] {
    return this.#data.solver;
  }

  /** Where y is fitted to its last digit, or where fewer than 8 digits of the coefficients are known, or 6 of the standard errors: why. */
  get warning(): string | undefined {
    const { digits, standardErrorDigits, unexplained, isPerfect } = this.#data;
    if (isPerfect && digits >= 8)
      return 'an essentially perfect fit: what is left of y is rounding, by which no coefficient can be judged';
    if (digits >= 8 && (standardErrorDigits ?? 6) >= 6) return undefined;
    const condition = `the condition number ${this.conditionNumber.toPrecision(3)}`;
    if (digits < 8)
      return `${condition} leaves ${digits} digits of the coefficients and ${standardErrorDigits ?? 'none'} of the standard errors`;
    const residuals = unexplained > 0 ? `${unexplained.toPrecision(3)} of the squares of y` : '0';
    return `residuals of ${residuals} leave ${standardErrorDigits} digits of the standard errors (${condition})`;
  }

  get receipt(): ModelReceipt {
    return this.#data.receipt;
  }

  /** Intervals that hold the coefficients with this probability, by quantiles of Student's t. @throws INVALID_ARGUMENT */
  confidenceIntervals(level = 0.95): ConfidenceInterval[] {
    if (typeof level !== 'number' || !(level > 0 && level < 1)) {
      throw new ShardfoldError('INVALID_ARGUMENT', `the level is ${showValue(level)}`, {
        hint: 'between 0 and 1: 0.95',
      });
    }
    const t = studentQuantile(level, this.degreesOfFreedom);
    return this.coefficients.map(({ name, estimate, standardError }) => {
      if (standardError === null) {
        throw new ShardfoldError('INVALID_ARGUMENT', 'a ridge regression has no standard errors', { hint: 'l2: 0' });
      }
      return { name, low: estimate - t * standardError, high: estimate + t * standardError };
    });
  }

  /** The prediction as an expression over the columns of x; null where one of them is null, or a text that was not there. */
  expression(): Expr {
    const estimates = this.#data.coefficients.map(({ estimate }) => estimate);
    const [intercept, ...others] = estimates;
    return this.#data.intercept
      ? predictionOf(intercept, this.#data.terms, others)
      : predictionOf(undefined, this.#data.terms, estimates);
  }

  /**
   * The query with one more column, computed in the shards: `model.predict(query, { as: 'expected' }).into('t')`. Null where a column of x
   * is null, or a text that the model has not seen. @throws INVALID_ARGUMENT
   */
  predict(rows: RowsOf<object>, options: PredictOptions = {}): Query {
    const as = newName(options, 'prediction');
    return queryOf(rows).withColumns(this.expression().as(as));
  }

  /** Plain data, that `LinearModel.fromJSON` takes. */
  toJSON(): LinearJson {
    return jsonOf(this.#data, this);
  }

  /** A summary as R prints it. */
  toString(): string {
    return summary(this.#data, this);
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}
