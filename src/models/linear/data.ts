/** What a linear model consists of, as plain data. */

import type { ModelReceipt } from '../receipt.js';
import type { Term } from './terms.js';

export interface LinearData {
  readonly y: string;
  readonly terms: readonly Term[];
  readonly intercept: boolean;
  readonly weights?: string;
  readonly method: 'qr' | 'normal';
  readonly l2: number;
  readonly coefficients: readonly {
    readonly name: string;
    readonly estimate: number;
    readonly standardError: number | null;
  }[];
  /** Parts of the sum of squares of y (about the mean where there is an intercept): what the model explains, and what is left. */
  readonly r2: number;
  readonly unexplained: number;
  readonly residualStandardDeviation: number;
  /** What is left of y is no more than its rounding: there is nothing that coefficients could be judged by. */
  readonly isPerfect: boolean;
  readonly conditionNumber: number;
  readonly n: number;
  readonly dropped: number;
  readonly solver: 'refined' | 'exact' | 'normal';
  readonly digits: number;
  readonly standardErrorDigits: number | null;
  readonly receipt: ModelReceipt;
}

export interface LinearCoefficient {
  readonly name: string;
  readonly estimate: number;
  /** Null, as t and p, of a ridge regression. */
  readonly standardError: number | null;
  readonly t: number | null;
  /** P(|T| > |t|) of n − p degrees of freedom. */
  readonly p: number | null;
}

export interface ConfidenceInterval {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

export interface FStatistic {
  readonly value: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
}
