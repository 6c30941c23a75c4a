/** HyperLogLogs that lie in Redis under many keys, taken as one. */

import { inspect } from 'node:util';
import type { ClusterLink } from '../../cluster/types.js';
import { countHyll } from '../../engine/keys/hyperloglog.js';
import { keyNames } from '../../engine/keys/key-names.js';
import { runOptions } from '../../engine/options.js';
import { ShardfoldError, showValue } from '../../errors.js';
import { makeKeySource } from '../../plan/keys/make-source.js';
import { checkShortcut, namedKeys, runShortcut, type ShortcutOptions, type ShortcutWork } from './named-keys.js';

export interface HyperLogLogOptions extends ShortcutOptions {
  /**
   * Where registers are merged: `client` (the default: strings of up to 12 KiB a key travel, which costs a shard a fiftieth of the
   * time) or `shards` (in Lua, 0.5 ms a dense key; one string of registers a call travels). The result is the same.
   */
  readonly side?: 'client' | 'shards';
}

/**
 * HyperLogLogs of PFADD and PFMERGE, on all shards. Nothing is written: neither a merged key nor the count that PFCOUNT keeps.
 */
export class HyperLogLogs {
  readonly #link: ClusterLink;
  readonly #keys: string | readonly Buffer[];

  /** @param keys a glob, or names @throws INVALID_ARGUMENT */
  constructor(link: ClusterLink, keys: string | readonly (string | Buffer)[]) {
    this.#link = link;
    const example = "sf.hyperloglog(['visits:mon', 'visits:tue'])";
    this.#keys =
      typeof keys === 'string' ? makeKeySource({ kind: 'keys', pattern: keys }).pattern : namedKeys(keys, example);
  }

  /**
   * The estimated number of different values in all the keys together: exactly the number that PFCOUNT gives of the same keys on one
   * server (standard error 0.81 %). A missing key has no values; of no values the number is 0. Keys under a pattern that are no
   * HyperLogLogs are passed over, and counted in the receipt (`otherType`).
   *
   * Each key is read in one step, exactly once, while slots move and primaries fail over. Memory: 16 KiB and the names of the keys.
   * @throws INVALID_ARGUMENT; TYPE_MISMATCH naming a key that was named and is no HyperLogLog, INVALID_VALUE naming one that is corrupt;
   *   SLOTS_UNSETTLED where slots of a pattern do not settle in time; TIMEOUT, CLUSTER_DOWN, ABORTED, …: a result is whole, or an error
   */
  async count(options: HyperLogLogOptions = {}): Promise<number> {
    checkShortcut(options, ['side']);
    const { side = 'client' } = options;
    if (side !== 'client' && side !== 'shards') {
      throw new ShardfoldError('INVALID_ARGUMENT', `side is ${showValue(side)}`, { hint: "'client' or 'shards'" });
    }
    return runShortcut(this.#link, options, async (work) => {
      const passOver = typeof this.#keys === 'string';
      return countHyll(
        { ...work, side, passOver },
        typeof this.#keys === 'string' ? await stringsUnder(work, this.#keys) : this.#keys,
      );
    });
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    const which = typeof this.#keys === 'string' ? JSON.stringify(this.#keys) : `${this.#keys.length} keys`;
    return `HyperLogLogs of ${which} (not read: call .count())`;
  }

  /** As in a template literal: what `console.log` shows. */
  toString(): string {
    return this[inspect.custom]();
  }
}

async function stringsUnder({ link, context, receipt }: ShortcutWork, pattern: string): Promise<readonly Buffer[]> {
  const { names, receipt: listed } = await keyNames({ link, context, run: runOptions({}) }, pattern, 'string');
  const matched = listed.keys?.[0]?.keys.matched ?? names.length;
  receipt.passed(listed);
  receipt.keys(matched - names.length);
  receipt.otherType(matched - names.length);
  return names;
}
