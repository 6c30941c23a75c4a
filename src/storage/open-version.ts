/** One version of a table, the newest or an older one that is still kept: what cursors are pinned to. */

import type { CallContext, ClusterLink, Reply } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { tableKey } from './keys.js';
import { decodeHead } from './manifest-head.js';
import { readSnapshot } from './manifest-read.js';
import type { TableSnapshot } from './types.js';

export interface VersionRef {
  readonly name: string;
  readonly tableId: string;
  readonly version: number;
}

/**
 * A version of a table, told by the table's id. Replaced versions are kept for a grace time, with their heads.
 * @returns undefined where there never was such a version of a table of that name
 * @throws TABLE_NOT_FOUND where the table was dropped, VERSION_COLLECTED where the version is no longer kept; CORRUPT_MANIFEST
 */
export async function openVersion(
  link: ClusterLink,
  { name, tableId, version }: VersionRef,
  context: CallContext,
): Promise<TableSnapshot | undefined> {
  const key = tableKey(link.prefix, tableId);
  const command = ['HMGET', key, 'name', 'head', 'dropped', `g:${version}`];
  const reply = await link.call({ key, command, readOnly: true, idempotent: true }, context);
  const [owner, newest, dropped, retired] = reply as Reply[];
  if (dropped !== null || newest === null) {
    throw new ShardfoldError('TABLE_NOT_FOUND', `table "${name}" was dropped`, {
      hint: 'its pages are gone with it: begin again, with a table that there is',
    });
  }
  if (String(owner) !== name) return undefined;
  const current = decodeHead(newest as Buffer);
  if (version > current.version) return undefined;
  const old = Buffer.isBuffer(retired) ? retired.subarray(retired.indexOf(' ') + 1) : undefined;
  const head = current.version === version ? current : old && decodeHead(old);
  const snapshot = head && (await readSnapshot(link, { name, tableId }, head, context));
  if (snapshot !== undefined) return snapshot;
  const message = `version ${version} of table "${name}" was replaced by version ${current.version} and collected`;
  throw new ShardfoldError('VERSION_COLLECTED', message, { hint: 'begin again at the first page' });
}
