/** The passes of one regression, all over the same version of its tables. */

import type { CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError } from '../../errors.js';
import type { Expr } from '../../expr/expr.js';
import { areOfOneVersion, type ModelReceipt, modelReceipt } from '../receipt.js';
import { type PassResult, runPass } from '../run-pass.js';
import type { Design } from './design.js';

/** Thrown where a table was replaced between two passes: all is done again. */
export class VersionChanged extends Error {}

export class Passes {
  readonly #design: Design;
  readonly #options: CollectOptions;
  readonly #receipts: Receipt[] = [];

  constructor(design: Design, options: CollectOptions) {
    this.#design = design;
    this.#options = options;
  }

  /** @throws VersionChanged */
  async run(pass: string, columns: readonly Expr[], list: readonly number[]): Promise<PassResult> {
    const result = await runPass(this.#design.source, pass, { columns, list }, this.#options);
    const [first] = this.#receipts;
    if (first !== undefined && !areOfOneVersion(first, result.receipt)) throw new VersionChanged();
    this.#receipts.push(result.receipt);
    return result;
  }

  receipt(): ModelReceipt {
    return modelReceipt(this.#receipts);
  }
}

const MOST_VERSIONS = 5;

/** @throws WRITE_CONFLICT where the tables were replaced in each of five runs */
export async function onOneVersion<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let run = 1; run <= MOST_VERSIONS; run++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof VersionChanged)) throw error;
    }
  }
  throw new ShardfoldError('WRITE_CONFLICT', 'the table was replaced again and again between two passes of a model', {
    hint: "write the rows to a table of their own before: .into('training')",
  });
}
