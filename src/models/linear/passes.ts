/** The passes of one regression. */

import type { Expr } from '../../expr/expr.js';
import type { Fitting } from '../common/fitting.js';
import type { ModelReceipt } from '../receipt.js';
import type { PassResult } from '../run-pass.js';
import type { Design } from './design.js';

export interface Passes {
  run(pass: string, columns: readonly Expr[], list: readonly number[]): Promise<PassResult>;
  receipt(): ModelReceipt;
}

/** Over the rows that have a weight. */
export const passesOf = (fitting: Fitting, { source }: Design): Passes => ({
  run: (pass, columns, list) => fitting.pass(pass, columns, list, source),
  receipt: () => fitting.receipt,
});
