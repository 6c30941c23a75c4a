/** Is everything there that the manifests name, and nothing else? */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { openTable, readCatalog } from './catalog.js';
import { collectTable } from './collect.js';
import { type ChunkCheck, checkChunks } from './fsck-chunks.js';
import { findGarbage } from './fsck-garbage.js';
import type { Finding, FsckReport } from './fsck-report.js';
import { forgetParts } from './manifest-read.js';
import type { TableRef } from './staging.js';
import { DEFAULT_GRACE_MS } from './write-plan.js';

export type { Finding, FsckReport } from './fsck-report.js';

export interface FsckOptions {
  /** Deletes what nobody needs, and lists again what the catalog lost. What is lost of chunks stays lost. */
  readonly repair?: boolean;
  /** Repairing also collects versions that were replaced longer ago than this; by default 5 minutes. */
  readonly graceMs?: number;
  readonly onProgress?: (progress: { tables: number; of: number; chunks: number }) => void;
}

/**
 * Checks every key of every table: existence, length, and the checksum as the shard computes it. Then looks for keys that
 * nobody needs; those of running writers are never among them.
 */
export async function fsck(link: ClusterLink, options: FsckOptions, context: CallContext): Promise<FsckReport> {
  const { repair = false, graceMs = DEFAULT_GRACE_MS, onProgress } = options;
  forgetParts(link);
  const catalog = await readCatalog(link, context);
  const findings: Finding[] = [];
  let [tables, chunks, keys, bytes, deleted] = [0, 0, 0, 0, 0];
  const checkAll = async (names: readonly string[]) => {
    for (const name of names) {
      const check = await checkTable(link, name, context);
      findings.push(...check.findings);
      chunks += check.chunks;
      keys += check.keys;
      bytes += check.bytes;
      tables += check.published ? 1 : 0;
      onProgress?.({ tables, of: Math.max(catalog.size, tables), chunks });
    }
  };
  await checkAll([...catalog.keys()]);
  const garbage = await findGarbage(link, { repair }, context);
  findings.push(...garbage.findings);
  deleted += garbage.deleted;
  let { replaced } = garbage;
  if (repair) {
    // What was lost together with the catalog must be told in the same run: it would pass for mended.
    const listed = await readCatalog(link, context);
    await checkAll([...listed.keys()].filter((name) => !catalog.has(name)));
    for (const tableId of catalog.values()) {
      const collected = await collectOld({ link, tableId }, graceMs, context);
      deleted += collected;
      replaced = Math.max(0, replaced - collected);
    }
  }
  return { tables, chunks, keys, bytes, findings, replaced, deleted };
}

type TableCheck = ChunkCheck & { readonly chunks: number; readonly published: boolean };

const NOTHING: TableCheck = { keys: 0, bytes: 0, chunks: 0, findings: [], published: false };
/** A table may be replaced and collected while it is looked at; then its newest version is. */
const TRIES = 3;

async function checkTable(link: ClusterLink, name: string, context: CallContext): Promise<TableCheck> {
  for (let attempt = 1; ; attempt++) {
    try {
      const snapshot = await openTable(link, name, context);
      const check = await checkChunks(link, snapshot, context);
      const overtaken = check.findings.length > 0 && (await openTable(link, name, context)).version > snapshot.version;
      if (!overtaken || attempt === TRIES) return { ...check, chunks: snapshot.chunks.length, published: true };
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      if (error.code === 'TABLE_NOT_FOUND') return NOTHING;
      if (error.code !== 'DATA_LOSS' && error.code !== 'CORRUPT_MANIFEST') throw error;
      const finding: Finding = { code: error.code, table: name, message: describe(name, error), repaired: false };
      return { ...NOTHING, findings: [finding] };
    }
  }
}

function describe(name: string, error: ShardfoldError): string {
  return error.message.includes(`"${name}"`) ? error.message : `table "${name}": ${error.message}`;
}

/** Old versions and dead writers of a table; one whose manifest cannot be read was reported already, and is left alone. */
async function collectOld(table: TableRef, graceMs: number, context: CallContext): Promise<number> {
  try {
    return (await collectTable(table, { graceMs }, context)).keys;
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'CORRUPT_MANIFEST') return 0;
    throw error;
  }
}
