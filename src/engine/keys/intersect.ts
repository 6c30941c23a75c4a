/** How many members are in all of some sets, wherever they lie. */

import intersectScript from '../../../lua/keys/intersect.lua';
import membersScript from '../../../lua/keys/set-members.lua';
import sizeScript from '../../../lua/keys/set-size.lua';
import sliceScript from '../../../lua/keys/set-slice.lua';
import { countRetry } from '../../cluster/context.js';
import { isDivided } from '../../cluster/errors.js';
import type { Argument, CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { bySlot, runBatches } from './key-batches.js';
import { MemberSet } from './member-set.js';
import { callScript, type ReadScript, readScript } from './script.js';
import type { ShortcutReceiptBuilder } from './shortcut-receipt.js';
import { wrongType } from './wrong-type.js';

const INTERSECT = readScript(intersectScript);
const SIZE = readScript(sizeScript);
const SLICE = readScript(sliceScript);
const MEMBERS = readScript(membersScript);

/** Look-ups that the servers' own command may do in a call: about half a millisecond. */
const MOST_LOOKUPS = 4000;
const MOST_SETS = 1000;
/** Members of a slice; they adapt to these microseconds. */
const [FIRST_SLICE, LEAST_SLICE, MOST_SLICE] = [250, 10, 2000];
const [FEW_US, MANY_US] = [350, 800];

export interface IntersectWork {
  readonly link: ClusterLink;
  readonly context: CallContext;
  readonly receipt: ShortcutReceiptBuilder;
  /** Counting ends there; infinite where there is no limit. */
  readonly limit: number;
  /** Members of the intersection that this process holds at most. */
  readonly maxValues: number;
}

/**
 * Members that are in all the sets all the time are counted once, those that come or go meanwhile may be or not. A missing key is an
 * empty set. Small sets of one slot are left to SINTERCARD; else the smallest set is read in slices, and each slice is tested
 * in the other sets, from the smaller to the larger ones. O(smallest set · sets).
 * @param keys at least one, none twice
 * @throws TYPE_MISMATCH naming a key that is no set, TOO_MANY_VALUES
 */
export async function countIntersection(work: IntersectWork, keys: readonly Buffer[]): Promise<number> {
  const { link, limit, receipt } = work;
  receipt.keys(keys.length);
  const sizes = await sizesOf(work, keys);
  const missing = sizes.filter(({ size }) => size === 0).length;
  receipt.missing(missing);
  if (missing > 0) return 0;
  const sets = sizes.sort((a, b) => a.size - b.size).map(({ key }) => key);
  const smallest = sizes[0]?.size as number;
  if (sets.length === 1) return Math.min(limit, smallest);
  const small = Math.min(limit, smallest) * (sets.length - 1) <= MOST_LOOKUPS && sets.length <= MOST_SETS;
  if (small && bySlot(link, sets).length === 1) {
    try {
      return await intersectInShard(work, sets);
    } catch (error) {
      // They lie on two nodes while their slot moves; or one is no set any more, and is named when it is read alone.
      if (!isDivided(error) && !isWrongType(error)) throw error;
    }
  }
  return new Sieve(work, sets).count();
}

async function sizesOf(work: IntersectWork, keys: readonly Buffer[]): Promise<{ key: Buffer; size: number }[]> {
  const sizes: { key: Buffer; size: number }[] = [];
  const batches = keys.map((key) => ({ keys: [key] }));
  await runBatches(work.link, batches, work.context, async ({ keys: [key] }, context) => {
    const of = key as Buffer;
    const [microseconds, size, kind] = await ask<[number, number, Buffer]>({ ...work, context }, SIZE, [of], []);
    if (size < 0) throw wrongType(of, 'set', String(kind));
    sizes.push({ key: of, size });
    return { microseconds, rest: [] };
  });
  return sizes;
}

async function intersectInShard(work: IntersectWork, sets: readonly Buffer[]): Promise<number> {
  const limit = Number.isFinite(work.limit) ? String(work.limit) : '0';
  const [, count] = await ask<[number, number]>(work, INTERSECT, sets, [limit]);
  return count;
}

class Sieve {
  readonly #work: IntersectWork;
  readonly #smallest: Buffer;
  readonly #others: readonly Buffer[];
  readonly #found: MemberSet;
  #slice = FIRST_SLICE;

  constructor(work: IntersectWork, [smallest, ...others]: readonly Buffer[]) {
    this.#work = work;
    this.#smallest = smallest as Buffer;
    this.#others = others;
    this.#found = new MemberSet(work.maxValues);
  }

  async count(): Promise<number> {
    const { limit, context } = this.#work;
    for (let [cursor, process] = ['0', '']; ; ) {
      context.check();
      const args = [cursor, String(this.#slice), process];
      const [microseconds, next, members, now] = await ask<readonly [number, Buffer, readonly Buffer[], Buffer]>(
        this.#work,
        SLICE,
        [this.#smallest],
        args,
      );
      [cursor, process] = [String(next), String(now)];
      if (cursor === '') {
        // What was found stays found.
        countRetry(context.tally, 'SCAN_RESTARTED');
        [cursor, process] = ['0', ''];
        continue;
      }
      this.#adapt(microseconds);
      await this.#sift(members);
      if (this.#found.size >= limit) return limit;
      if (cursor === '0') return this.#found.size;
    }
  }

  /** Keeps those of the members that are in all the other sets. */
  async #sift(members: readonly Buffer[]): Promise<void> {
    let left = this.#found.unknown(members);
    for (const key of this.#others) {
      const kept: Buffer[] = [];
      for (let at = 0; at < left.length; ) {
        const part = left.slice(at, at + this.#slice);
        const [microseconds, flags] = await ask<[number, Buffer]>(this.#work, MEMBERS, [key], part);
        for (const [i, member] of part.entries()) if (flags[i] === ONE) kept.push(member);
        at += part.length;
        this.#adapt(microseconds);
      }
      left = kept;
      if (left.length === 0) return;
    }
    for (const member of left) this.#found.add(member);
  }

  #adapt(microseconds: number): void {
    if (microseconds > MANY_US) this.#slice = Math.max(LEAST_SLICE, this.#slice >> 1);
    else if (microseconds < FEW_US) this.#slice = Math.min(MOST_SLICE, this.#slice + (this.#slice >> 2));
  }
}

const isWrongType = (error: unknown): boolean => error instanceof ShardfoldError && /\bWRONGTYPE\b/.test(error.message);

const ONE = '1'.charCodeAt(0);

async function ask<R extends readonly [number, ...unknown[]]>(
  { link, context, receipt }: IntersectWork,
  script: ReadScript,
  keys: readonly Buffer[],
  args: readonly Argument[],
): Promise<R> {
  try {
    const reply = (await callScript(link, script, { keys, args }, context)) as unknown as R;
    receipt.call(reply[0]);
    return reply;
  } catch (error) {
    // It was a set when its members were counted.
    if (keys.length > 1 || !isWrongType(error)) throw error;
    throw wrongType(keys[0] as Buffer, 'set', 'key that was written meanwhile');
  }
}
