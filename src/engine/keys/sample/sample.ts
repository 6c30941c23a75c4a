/**
 * A look at some keys under a pattern: of which types they are, and which fields, paths and values they have. It is bounded: names come
 * from queries over keys, slot by slot until there are enough; then one short call a key. What it says is a guess, and is
 * never part of a result.
 */

import type { CallContext, ClusterLink, Reply } from '../../../cluster/types.js';
import { ShardfoldError } from '../../../errors.js';
import { concurrently } from '../../../storage/concurrently.js';
import { type Named, type SampleOptions, sampledNames } from './names.js';

/** A key of a sample, and what was read of it. */
export interface SampledKey {
  readonly key: Buffer;
  /** As TYPE says it. */
  readonly type: string;
  /** Fields and values of a hash, flat; the beginning of a string; the first elements of a list. Empty of others. */
  readonly values: readonly Buffer[];
  /** Whether `values` are all of it. */
  readonly isWhole: boolean;
}

export interface KeySample {
  readonly keys: readonly SampledKey[];
  /** Whether no other keys match. */
  readonly isAll: boolean;
}

/** Calls under way at once: few, for nobody waits long for a sample. */
const AT_ONCE = 8;
const MOST_FIELDS = 100;
const MOST_BYTES = 65_536;
const MOST_ELEMENTS = 10;

/** @throws INVALID_ARGUMENT for what is no pattern; whatever a query over keys throws */
export async function sampleKeys(link: ClusterLink, options: SampleOptions, context: CallContext): Promise<KeySample> {
  const found = await sampledNames(link, options, context);
  const keys: SampledKey[] = [];
  await concurrently(found.slice(0, options.count), AT_ONCE, async ({ key, type }) => {
    const read = await readKey(link, { key, type }, context);
    if (read !== undefined) keys.push(read);
  });
  // By their names, so that the same keys give the same columns and examples, whichever shard was first.
  const sorted = keys.toSorted((a, b) => Buffer.compare(a.key, b.key));
  return { keys: sorted, isAll: found.length <= options.count };
}

/** @returns undefined for a key that is gone, or another one by now */
async function readKey(link: ClusterLink, { key, type }: Named, context: CallContext): Promise<SampledKey | undefined> {
  const ask = (...command: (string | Buffer)[]): Promise<Reply> =>
    link.call({ key, command, readOnly: true, idempotent: true }, context);
  try {
    switch (type) {
      case 'hash': {
        const [cursor, pairs] = (await ask('HSCAN', key, '0', 'COUNT', String(MOST_FIELDS))) as [Buffer, Buffer[]];
        return { key, type, values: pairs, isWhole: String(cursor) === '0' };
      }
      case 'string': {
        const text = (await ask('GETRANGE', key, '0', String(MOST_BYTES - 1))) as Buffer;
        return { key, type, values: [text], isWhole: text.length < MOST_BYTES };
      }
      case 'list': {
        const values = (await ask('LRANGE', key, '0', String(MOST_ELEMENTS - 1))) as Buffer[];
        return { key, type, values, isWhole: values.length < MOST_ELEMENTS };
      }
      default:
        return { key, type, values: [], isWhole: false };
    }
  } catch (error) {
    if (error instanceof ShardfoldError && /WRONGTYPE/.test(error.message)) return undefined;
    throw error;
  }
}
