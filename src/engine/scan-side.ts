/** Where rows are computed: in the shards, until that does not pay or cannot be done any more. */

import type { Slice } from '../codegen/arguments.js';
import type { TableSnapshot } from '../storage/types.js';
import { isLocal } from './local-table.js';
import type { RunOptions } from './options.js';
import { bytesStored, type ReceiptBuilder } from './receipt.js';
import { mayUse } from './shard-side.js';

/** Pulling wins where replies would weigh more than this share of the columns that they come from. */
const PULL_SHARE = 0.5;
/** Bytes of replies before that is judged. */
const JUDGED_BYTES = 256 * 1024;

export class RowSide {
  readonly #side: RunOptions['side'];
  readonly #receipt: ReceiptBuilder;
  #pull: boolean;
  #judged = JUDGED_BYTES;
  #replies = 0;
  #sources = 0;

  /** @param plain whether all values are columns as they are and nothing is filtered: their packed bytes are the cheapest wire */
  constructor(
    { side }: Pick<RunOptions, 'side'>,
    receipt: ReceiptBuilder,
    { plain, snapshot }: { readonly plain: boolean; readonly snapshot: TableSnapshot },
  ) {
    this.#side = side;
    this.#receipt = receipt;
    this.#pull = side === 'client' || (side === 'auto' && plain) || isLocal(snapshot);
    if (side === 'client') receipt.because('asked for');
    else if (this.#pull) receipt.because('rows are asked for');
  }

  /** Whether columns are pulled from now on. */
  get pulls(): boolean {
    return this.#pull;
  }

  /** Whether a slice is to be computed on the client side. @param sha1 of the kernel that would be called */
  pullsFor(sha1: string): boolean {
    if (!this.#pull && !mayUse({ sha1 })) this.giveUp('this process has made 256 kernels already');
    return this.#pull;
  }

  giveUp(reason: string): void {
    this.#pull = true;
    this.#receipt.because(reason);
  }

  /** Replies are judged no sooner than they weigh so much in all. */
  judgeFrom(bytes: number): void {
    this.#judged = Math.max(JUDGED_BYTES, bytes);
  }

  /** Notes how heavy a reply was beside the columns that it came from. */
  weigh({ chunk, rows }: Slice, columns: readonly number[], bytes: number): void {
    this.#replies += bytes;
    this.#sources += (bytesStored(chunk, columns) * rows) / chunk.rows;
    if (this.#side === 'shards' || this.#pull || this.#replies < this.#judged) return;
    if (this.#replies > PULL_SHARE * this.#sources) this.giveUp('the rows would weigh more than half of the columns');
  }
}
