/** A fit that does not settle: why, and how far it came. */

import { ShardfoldError } from '../../errors.js';

/** Coefficients that do not settle. */
export interface Iterate {
  readonly iterations: number;
  readonly coefficients: readonly { readonly name: string; readonly estimate: number }[];
  readonly deviance: number;
}

/** NOT_CONVERGED with the last iterate: of a logistic regression an `Iterate`, of k-means a `KMeansModel`. */
export class NotConverged<Last = unknown> extends ShardfoldError {
  /** Why: the classes are separated by x, the iterations are used up, or no step makes it better. */
  readonly reason: string;
  readonly last: Last;

  /** @param shown what the message tells of the last iterate */
  constructor(reason: string, last: Last, { shown, hint }: { readonly shown: string; readonly hint: string }) {
    super('NOT_CONVERGED', `${reason}; ${shown}`, { hint });
    this.reason = reason;
    this.last = last;
  }
}

/** 'after 1 iteration'. */
export const afterIterations = (count: number): string => `after ${count} ${count === 1 ? 'iteration' : 'iterations'}`;
