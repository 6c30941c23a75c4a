/** All that one table's hash holds on to, read without changing it: the yardstick for keys that a scan meets. */

import { slotOf } from '../cluster/slots.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { type ParsedKey, tableKey } from './keys.js';
import { decodeHead } from './manifest-head.js';
import { readPages } from './manifest-read.js';
import { numbered, parts } from './version-keys.js';

export interface Holdings {
  readonly exists: boolean;
  readonly dropped: boolean;
  readonly published: boolean;
  /** The name that it was made under. */
  readonly name: string | undefined;
  /** Ids of writes whose lease runs: whatever they made is in use. */
  readonly writing: ReadonlySet<string>;
  /** Ids of writes that died or gave up, and were not collected yet. */
  readonly abandoned: ReadonlySet<string>;
  /** `<write id>.<chunk or part>` of all versions that were not collected yet. */
  readonly referenced: ReadonlySet<string>;
  /** Those among them that the newest version no longer names. */
  readonly replaced: ReadonlySet<string>;
  /** A head or a page could not be read: then nobody can tell what is in use. */
  readonly damaged: boolean;
}

export async function readHoldings(link: ClusterLink, tableId: string, context: CallContext): Promise<Holdings> {
  const key = tableKey(link.prefix, tableId);
  const now = await serverTime(link, key, context);
  const reply = await link.call({ key, command: ['HGETALL', key], readOnly: true, idempotent: true }, context);
  const flat = (Array.isArray(reply) ? reply : []) as Buffer[];
  const fields = new Map<string, Buffer>();
  for (let i = 0; i < flat.length; i += 2) fields.set(String(flat[i]), flat[i + 1] as Buffer);
  const writing = new Set<string>();
  const abandoned = new Set<string>();
  const heads: { bytes: Buffer; newest: boolean }[] = [];
  for (const [field, value] of fields) {
    if (field === 'head') heads.push({ bytes: value, newest: true });
    if (field.startsWith('g:')) heads.push({ bytes: value.subarray(value.indexOf(' ') + 1), newest: false });
    if (!field.startsWith('s:')) continue;
    const [state, time] = value.toString().split(' ');
    if (state === 'W' && Number(time) >= now) writing.add(field.slice(2));
    else if (state !== 'P') abandoned.add(field.slice(2));
  }
  const { referenced, replaced, damaged } = await readReferences(link, tableId, heads, context);
  return {
    exists: fields.size > 0,
    dropped: fields.has('dropped'),
    published: fields.has('head'),
    name: fields.get('name')?.toString(),
    writing,
    abandoned,
    referenced,
    replaced,
    damaged,
  };
}

export type Standing = 'in use' | 'abandoned' | 'orphan';

/** Whether a key is needed. @param holdings read after the key was seen */
export function standing({ writeId, part }: ParsedKey, holdings: Holdings): Standing {
  if (writeId === undefined || holdings.damaged) return 'in use';
  if (holdings.writing.has(writeId) || holdings.referenced.has(`${writeId}.${part}`)) return 'in use';
  return holdings.abandoned.has(writeId) ? 'abandoned' : 'orphan';
}

async function readReferences(
  link: ClusterLink,
  tableId: string,
  heads: readonly { bytes: Buffer; newest: boolean }[],
  context: CallContext,
): Promise<{ referenced: Set<string>; replaced: Set<string>; damaged: boolean }> {
  const referenced = new Set<string>();
  const current = new Set<string>();
  const replaced = new Set<string>();
  let damaged = false;
  try {
    for (const { bytes, newest } of heads) {
      const head = decodeHead(bytes);
      const { refs, pages } = await readPages({ link, tableId }, head, context, 'skip');
      // Of an old version, pages that are gone were deleted after their chunks; of the newest, they are lost.
      if (newest && (pages.includes(undefined) || refs.length < head.pages.length)) damaged = true;
      const named = [
        ...parts(head, refs).map(({ part }) => part),
        ...[...numbered(pages)].map(({ writeId, index }) => `${writeId}.${index}`),
      ];
      for (const each of named) {
        referenced.add(each);
        (newest ? current : replaced).add(each);
      }
    }
    for (const each of current) replaced.delete(each);
    return { referenced, replaced, damaged };
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'CORRUPT_MANIFEST')
      return { referenced, replaced: new Set(), damaged: true };
    throw error;
  }
}

/** Whether a key is kept for readers of a version that was replaced, and for them alone. */
export const isReplaced = ({ writeId, part }: ParsedKey, { replaced }: Holdings): boolean =>
  writeId !== undefined && replaced.has(`${writeId}.${part}`);

/** The clock by which leases run: that of the node that holds the table's hash. */
async function serverTime(link: ClusterLink, key: string, context: CallContext): Promise<number> {
  const reply = await link.callNode(link.ownerOf(slotOf(key)).id, ['TIME'], context, true);
  const [seconds, micros] = (Array.isArray(reply) ? reply : []).map(Number);
  return (seconds ?? 0) * 1000 + Math.floor((micros ?? 0) / 1000);
}
