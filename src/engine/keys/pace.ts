/** How much a node's next call is to read, from what the last ones took. */

import { RoundTrips } from '../round-trips.js';

/** Microseconds of server time that a call should take. */
export const TARGET_US = 1000;
/** A slot with more keys is listed first: telling their names takes a good part of a call already (0.2 µs each). */
export const LARGE_SLOT = 2048;
/** A slot with yet more keys is listed by SCAN; one with fewer by one call, of about a millisecond. */
export const LISTED_AT_ONCE = 4096;
/** Names that SCAN and SSCAN look at in one step, between two looks at the clock. */
export const SCAN_STEP = 256;
/** Until something has been measured. */
const FIRST_KEYS = 256;
const FEWEST_KEYS = 8;
/** Keys, or rows, from which that is judged. */
const JUDGED_KEYS = 64;

export class KeyPace {
  readonly trips = new RoundTrips();
  #usPerKey: number | undefined;
  #usPerRow: number | undefined;
  #slots: number | undefined;

  /** Keys that take about a call's time. */
  get keys(): number {
    const fitting = this.#usPerKey === undefined ? FIRST_KEYS : TARGET_US / this.#usPerKey;
    return Math.max(FEWEST_KEYS, Math.min(LARGE_SLOT, Math.floor(fitting)));
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
    if (keys >= JUDGED_KEYS) this.#usPerKey = mixed(this.#usPerKey, microseconds / keys);
  }

  /** Of calls that read slices of one key. */
  sawMembers(members: number, microseconds: number): void {
    if (members >= JUDGED_KEYS) this.#usPerRow = mixed(this.#usPerRow, microseconds / members);
  }

  sawSlots(slots: number): void {
    this.#slots = mixed(this.#slots, slots);
  }
}

const mixed = (before: number | undefined, now: number): number =>
  before === undefined ? now : 0.7 * before + 0.3 * now;
