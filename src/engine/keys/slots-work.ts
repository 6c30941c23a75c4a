/** The slots of a cluster as work for its nodes. */

import type { CallContext } from '../../cluster/types.js';
import type { KeyCall, KeyReply } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { ask, isTrouble } from './ask.js';
import type { Job, JobEnd, NodeAtWork, Work } from './dispatch.js';
import type { KeysReceipt, KeysReceiptBuilder, Span } from './keys-receipt.js';
import { Owners } from './owners.js';
import { TARGET_US } from './pace.js';
import { type Range, rangesOf, SlotBook } from './slot-book.js';
import { Taker } from './taker.js';
import type { KeyWalk } from './types.js';
import { unsettledError } from './unsettled.js';

export interface SlotsWalk extends KeyWalk {
  readonly receipt: KeysReceiptBuilder;
  /** Something was finished. */
  progress(): void;
}

export class SlotsWork implements Work {
  readonly #walk: SlotsWalk;
  readonly #book: SlotBook;
  readonly #owners: Owners;
  readonly #taker: Taker;
  #gaveUp = false;

  constructor(walk: SlotsWalk) {
    this.#walk = walk;
    this.#book = new SlotBook(walk.slots);
    this.#owners = new Owners(walk.link);
    this.#taker = new Taker(walk);
  }

  get done(): boolean {
    return this.#book.done || this.#taker.enough || this.#gaveUp;
  }

  next({ info, pace }: NodeAtWork, now: number, inFlight: number): Job | undefined {
    const isTheirs = (slot: number): boolean => this.#owners.of(slot) === info.id;
    // Of one call at a time its budget decides where it ends.
    const range = this.#book.takeRun(isTheirs, now, inFlight === 1 ? Number.POSITIVE_INFINITY : pace.slots);
    if (range === undefined) return undefined;
    return { run: (node, context) => this.#run(range, node, context) };
  }

  async #run([from, to]: Range, { info, pace }: NodeAtWork, context: CallContext): Promise<JobEnd> {
    const { link, receipt } = this.#walk;
    const call: KeyCall = { mode: 'slots', from, to, maxKeys: pace.keys, budgetUs: TARGET_US, parts: 1, part: 0 };
    const startMs = receipt.now();
    const said = await ask({ link, node: info, context }, this.#walk.script(), call);
    if (isTrouble(said)) {
      this.#book.putOff([from, to], performance.now());
      return said;
    }
    checkNext(said, from, to);
    this.#taker.take(said, info.address);
    pace.sawKeys(said.enumerated, said.microseconds);
    pace.sawSlots(said.next - from);
    this.#settle(said, [from, to], { shard: info.address, startMs, endMs: receipt.now() });
    return said.microseconds;
  }

  /** Every slot of the call goes where it belongs. */
  #settle(said: KeyReply, [from, to]: Range, span: Span): void {
    const { link } = this.#walk;
    const now = performance.now();
    const away = new Set(said.unsettled);
    const read: number[] = [];
    for (let slot = from; slot < said.next; slot++) if (!away.has(slot)) read.push(slot);
    for (const range of rangesOf(said.unsettled)) this.#book.putOff(range, now);
    if (away.size > 0) link.refresh();
    for (const range of rangesOf(read)) this.#finished(range, span);
    if (said.next <= to) this.#book.putBack([said.next, to]);
  }

  #finished(range: Range, span: Span): void {
    for (let slot = range[0]; slot <= range[1]; slot++) this.#book.finish(slot);
    this.#walk.receipt.visited(range, span);
    this.#walk.finished?.(range);
    this.#walk.progress();
    this.#taker.progress(this.#book);
  }

  async expired(nodes: ReadonlyMap<string, NodeAtWork>): Promise<void> {
    const { link, source, options, context } = this.#walk;
    if (!options.partial) {
      const stuck = { link, source, timeoutMs: context.timeoutMs, slots: this.#book.unfinished, nodes };
      throw await unsettledError(stuck);
    }
    this.#gaveUp = true;
  }

  finish(): KeysReceipt {
    const left = { slots: this.#book.unfinished, missing: this.#gaveUp };
    return this.#walk.receipt.finish(this.#book.expected, this.#book.askedAgain, left);
  }
}

/** A reply counts only if it accounts for all that was asked. */
function checkNext({ next, unsettled, largeSlots }: KeyReply, from: number, to: number): void {
  const named = [...unsettled, ...largeSlots.map(({ slot }) => slot)];
  if (next > from && next <= to + 1 && named.every((slot) => slot >= from && slot < next)) return;
  const message = `a script that was to read slots ${from} to ${to} says that ${next} is the next one`;
  throw new ShardfoldError('KERNEL_FAILED', message, { slot: from, kernel: 'generated' });
}
