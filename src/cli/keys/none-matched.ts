/** What is said where a write over keys has no key to write: a bare table would not tell why. */

import type { KeysWritten } from '../../engine/keys/write-types.js';
import { sourceOf } from '../../engine/results/open.js';
import { collectRows } from '../../engine/results/rows.js';
import { col } from '../../expr/expr.js';
import type { KeySource } from '../../plan/keys/source.js';
import { keysSource } from '../../query/keys.js';
import { Query } from '../../query/query.js';
import type { Session } from '../link.js';
import { formatCount, formatCounted } from '../units.js';
import { groupsOf } from './groupings.js';

interface Asked {
  readonly source: KeySource;
  readonly where: string | undefined;
  readonly resume?: string;
}

/** Undefined where keys passed. Types of keys that are none of the kind are counted, for which the keys are gone over again. */
export async function noneMatched(
  session: Session<object>,
  { source: { pattern }, where, resume }: Asked,
  { matched, receipt, skipped }: KeysWritten,
): Promise<string | undefined> {
  if (matched > 0) return undefined;
  const ofKind = receipt.keys?.[0]?.keys.matched ?? 0;
  const shown = JSON.stringify(pattern).replace(/^"|"$/g, "'");
  // Slots that were done before are not looked at.
  const left = resume === undefined ? 'key' : 'key of the slots that were left';
  if (ofKind === 0 && skipped.otherType === 0) return `no ${left} matches ${shown}`;
  const all = formatCounted(ofKind + skipped.otherType, 'key');
  const match = ofKind + skipped.otherType === 1 ? 'matches' : 'match';
  if (ofKind === 0) return `${all} ${match} ${shown}, none is a hash: ${await typesText(session, pattern)}`;
  const { otherType, ...reasons } = skipped;
  const told = Object.values(reasons).some((keys) => keys > 0);
  const why = where === undefined || told ? '' : 'the condition holds for none';
  const said =
    otherType === 0 ? why : `${[hashesText(ofKind), why].filter(Boolean).join(', ')}; ${otherText(otherType)}`;
  return `${all} ${match} ${shown}, and nothing is to be done${said && `: ${said}`}`;
}

const hashesText = (count: number): string => `${formatCount(count)} ${count === 1 ? 'hash' : 'hashes'}`;

const otherText = (count: number): string => `${formatCounted(count, 'key')} of another type`;

async function typesText({ link, signal, flags }: Session<object>, pattern: string): Promise<string> {
  const keys = new Query(link, { kind: 'keys', source: keysSource(pattern) }).filter(col('type').neq('hash'));
  const { timeout } = flags;
  const options = { signal, ...(timeout !== undefined && { timeout }) };
  const groups = await groupsOf(keys, { by: 'type', depth: 1, delimiter: ':', memory: false }, (query) =>
    collectRows(sourceOf(link, query.plan, options)),
  );
  const sorted = [...groups].sort((a, b) => b.keys - a.keys || (a.name < b.name ? -1 : 1));
  return sorted.map(({ name, keys: count }) => `${name} ${formatCount(count)}`).join(', ');
}
