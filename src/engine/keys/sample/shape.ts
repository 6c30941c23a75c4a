/** What keys of one kind hold, for a query that does not say. */

import type { CallContext, ClusterLink } from '../../../cluster/types.js';
import type { KeyShape } from '../../../plan/keys/make-source.js';
import type { KeyKind } from '../../../plan/keys/source.js';
import { sampledGroups, shapeOf } from './groups.js';
import { sampleKeys } from './sample.js';

/** Keys that are looked at; enough to see fields that one key in a hundred has. */
export const SAMPLE_KEYS = 300;

const TYPES: Partial<Record<KeyKind, string>> = { hashes: 'hash', strings: 'string', json: 'string', list: 'list' };

/** @returns undefined where no such keys are there, or they do not say what they hold */
export async function sampledShape(
  link: ClusterLink,
  kind: KeyKind,
  pattern: string,
  context: CallContext,
): Promise<KeyShape | undefined> {
  const type = TYPES[kind];
  if (type === undefined) return undefined;
  const { keys } = await sampleKeys(link, { pattern, count: SAMPLE_KEYS, type }, context);
  const group = sampledGroups(keys).find((each) => each.kind === kind);
  return group && shapeOf(group);
}
