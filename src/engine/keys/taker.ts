/** Takes what replies bring. */

import type { KeyReply, KeyScript } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { printableKey } from './printable.js';
import type { KeysReceiptBuilder } from './receipt-builder.js';
import type { KeyValue, KeyWalk, Unparsable } from './types.js';
import type { WalkContext } from './walk-context.js';

/** A reply, the script that gave it, and the node that it came from. */
export interface Taken {
  readonly reply: KeyReply;
  readonly script: KeyScript;
  readonly shard: string;
}

const NOTHING = { enumerated: 0, keys: 0, rows: 0, otherType: 0 } as const;

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
    await this.#taken(this.#walk.take(reply.partial, script, note));
  }

  /** A key of which a script reported that it is large; it was enumerated then. @throws UNPARSABLE_VALUE where the source is strict */
  async takeValue(value: KeyValue): Promise<void> {
    const { shard, bytes } = value;
    const script = this.#walk.script();
    this.#receipt.took({ ...NOTHING, keys: 1, rows: 1 }, shard);
    this.#receipt.readHere(bytes.length);
    await this.#taken(this.#walk.takeValue?.(value, script, (found) => this.#note(found, shard)));
  }

  /** Such a key that is gone by now, or of another type. */
  takeOther(isOther: boolean, shard: string): void {
    this.#receipt.took({ ...NOTHING, otherType: isOther ? 1 : 0 }, shard);
  }

  async #taken(taking: void | undefined | Promise<void>): Promise<void> {
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
