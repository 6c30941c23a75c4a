/** Takes what replies bring. */

import type { KeyReply } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { type KeysReceiptBuilder, type NamedSource, showSource } from './keys-receipt.js';
import { printableKey } from './printable.js';
import type { KeyWalk } from './types.js';

export class Taker {
  readonly #walk: KeyWalk & { readonly receipt: KeysReceiptBuilder };
  #enough = false;

  constructor(walk: KeyWalk & { readonly receipt: KeysReceiptBuilder }) {
    this.#walk = walk;
  }

  /** Whether what was taken is enough. */
  get enough(): boolean {
    return this.#enough;
  }

  /** @throws UNPARSABLE_VALUE where the source is strict */
  take(reply: KeyReply, shard: string): void {
    const { receipt, source } = this.#walk;
    receipt.call(shard, reply.microseconds);
    if (source.strict) this.#refuse(reply, shard);
    receipt.took(reply, shard);
    if (reply.keys === 0) return;
    this.#walk.take(reply.partial, reply.rows, shard);
    this.#enough ||= this.#walk.enough?.() ?? false;
  }

  progress({ finished, expected }: { readonly finished: number; readonly expected: number }): void {
    const { receipt, options } = this.#walk;
    const rowsDone = receipt.keysSeen;
    // Keys lie about evenly in slots.
    const rowsTotal = Math.max(rowsDone, Math.round((rowsDone / Math.max(finished, 1)) * expected));
    options.onProgress?.({ unitsDone: finished, unitsTotal: expected, rowsDone, rowsTotal });
  }

  #refuse({ firstUnparsable }: KeyReply, shard: string): void {
    if (firstUnparsable === undefined) return;
    throw unparsableValue(this.#walk.source, firstUnparsable.column, firstUnparsable.key, shard);
  }
}

export function unparsableValue(source: NamedSource, index: number, name: Buffer, shard?: string): ShardfoldError {
  const column = source.columns[index];
  return new ShardfoldError(
    'UNPARSABLE_VALUE',
    `${showSource(source)}: the value of column "${column?.name}" in key ${printableKey(name)} is no ${column?.type}`,
    { hint: 'without strict such values are null, and counted in the receipt', ...(shard !== undefined && { shard }) },
  );
}
