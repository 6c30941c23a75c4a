/** What a logistic model consists of, as plain data. */

import type { Term } from '../linear/terms.js';
import type { ModelReceipt } from '../receipt.js';

export interface LogisticFit {
  readonly y: string;
  readonly terms: readonly Term[];
  readonly intercept: boolean;
  readonly l2: number;
  /** Standard errors are null where there is a penalty. */
  readonly coefficients: readonly {
    readonly name: string;
    readonly estimate: number;
    readonly standardError: number | null;
  }[];
  /** −2 times the log-likelihood, and that of the intercept alone (without one: of probabilities of one half). */
  readonly deviance: number;
  readonly nullDeviance: number;
  readonly iterations: number;
  readonly n: number;
  /** Rows where y is 1, and rows left out for a null. */
  readonly ones: number;
  readonly dropped: number;
}

export interface LogisticCoefficient {
  readonly name: string;
  readonly estimate: number;
  /** Null, as z and p, where there is a penalty. */
  readonly standardError: number | null;
  readonly z: number | null;
  /** P(|Z| > |z|) of the normal distribution. */
  readonly p: number | null;
}

export interface LogisticJson extends Omit<LogisticFit, 'coefficients'> {
  readonly model: 'logistic';
  readonly coefficients: readonly LogisticCoefficient[];
  readonly aic: number;
  readonly receipt: ModelReceipt;
}
