/** How much a node's next call is to read, from what the last ones took. */

import { RoundTrips } from '../round-trips.js';

/** Microseconds of server time that a call should take. */
export const TARGET_US = 1000;
/** How much longer a call may take by the clock where others slow the server down: it stands still then, and a call costs some 0.2 ms besides. */
const MOST_SLOWED = 2;
/** By how much the quickest call is forgotten with every later one, so that it is one of the last hundred or so. */
const FORGOTTEN = 1.005;
/** A slot with more keys is listed first: telling their names takes a good part of a call already (0.2 µs each). */
export const LARGE_SLOT = 2048;
/** A slot with yet more keys is listed by SCAN; one with fewer by one call, of about a millisecond. */
export const LISTED_AT_ONCE = 4096;
/** Names that SCAN and SSCAN look at in one step, between two looks at the clock. */
export const SCAN_STEP = 256;
/** Until something has been measured. */
const FIRST_KEYS = 256;
const FEWEST_KEYS = 8;
/** Keys, or rows, from which a call tells all that it can; fewer tell less, for a call takes some time without any. */
const JUDGED_KEYS = 64;

export class KeyPace {
  readonly trips = new RoundTrips();
  #usPerKey: number | undefined;
  #leastUsPerKey = Number.POSITIVE_INFINITY;
  #usPerRow: number | undefined;
  #slots: number | undefined;

  /** Keys that take about a call's time. */
  get keys(): number {
    const fitting = this.#usPerKey === undefined ? FIRST_KEYS : this.budgetUs / this.#usPerKey;
    return Math.max(FEWEST_KEYS, Math.min(LARGE_SLOT, Math.floor(fitting)));
  }

  /** Microseconds by the server's clock for a call that reads keys: more of them where keys take longer now than they do at best. */
  get budgetUs(): number {
    if (this.#usPerKey === undefined) return TARGET_US;
    return TARGET_US * Math.min(MOST_SLOWED, Math.max(1, this.#usPerKey / this.#leastUsPerKey));
  }

  /** Members of one key that do. */
  get members(): number {
    const fitting = this.#usPerRow === undefined ? FIRST_KEYS : TARGET_US / this.#usPerRow;
    return Math.max(FEWEST_KEYS, Math.min(LARGE_SLOT, Math.floor(fitting)));
  }

  /** Slots that a call comes to; somewhat more, so that its budget decides. */
  get slots(): number {
    return Math.ceil(1.25 * (this.#slots ?? 64));
  }

  /** Of calls that read whole keys. */
  sawKeys(keys: number, microseconds: number): void {
    this.#usPerKey = judged(this.#usPerKey, keys, microseconds);
    this.#leastUsPerKey *= FORGOTTEN;
    if (keys >= JUDGED_KEYS) this.#leastUsPerKey = Math.min(this.#leastUsPerKey, Math.max(1, microseconds) / keys);
  }

  /** Of calls that read slices of one key. */
  sawMembers(members: number, microseconds: number): void {
    this.#usPerRow = judged(this.#usPerRow, members, microseconds);
  }

  sawSlots(slots: number): void {
    this.#slots = mixed(this.#slots, slots);
  }
}

/** One call that was slow, for whatever reason, must not make all that follow small: those say how quick they were, too. */
function judged(before: number | undefined, count: number, microseconds: number): number | undefined {
  if (count === 0) return before;
  // A clock that is too coarse for the call must not make it one that costs nothing.
  const now = Math.max(1, microseconds) / count;
  if (before === undefined) return count >= JUDGED_KEYS ? now : before;
  const weight = 0.3 * Math.min(1, count / JUDGED_KEYS);
  return (1 - weight) * before + weight * Math.min(now, 4 * before);
}

const mixed = (before: number | undefined, now: number): number =>
  before === undefined ? now : 0.7 * before + 0.3 * now;
