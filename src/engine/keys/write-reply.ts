/** What scripts that write say, added up. */

import { WRITE_COUNTS } from '../../codegen/keys/write-row.js';
import { ShardfoldError } from '../../errors.js';
import type { KeyAction } from '../../plan/keys/write-spec.js';
import type { KeySample, KeysWritten } from './write-types.js';

type Counts = Record<(typeof WRITE_COUNTS)[number], number>;

/** Keys that are shown of those that would be written. */
const SAMPLE_KEYS = 10;

export class WriteCounts {
  readonly counts = Object.fromEntries(WRITE_COUNTS.map((name) => [name, 0])) as Counts;
  readonly samples: KeySample[] = [];
  readonly #action: KeyAction;
  readonly #shards = new Map<string, { matched: number; written: number }>();

  constructor(action: KeyAction) {
    this.#action = action;
  }

  /** How many keys are to be shown still. */
  get wanted(): number {
    return SAMPLE_KEYS - this.samples.length;
  }

  /** By address. */
  get shards(): KeysWritten['shards'] {
    return Object.fromEntries([...this.#shards].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @throws KERNEL_FAILED where the reply is not of the shape that the kernel was generated to give */
  take(bytes: Buffer): void {
    const numbers = 8 * WRITE_COUNTS.length;
    const texts = textsOf(bytes.subarray(numbers));
    const [shard, ...samples] = texts;
    if (shard === undefined || shard === null) {
      throw new ShardfoldError('KERNEL_FAILED', 'a reply of a script that writes cannot be read', {
        kernel: 'generated',
      });
    }
    const said = Object.fromEntries(WRITE_COUNTS.map((name, i) => [name, bytes.readDoubleLE(8 * i)])) as Counts;
    for (const name of WRITE_COUNTS) this.counts[name] += said[name];
    const { matched, written } = this.#shards.get(shard) ?? { matched: 0, written: 0 };
    this.#shards.set(shard, { matched: matched + said.found, written: written + said.written });
    this.#sample(samples);
  }

  /** Calls that are under way together may bring more than is wanted. */
  #sample(texts: readonly (string | null)[]): void {
    const action = this.#action;
    const width = 1 + 2 * (action.do === 'update' ? action.assignments.length : action.do === 'expire' ? 1 : 0);
    for (let i = 0; i < texts.length && this.wanted > 0; i += width) {
      this.samples.push(sampleOf(action, texts.slice(i, i + width)));
    }
  }
}

function sampleOf(action: KeyAction, [key, ...values]: readonly (string | null)[]): KeySample {
  const name = key ?? '';
  if (action.do === 'delete') return { key: name, old: {}, new: null };
  if (action.do === 'expire') {
    const [lives] = values;
    return { key: name, old: { ttl: lives == null ? null : Number(lives) / 1000 }, new: { ttl: action.seconds } };
  }
  const side = (which: 0 | 1): Record<string, string | null> =>
    Object.fromEntries(action.assignments.map((each, i) => [each.name, values[2 * i + which] ?? null]));
  return { key: name, old: side(0), new: side(1) };
}

const MISSING = 2 ** 32 - 1;

/** How many there are, their sizes, four bytes each, then the texts one after the other. */
function textsOf(bytes: Buffer): (string | null)[] {
  const count = bytes.readUInt32LE(0);
  let at = 4 + 4 * count;
  return Array.from({ length: count }, (_, i) => {
    const size = bytes.readUInt32LE(4 + 4 * i);
    if (size === MISSING) return null;
    at += size;
    return bytes.toString('utf8', at - size, at);
  });
}
