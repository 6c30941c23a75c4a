/** The passes of one fit, all over the same versions of the tables. */

import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import type { Expr } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { VersionChanged } from '../linear/passes.js';
import { areOfOneVersion, type ModelReceipt, modelReceipt } from '../receipt.js';
import { type PassResult, runPass } from '../run-pass.js';

/** The options of a query among those of a fit. */
export function runOptionsOf(options: CollectOptions): CollectOptions {
  const given = Object.entries(options).filter(
    ([name, value]) => COLLECT_OPTIONS.includes(name) && value !== undefined,
  );
  return Object.fromEntries(given);
}

export class Fitting {
  readonly source: Query;
  readonly run: CollectOptions;
  readonly #receipts: Receipt[] = [];

  constructor(source: Query, options: CollectOptions) {
    this.source = source;
    this.run = runOptionsOf(options);
  }

  /** A pass over the rows. @throws VersionChanged */
  async pass(name: string, columns: readonly Expr[], list: readonly number[]): Promise<PassResult> {
    const result = await runPass(this.source, name, { columns, list }, this.run);
    const [first] = this.#receipts;
    if (first !== undefined && !areOfOneVersion(first, result.receipt)) throw new VersionChanged();
    this.#receipts.push(result.receipt);
    return result;
  }

  get receipt(): ModelReceipt {
    return modelReceipt(this.#receipts);
  }
}
