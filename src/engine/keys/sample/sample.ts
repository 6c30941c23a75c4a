/**
 * A look at some keys under a pattern: of which types they are, and which fields, paths and values they have. It is bounded: names come
 * from calls as of any query over keys, which end when there are enough; then one short call a key. What it says is a guess, and is
 * never part of a result.
 */

import type { CallContext, ClusterLink, Reply } from '../../../cluster/types.js';
import { ShardfoldError } from '../../../errors.js';
import type { ExprNode } from '../../../expr/nodes.js';
import { makeKeySource } from '../../../plan/keys/make-source.js';
import { lower } from '../../../plan/lower.js';
import type { PlanNode } from '../../../plan/nodes.js';
import { concurrently } from '../../../storage/concurrently.js';
import { execute } from '../../execute.js';
import { runOptions } from '../../options.js';
import { drain } from '../../results/source.js';

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

export interface SampleOptions {
  readonly pattern: string;
  /** How many keys to look at. */
  readonly count: number;
  /** Keys of one type alone. */
  readonly type?: string;
}

/** Calls under way at once: few, for nobody waits long for a sample. */
const AT_ONCE = 8;
const MOST_FIELDS = 100;
const MOST_BYTES = 65_536;
const MOST_ELEMENTS = 10;

/** @throws INVALID_ARGUMENT for what is no pattern; whatever a query over keys throws */
export async function sampleKeys(link: ClusterLink, options: SampleOptions, context: CallContext): Promise<KeySample> {
  const found = await namesOf(link, options, context);
  const keys: SampledKey[] = [];
  await concurrently(found.slice(0, options.count), AT_ONCE, async ({ key, type }) => {
    const read = await readKey(link, { key, type }, context);
    if (read !== undefined) keys.push(read);
  });
  // By their names, so that the same keys give the same columns and examples, whichever shard was first.
  const sorted = keys.toSorted((a, b) => Buffer.compare(a.key, b.key));
  return { keys: sorted, isAll: found.length <= options.count };
}

interface Named {
  readonly key: Buffer;
  readonly type: string;
}

/** One more than is asked for, where there is one. */
async function namesOf(
  link: ClusterLink,
  { pattern, count, type }: SampleOptions,
  context: CallContext,
): Promise<readonly Named[]> {
  const column = (name: string): ExprNode => ({ kind: 'column', name });
  const all: PlanNode = { kind: 'keys', source: makeKeySource({ kind: 'keys', pattern }) };
  const isType: ExprNode = {
    kind: 'compare',
    op: 'eq',
    left: column('type'),
    right: { kind: 'literal', value: type ?? '' },
  };
  const input: PlanNode = type === undefined ? all : { kind: 'filter', input: all, predicate: isType };
  const columns = ['key', 'type'].map((name) => ({ name, node: column(name) }));
  const plan: PlanNode = { kind: 'slice', input: { kind: 'select', input, columns }, offset: 0, count: count + 1 };
  const names: Named[] = [];
  const { batches } = execute(link, lower(plan, new Map()), runOptions({}), context);
  await drain(batches(), ([keys = [], types = []], rows) => {
    for (let i = 0; i < rows; i++) names.push({ key: Buffer.from(String(keys[i]), 'latin1'), type: String(types[i]) });
  });
  return names;
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
