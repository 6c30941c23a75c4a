/** HyperLogLogs that lie in Redis under many keys, taken as one. */

import { inspect } from 'node:util';
import type { ClusterLink } from '../../cluster/types.js';
import { countHyll } from '../../engine/keys/hyperloglog.js';
import { ShardfoldError, showValue } from '../../errors.js';
import { namedKeys, runShortcut, type ShortcutOptions } from './named-keys.js';

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
  readonly #keys: readonly Buffer[];

  /** @throws INVALID_ARGUMENT */
  constructor(link: ClusterLink, keys: readonly (string | Buffer)[]) {
    this.#link = link;
    this.#keys = namedKeys(keys, "sf.hyperloglog(['visits:mon', 'visits:tue'])");
  }

  /**
   * The estimated number of different values in all the keys together: exactly the number that PFCOUNT gives of the same keys on one
   * server (standard error 0.81 %). A missing key has no values; of no values the number is 0.
   *
   * Each key is read in one step, exactly once, while slots move and primaries fail over. Memory: 16 KiB and the names of the keys.
   * @throws INVALID_ARGUMENT; TYPE_MISMATCH naming a key that is no HyperLogLog, INVALID_VALUE naming one that is corrupt;
   *   TIMEOUT, CLUSTER_DOWN, ABORTED, …: a result is whole, or an error
   */
  async count(options: HyperLogLogOptions = {}): Promise<number> {
    const { side = 'client' } = options;
    if (side !== 'client' && side !== 'shards') {
      throw new ShardfoldError('INVALID_ARGUMENT', `side is ${showValue(side)}`, { hint: "'client' or 'shards'" });
    }
    return runShortcut(this.#link, options, ['side'], (work) =>
      countHyll({ ...work, side, passOver: false }, this.#keys),
    );
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    return `HyperLogLogs of ${this.#keys.length} keys (not read: call .count())`;
  }
}
