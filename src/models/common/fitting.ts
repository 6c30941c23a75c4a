/** The passes of one fit, all over the same versions of the tables. */

import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import type { Expr } from '../../expr/expr.js';
import type { Over } from '../../expr/infer.js';
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
    this.#took(result.receipt);
    return result;
  }

  /** Aggregates over all rows. @throws VersionChanged */
  async row(aggregates: Readonly<Record<string, Over<string>>>): Promise<Readonly<Record<string, number | null>>> {
    const result = await this.source.agg(aggregates).collect<Record<string, number | null>>(this.run);
    this.#took(result.receipt);
    return result[0] as Record<string, number | null>;
  }

  get receipt(): ModelReceipt {
    return modelReceipt(this.#receipts);
  }

  #took(receipt: Receipt): void {
    const [first] = this.#receipts;
    if (first !== undefined && !areOfOneVersion(first, receipt)) throw new VersionChanged();
    this.#receipts.push(receipt);
  }
}
