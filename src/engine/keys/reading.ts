/** Calls of a walk's script, counted and taken: what runs of slots and pieces of them have in common. */

import { countRetry } from '../../cluster/context.js';
import { SILENCE_MS } from '../../cluster/refresh.js';
import type { CallContext } from '../../cluster/types.js';
import type { KeyCall, KeyReply, KeyScript } from '../../codegen/keys/call.js';
import type { ValueCall, ValueSlice } from '../../codegen/keys/value-lua.js';
import { type Asked, ask, isTrouble, type Trouble } from './ask.js';
import { askNames, type FoundNames } from './ask-names.js';
import { askValue } from './ask-value.js';
import type { NodeAtWork } from './dispatch.js';
import { NamesHeld } from './names.js';
import type { KeysReceiptBuilder, Span } from './receipt-builder.js';
import { Taker } from './taker.js';
import type { KeyWalk } from './types.js';
import { ValuesHeld } from './values-held.js';
import { type WalkContext, walkContext } from './walk-context.js';

/** An answer that came so late that it is asked for again. */
const TOO_LATE: Trouble = { cause: 'SILENT', error: undefined };
const LATE_ANSWERS = 2;

/** A node, and the context of the calls to it. */
export interface At {
  readonly node: NodeAtWork;
  readonly context: CallContext;
}

export interface Answer {
  readonly reply: KeyReply;
  readonly script: KeyScript;
  readonly shard: string;
  readonly span: Span;
}

export class Reading {
  readonly walk: KeyWalk;
  readonly receipt: KeysReceiptBuilder;
  readonly clock: WalkContext;
  readonly taker: Taker;
  readonly held: NamesHeld;
  readonly values = new ValuesHeld();
  /** By node, answers in a row that were passed over. */
  readonly #late = new Map<string, number>();

  constructor(walk: KeyWalk, receipt: KeysReceiptBuilder) {
    this.walk = walk;
    this.receipt = receipt;
    this.clock = walkContext(walk.context);
    this.taker = new Taker(walk, receipt, this.clock);
    this.held = new NamesHeld(walk.snapshot.name);
  }

  async ask(at: At, call: KeyCall, keys: readonly Buffer[] = []): Promise<Answer | Trouble> {
    const script = this.walk.script();
    const shard = at.node.info.address;
    const startMs = this.receipt.now();
    const reply = await this.#counted(at, ask(this.#asked(at), script, call, keys));
    if (isTrouble(reply)) return reply;
    return { reply, script, shard, span: { shard, startMs, endMs: this.receipt.now() } };
  }

  /** @param rest the number of keys, keys and arguments */
  async askNames(
    at: At,
    script: Pick<KeyScript, 'lua' | 'sha1' | 'readOnly'>,
    rest: readonly (string | Buffer)[],
  ): Promise<FoundNames | Trouble> {
    return this.#counted(at, askNames(this.#asked(at), script, rest));
  }

  async askValue(at: At, key: Buffer, call: ValueCall): Promise<ValueSlice | Trouble> {
    return this.#counted(at, askValue(this.#asked(at), key, call));
  }

  async #counted<Found extends { readonly microseconds: number }>(
    at: At,
    asking: Promise<Found | Trouble>,
  ): Promise<Found | Trouble> {
    const startMs = this.receipt.now();
    const found = await asking;
    if (isTrouble(found)) return found;
    if (this.#isTooLate(at, startMs, found.microseconds)) return TOO_LATE;
    this.receipt.call(at.node.info.address, found.microseconds);
    return found;
  }

  /**
   * A primary that stood still for long may have been replaced meanwhile, and not know it when it goes on: what it says then is old. It
   * is asked again once the cluster has had the time to tell; where it is only slow, its third answer counts. The time that the script itself
   * took it did not stand still.
   */
  #isTooLate({ node, context }: At, startMs: number, microseconds: number): boolean {
    const { id } = node.info;
    const late = this.walk.link.isCluster && this.receipt.now() - startMs - microseconds / 1000 > SILENCE_MS;
    const before = this.#late.get(id) ?? 0;
    const isTooLate = late && before < LATE_ANSWERS;
    this.#late.set(id, isTooLate ? before + 1 : 0);
    if (!isTooLate) return false;
    countRetry(context.tally, TOO_LATE.cause);
    this.walk.link.refresh();
    return true;
  }

  #asked({ node, context }: At): Asked {
    return { link: this.walk.link, node: node.info, context };
  }
}
