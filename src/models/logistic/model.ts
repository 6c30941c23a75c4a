/** What logistic regression comes to. */

import { inspect } from 'node:util';
import { type Expr, lit } from '../../expr/expr.js';
import type { RowsOf } from '../../query/infer.js';
import type { Query } from '../../query/query.js';
import { newName, type PredictOptions } from '../common/columns.js';
import { checkModel } from '../common/json.js';
import { queryOf } from '../common/query-of.js';
import { predictionOf, type Term } from '../linear/terms.js';
import { normalTwoSided } from '../normal.js';
import type { ModelReceipt } from '../receipt.js';
import type { LogisticCoefficient, LogisticFit, LogisticJson } from './data.js';
import { summary } from './summary.js';

export class LogisticModel implements LogisticFit {
  readonly kind = 'logistic';
  readonly y: string;
  readonly terms: readonly Term[];
  readonly intercept: boolean;
  readonly l2: number;
  /** The intercept first, as `(Intercept)`; then in the order of x, one of a text or bool for each value but the first: `region=eu`. */
  readonly coefficients: readonly LogisticCoefficient[];
  /** −2 times the log-likelihood, and that of the intercept alone (without one: of probabilities of one half). */
  readonly deviance: number;
  readonly nullDeviance: number;
  readonly iterations: number;
  /** Rows that counted, those of them where y is 1, and rows left out for a null. */
  readonly n: number;
  readonly ones: number;
  readonly dropped: number;
  /** What the fit cost; of a model that was loaded, then. */
  readonly receipt: ModelReceipt;

  constructor(fit: LogisticFit, receipt: ModelReceipt) {
    this.y = fit.y;
    this.terms = fit.terms;
    this.intercept = fit.intercept;
    this.l2 = fit.l2;
    this.coefficients = fit.coefficients.map(({ name, estimate, standardError }) => {
      const z = standardError === null ? null : estimate / standardError;
      return { name, estimate, standardError, z, p: z === null ? null : normalTwoSided(z) };
    });
    this.deviance = fit.deviance;
    this.nullDeviance = fit.nullDeviance;
    this.iterations = fit.iterations;
    this.n = fit.n;
    this.ones = fit.ones;
    this.dropped = fit.dropped;
    this.receipt = receipt;
  }

  /** Takes what `toJSON` gave. @throws INVALID_ARGUMENT */
  static fromJSON(json: unknown): LogisticModel {
    const given = checkModel<LogisticJson>(json, 'logistic');
    return new LogisticModel(given, given.receipt);
  }

  /** Akaike's criterion: the deviance and twice the number of coefficients. */
  get aic(): number {
    return this.deviance + 2 * this.coefficients.length;
  }

  /** The probability that y is 1 as an expression over the columns of x; null where one of them is null, or a text that was not there. */
  expression(): Expr {
    const estimates = this.coefficients.map(({ estimate }) => estimate);
    const [first, ...others] = estimates;
    const eta = this.intercept
      ? predictionOf(first, this.terms, others)
      : predictionOf(undefined, this.terms, estimates);
    return lit(1).div(eta.neg().exp().add(1));
  }

  /**
   * The query with one more column, the probability that y is 1, computed in the shards: `model.predict(query, { as: 'late' }).into('t')`.
   * It uses exp: the last bits depend on the build of the servers, and receipts say so (`libm`).
   */
  predict(rows: RowsOf<object>, options: PredictOptions = {}): Query {
    const as = newName(options, 'prediction');
    return queryOf(rows).withColumns(this.expression().as(as));
  }

  /** Plain data, that `LogisticModel.fromJSON` takes. */
  toJSON(): LogisticJson {
    const { y, terms, intercept, l2, coefficients, deviance, nullDeviance, aic, iterations, n, ones, dropped } = this;
    const found = { coefficients, deviance, nullDeviance, aic, iterations };
    return { model: 'logistic', y, terms, intercept, l2, ...found, n, ones, dropped, receipt: this.receipt };
  }

  /** A summary as R prints it. */
  toString(): string {
    return summary(this);
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}
