/** Coefficients that do not settle: why, and how far they came. */

import { ShardfoldError } from '../../errors.js';
import { signif } from '../common/print.js';

export interface Iterate {
  readonly iterations: number;
  readonly coefficients: readonly { readonly name: string; readonly estimate: number }[];
  readonly deviance: number;
}

/** NOT_CONVERGED with the last iterate. */
export class NotConverged extends ShardfoldError {
  /** Why: the classes are separated by x, the iterations are used up, or no step makes it better. */
  readonly reason: string;
  readonly last: Iterate;

  constructor(reason: string, last: Iterate, hint: string) {
    const { iterations, coefficients, deviance } = last;
    const shown = coefficients.slice(0, 5).map(({ name, estimate }) => `${name} ${signif(estimate, 5)}`);
    const list = [...shown, ...(coefficients.length > 5 ? ['…'] : [])].join(', ');
    const after = `after ${iterations} ${iterations === 1 ? 'iteration' : 'iterations'}`;
    super(
      'NOT_CONVERGED',
      `${reason}; ${after} the deviance is ${signif(deviance, 5)}, and the coefficients are ${list}`,
      {
        hint,
      },
    );
    this.reason = reason;
    this.last = last;
  }
}
