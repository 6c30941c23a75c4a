/** Receipts of work on vectors. */

import type { CallContext } from '../cluster/types.js';
import { type Receipt, ReceiptBuilder } from '../engine/receipt.js';
import type { IntoReceipt } from '../engine/results/into-types.js';
import type { TableSnapshot } from '../storage/types.js';
import { type Source, storedBytes, Travelling } from './sources.js';

/** What a result on vectors accounts for: the chunks of `table`, beside which all was computed. */
export interface VectorReceipt extends Receipt {
  /** The operand that was pulled and sent to the shards of `table`, since its chunks do not lie beside that one's. */
  readonly travelled?: { readonly vector: string; readonly version: number; readonly bytes: number };
  /** Where a vector was written by a query or from here: whether its chunks were made in the shards or went through this process. */
  readonly written?: IntoReceipt['written'];
}

/** Receipts of vectors, as they are collected. */
export class VectorReceiptBuilder extends ReceiptBuilder {
  readonly #sources: readonly Source[];

  constructor(home: TableSnapshot, sources: readonly Source[]) {
    super(home);
    this.#sources = sources;
  }

  done(context: CallContext): VectorReceipt {
    const stored = new Set(this.#sources.map(({ snapshot }) => snapshot));
    const receipt = this.finish(
      context.tally,
      [...stored].reduce((sum, snapshot) => sum + storedBytes(snapshot), 0),
    );
    const moved = this.#sources.find((source) => source instanceof Travelling);
    if (!moved) return receipt;
    const { name: vector, version } = moved.snapshot;
    return { ...receipt, travelled: { vector, version, bytes: moved.bytes } };
  }
}
