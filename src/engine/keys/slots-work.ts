/** The slots of a cluster as work for its nodes. */

import type { CallContext } from '../../cluster/types.js';
import type { KeyCall, KeyReply } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { ask, isTrouble } from './ask.js';
import type { Job, JobEnd, NodeAtWork, Work } from './dispatch.js';
import { Owners } from './owners.js';
import { TARGET_US } from './pace.js';
import { slotsOfPattern } from './pattern-slots.js';
import type { SlotRange } from './receipt.js';
import type { KeysReceiptBuilder, SlotsLeft, Span } from './receipt-builder.js';
import { rangesOf, SlotBook } from './slot-book.js';
import type { Taker } from './taker.js';
import type { KeyWalk } from './types.js';
import { unsettledError } from './unsettled.js';
import type { WalkContext } from './walk-context.js';

/** What all that belongs to a walk shares. */
export interface WalkParts {
  readonly receipt: KeysReceiptBuilder;
  readonly clock: WalkContext;
  readonly taker: Taker;
}

export class SlotsWork implements Work {
  readonly #walk: KeyWalk;
  readonly #parts: WalkParts;
  readonly #book: SlotBook;
  readonly #owners: Owners;
  #gaveUp = false;

  constructor(walk: KeyWalk, parts: WalkParts) {
    this.#walk = walk;
    this.#parts = parts;
    this.#book = new SlotBook(slotsOfPattern(walk.snapshot.keys.pattern));
    this.#owners = new Owners(walk.link);
  }

  get done(): boolean {
    return this.#book.done || this.#parts.taker.enough || this.#gaveUp;
  }

  get left(): SlotsLeft {
    const { expected, askedAgain, unfinished } = this.#book;
    return { expected, askedAgain, unread: unfinished, missing: this.#gaveUp };
  }

  next({ info, pace }: NodeAtWork, now: number, inFlight: number): Job | undefined {
    const isTheirs = (slot: number): boolean => this.#owners.of(slot) === info.id;
    // Of one call at a time its budget decides where it ends.
    const range = this.#book.takeRun(isTheirs, now, inFlight === 1 ? Number.POSITIVE_INFINITY : pace.slots);
    if (range === undefined) return undefined;
    return { run: (node, context) => this.#run(range, node, context) };
  }

  async expired(nodes: ReadonlyMap<string, NodeAtWork>): Promise<void> {
    const { link, snapshot, options, context } = this.#walk;
    if (!options.partial) {
      const { timeoutMs } = context;
      throw await unsettledError({ link, source: snapshot.name, timeoutMs, slots: this.#book.unfinished, nodes });
    }
    this.#gaveUp = true;
  }

  async #run([from, to]: SlotRange, { info, pace }: NodeAtWork, context: CallContext): Promise<JobEnd> {
    const { receipt, taker } = this.#parts;
    const call: KeyCall = { mode: 'slots', from, to, maxKeys: pace.keys, budgetUs: TARGET_US, parts: 1, part: 0 };
    const script = this.#walk.script();
    const startMs = receipt.now();
    const reply = await ask({ link: this.#walk.link, node: info, context }, script, call);
    if (isTrouble(reply)) {
      this.#book.putOff([from, to], performance.now());
      return reply;
    }
    checkNext(reply, from, to);
    if (reply.largeSlots.length + reply.largeKeys.length > 0)
      throw new Error('slots and keys that are large are not read');
    const span = { shard: info.address, startMs, endMs: receipt.now() };
    receipt.call(info.address, reply.microseconds);
    pace.sawKeys(reply.enumerated, reply.microseconds);
    pace.sawSlots(reply.next - from);
    await taker.take({ reply, script, shard: info.address });
    this.#settle(reply, [from, to], span);
    return reply.microseconds;
  }

  /** Every slot of the call goes where it belongs. */
  #settle({ next, unsettled }: KeyReply, [from, to]: SlotRange, span: Span): void {
    const now = performance.now();
    const away = new Set(unsettled);
    const read: number[] = [];
    for (let slot = from; slot < next; slot++) if (!away.has(slot)) read.push(slot);
    for (const range of rangesOf(unsettled)) this.#book.putOff(range, now);
    if (away.size > 0) this.#walk.link.refresh();
    for (const range of rangesOf(read)) this.#finished(range, span);
    if (next <= to) this.#book.putBack([next, to]);
  }

  #finished(range: SlotRange, span: Span): void {
    const { receipt, clock, taker } = this.#parts;
    for (let slot = range[0]; slot <= range[1]; slot++) this.#book.finish(slot);
    receipt.visited(range, span);
    clock.progress();
    taker.progress(this.#book);
  }
}

/** A reply counts only if it accounts for all that was asked. */
function checkNext({ next, unsettled, largeSlots }: KeyReply, from: number, to: number): void {
  const named = [...unsettled, ...largeSlots.map(({ slot }) => slot)];
  if (next > from && next <= to + 1 && named.every((slot) => slot >= from && slot < next)) return;
  const message = `a script that was to read slots ${from} to ${to} says that ${next} is the next one`;
  throw new ShardfoldError('KERNEL_FAILED', message, { slot: from, kernel: 'generated' });
}
