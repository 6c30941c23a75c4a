/** Receipts of work on vectors. */

import type { CallContext } from '../cluster/types.js';
import { type Receipt, ReceiptBuilder } from '../engine/receipt.js';
import type { IntoReceipt } from '../engine/results/into-types.js';
import type { ChunkMeta, TableSnapshot } from '../storage/types.js';
import { type Source, storedBytes, Travelling } from './sources.js';

/** What a result on vectors accounts for: the chunks of `table`, beside which all was computed. */
export interface VectorReceipt extends Receipt {
  /** The operand that was pulled and sent to the shards of `table`, since its chunks do not lie beside that one's. */
  readonly travelled?: { readonly vector: string; readonly version: number; readonly bytes: number };
  /** Where a vector or a matrix was written: whether its chunks were made in the shards or went through this process. */
  readonly written?: IntoReceipt['written'];
}

/** Receipts of vectors, as they are collected. */
export class VectorReceiptBuilder extends ReceiptBuilder {
  readonly #home: TableSnapshot;
  readonly #sources: readonly Source[];
  readonly #read: readonly ChunkMeta[];

  /** @param read the chunks of `home` that are read */
  constructor(home: TableSnapshot, sources: readonly Source[], read = home.chunks) {
    super(home);
    this.#home = home;
    this.#sources = sources;
    this.#read = read;
  }

  done(context: CallContext): VectorReceipt {
    const stored = new Set(this.#sources.map(({ snapshot }) => snapshot));
    const bytes = [...stored].map((each) => storedBytes(each === this.#home ? { chunks: this.#read } : each));
    const receipt = this.finish(
      context.tally,
      bytes.reduce((sum, each) => sum + each, 0),
    );
    const moved = this.#sources.find((source) => source instanceof Travelling);
    if (!moved) return receipt;
    const { name: vector, version } = moved.snapshot;
    return { ...receipt, travelled: { vector, version, bytes: moved.bytes } };
  }
}
