/** The slots of a cluster as work for its nodes. */

import { slotOf } from '../../cluster/slots.js';
import type { CallContext } from '../../cluster/types.js';
import type { KeyCall, KeyReply, LargeKey } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { globMatcher } from '../../plan/keys/glob.js';
import { isTrouble } from './ask.js';
import type { Job, JobEnd, NodeAtWork, Work } from './dispatch.js';
import { ListPiece } from './list-piece.js';
import { piecesLeft } from './named-piece.js';
import type { Names } from './names.js';
import { NamesPiece } from './names-piece.js';
import { Owners } from './owners.js';
import { LARGE_SLOT, LISTED_AT_ONCE } from './pace.js';
import { slotsToRead } from './pattern-slots.js';
import { type Piece, Pieces } from './pieces.js';
import type { Reading } from './reading.js';
import type { SlotRange } from './receipt.js';
import type { SlotsLeft, Span } from './receipt-builder.js';
import { Scans } from './scans.js';
import { rangesOf, SlotBook } from './slot-book.js';
import { unsettledError } from './unsettled.js';

/** Slots that a call may come to where nothing is known. */
const LONG_RUN = 1024;

/** A budget always ends in some slot; one with so many keys left over has many. */
const MANY_LEFT = 256;

export class SlotsWork implements Work {
  readonly #reading: Reading;
  readonly #book: SlotBook;
  readonly #owners: Owners;
  readonly #pieces: Pieces;
  readonly #scans: Scans;
  readonly #matches: (name: string) => boolean;
  /** When the slots that are read in pieces were begun. */
  readonly #begun = new Map<number, number>();
  /** By node, where its last run ended. */
  readonly #ends = new Map<string, number>();
  #gaveUp = false;

  constructor(reading: Reading) {
    const { link, snapshot, filter, slots = slotsToRead(snapshot.keys, filter) } = reading.walk;
    this.#reading = reading;
    this.#matches = globMatcher(snapshot.keys.pattern);
    this.#book = new SlotBook(slots);
    this.#owners = new Owners(link);
    const again = (slot: number): void => this.#book.noteAgain(slot);
    this.#pieces = new Pieces({ changed: (slot, more, shard) => this.#changed(slot, more, shard), again });
    this.#scans = new Scans(reading, { listed: (slot, names, shard) => this.#listed(slot, names, shard), again });
  }

  get done(): boolean {
    return this.#book.done || this.#reading.taker.enough || this.#gaveUp;
  }

  get left(): SlotsLeft {
    const { expected, askedAgain, unfinished } = this.#book;
    return { expected, askedAgain, unread: unfinished, missing: this.#gaveUp };
  }

  /** What was begun is ended first, so that little of it lies about; names are listed last, of all slots that need it at once. */
  next(node: NodeAtWork, now: number, inFlight: number): Job | undefined {
    const owners = this.#owners.table;
    const { id } = node.info;
    const piece = this.#pieces.next(node, now, (slot) => owners[slot] === id);
    if (piece !== undefined) return piece;
    // Of one call at a time its budget decides where it ends; beside another one it is to leave slots for that.
    const most = inFlight === 1 ? Math.max(LONG_RUN, 4 * node.pace.slots) : node.pace.slots;
    const range = this.#book.takeRun(owners, id, { now, most, hint: this.#ends.get(id) });
    if (range === undefined) return this.#scans.next(node, now, owners);
    return { run: (at, context) => this.#run(range, at, context) };
  }

  async expired(nodes: ReadonlyMap<string, NodeAtWork>): Promise<void> {
    const { link, snapshot, options, context } = this.#reading.walk;
    if (!options.partial) {
      const stuck = this.#pieces.stuck();
      if (stuck !== undefined) throw stuck;
      throw await unsettledError({ link, source: snapshot.name, context, slots: this.#book.unfinished, nodes });
    }
    this.#gaveUp = true;
  }

  async #run([from, to]: SlotRange, node: NodeAtWork, context: CallContext): Promise<JobEnd> {
    const { pace } = node;
    const call: KeyCall = { mode: 'slots', from, to, maxKeys: LARGE_SLOT, budgetUs: pace.budgetUs };
    const answer = await this.#reading.ask({ node, context }, call);
    if (isTrouble(answer)) {
      this.#book.putOff([from, to], performance.now());
      return answer;
    }
    const reply = this.#ofPattern(answer.reply);
    checkNext(reply, from, to);
    this.#ends.set(node.info.id, reply.next);
    pace.sawKeys(reply.enumerated, reply.microseconds);
    pace.sawSlots(reply.next - from);
    await this.#reading.taker.take({ ...answer, reply });
    this.#settle(reply, [from, to], answer.span);
    return reply.microseconds;
  }

  /** Names that are left and do not match are done with. They must not be asked for by name: this user may have no right to them. */
  #ofPattern(reply: KeyReply): KeyReply {
    const rest = reply.rest.filter((name) => this.#matches(name.toString('latin1')));
    return { ...reply, rest, enumerated: reply.enumerated + reply.rest.length - rest.length };
  }

  /** Every slot of the call goes where it belongs. */
  #settle({ next, unsettled, largeSlots, largeKeys, rest }: KeyReply, [from, to]: SlotRange, span: Span): void {
    const now = performance.now();
    const open = new Set(unsettled);
    for (const range of rangesOf(unsettled)) this.#book.putOff(range, now);
    if (open.size > 0) this.#reading.walk.link.refresh();
    for (const { slot, keys } of largeSlots) {
      open.add(slot);
      this.#open(slot, span, this.#piecesOf(slot, keys));
    }
    // The budget ended in the last slot that was reached.
    const last = next - 1;
    if (rest.length >= MANY_LEFT) this.#reading.receipt.inParts += 1;
    for (const [slot, keys] of bySlot(largeKeys, rest.length > 0 ? last : undefined)) {
      open.add(slot);
      const left = { largeKeys: keys, rest: slot === last ? rest : [] };
      this.#open(slot, span, piecesLeft(this.#reading, slot, left));
    }
    const read: number[] = [];
    for (let slot = from; slot < next; slot++) if (!open.has(slot)) read.push(slot);
    for (const range of rangesOf(read)) {
      for (let slot = range[0]; slot <= range[1]; slot++) this.#book.finish(slot);
      this.#visited(range, span);
    }
    if (next <= to) this.#book.putBack([next, to]);
  }

  /** Of a slot with too many keys to be told in one call; undefined where they are found by SCAN. */
  #piecesOf(slot: number, keys: number): Piece[] | undefined {
    this.#reading.receipt.scanned += 1;
    return keys <= LISTED_AT_ONCE ? [new NamesPiece(this.#reading, slot)] : undefined;
  }

  #open(slot: number, { startMs }: Span, pieces: readonly Piece[] | undefined): void {
    this.#book.openPieces(slot, pieces?.length ?? 1);
    this.#begun.set(slot, startMs);
    if (pieces === undefined) this.#scans.want(slot);
    else this.#pieces.add(pieces);
  }

  #listed(slot: number, names: Names, shard: string): void {
    if (names.size === 0) this.#changed(slot, -1, shard);
    else this.#pieces.add([new ListPiece(this.#reading, slot, names)]);
  }

  #changed(slot: number, more: number, shard: string): void {
    if (more > 0) this.#book.addPieces(slot, more);
    if (more >= 0 || !this.#book.closePiece(slot)) return;
    const { receipt } = this.#reading;
    this.#visited([slot, slot], { shard, startMs: this.#begun.get(slot) ?? 0, endMs: receipt.now() });
    this.#begun.delete(slot);
  }

  #visited(range: SlotRange, span: Span): void {
    const { receipt, clock, taker, walk } = this.#reading;
    receipt.visited(range, span);
    walk.finished?.(range);
    clock.progress();
    taker.progress(this.#book);
  }
}

/** @param also a slot that is there in any case */
function bySlot(keys: readonly LargeKey[], also: number | undefined): Map<number, LargeKey[]> {
  const slots = new Map<number, LargeKey[]>(also === undefined ? [] : [[also, []]]);
  for (const large of keys) {
    const slot = slotOf(large.key);
    const list = slots.get(slot);
    if (list) list.push(large);
    else slots.set(slot, [large]);
  }
  return slots;
}

/** A reply counts only if it accounts for all that was asked. */
function checkNext({ next, unsettled, largeSlots }: KeyReply, from: number, to: number): void {
  const named = [...unsettled, ...largeSlots.map(({ slot }) => slot)];
  if (next > from && next <= to + 1 && named.every((slot) => slot >= from && slot < next)) return;
  const message = `a script that was to read slots ${from} to ${to} says that ${next} is the next one`;
  throw new ShardfoldError('KERNEL_FAILED', message, { slot: from, kernel: 'generated' });
}
