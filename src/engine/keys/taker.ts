/** Takes what replies bring. */

import type { KeyReply, KeyScript } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { printableKey } from './printable.js';
import type { KeysReceiptBuilder } from './receipt-builder.js';
import type { KeyWalk, Unparsable } from './types.js';
import type { WalkContext } from './walk-context.js';

/** A reply, the script that gave it, and the node that it came from. */
export interface Taken {
  readonly reply: KeyReply;
  readonly script: KeyScript;
  readonly shard: string;
}

export class Taker {
  readonly #walk: KeyWalk;
  readonly #receipt: KeysReceiptBuilder;
  readonly #clock: WalkContext;
  #enough = false;

  constructor(walk: KeyWalk, receipt: KeysReceiptBuilder, clock: WalkContext) {
    this.#walk = walk;
    this.#receipt = receipt;
    this.#clock = clock;
  }

  /** Whether what was taken is enough. */
  get enough(): boolean {
    return this.#enough;
  }

  /** @throws UNPARSABLE_VALUE where the source is strict */
  async take({ reply, script, shard }: Taken): Promise<void> {
    const note = (found: Unparsable): void => this.#note(found, shard);
    note(reply);
    this.#receipt.took(reply, shard);
    if (reply.rows === 0) return;
    const taking = this.#walk.take(reply.partial, script, note);
    if (taking !== undefined) await this.#clock.without(taking);
    this.#enough ||= this.#walk.enough?.() ?? false;
  }

  progress({ finished, expected }: { readonly finished: number; readonly expected: number }): void {
    const rowsDone = this.#receipt.keysSeen;
    // Keys lie about evenly in slots.
    const rowsTotal = Math.max(rowsDone, Math.round((rowsDone / Math.max(finished, 1)) * expected));
    this.#walk.options.onProgress?.({ unitsDone: finished, unitsTotal: expected, rowsDone, rowsTotal });
  }

  #note({ unparsable, firstUnparsable }: Unparsable, shard: string): void {
    if (firstUnparsable === undefined) return;
    const { key: name, column: index } = firstUnparsable;
    const key = typeof name === 'string' ? Buffer.from(name, 'latin1') : name;
    const { name: source, keys } = this.#walk.snapshot;
    if (keys.strict) {
      const column = keys.columns[index];
      const what = `the value of column "${column?.name}" in key ${printableKey(key)} is no ${column?.type}`;
      const hint = 'without strict such values are null, and counted in the receipt';
      throw new ShardfoldError('UNPARSABLE_VALUE', `${source}: ${what}`, { hint, shard });
    }
    this.#receipt.unparsable(unparsable, { key, column: index });
  }
}
