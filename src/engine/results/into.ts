/** A result as a table: its rows in their order, published at the end, all or nothing. */

import type { ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Relation } from '../../plan/relation.js';
import { openTable } from '../../storage/catalog.js';
import { checkName } from '../../storage/schema.js';
import { checkMode } from '../../storage/write-plan.js';
import { KernelTooLarge } from '../shard-side.js';
import { NotInPlace, writeInShards } from './in-shards.js';
import { inShardsPlan } from './in-shards-plan.js';
import { type IntoWork, writeByClient } from './into-client.js';
import { describe, type IntoResult, type TargetOptions } from './into-types.js';
import { onNewest, type ResultSource } from './source.js';

/**
 * Writes a result where its rows lie, if it can be (see in-shards-plan.ts) and this user may run scripts that write, else by way of
 * this process.
 * @throws TABLE_EXISTS, TABLE_NOT_FOUND, SCHEMA_MISMATCH before a row is read; WRITE_CONFLICT where another writer was first,
 *   or replaced the very table that the rows were read from; nothing is changed then
 */
export function writeInto(
  link: ClusterLink,
  source: ResultSource,
  name: string,
  options: TargetOptions,
): Promise<IntoResult> {
  const { mode = 'create' } = options;
  checkMode(mode);
  checkName(name, 'the table');
  const work = { link, source, name, target: { ...options, mode } };
  return onNewest(
    source,
    async (stream, relation) => (await inPlace(work, relation)) ?? (await writeByClient(work, stream)),
  );
}

/** What ends the way in place, and not the write. */
function canGoAnotherWay(error: unknown): boolean {
  // Writers by the narrow roles of `shardfold doctor --acl` load no code: they may run EVAL_RO, and not EVAL.
  const mayNot = error instanceof ShardfoldError && error.code === 'NO_PERMISSION';
  return mayNot || error instanceof NotInPlace || error instanceof KernelTooLarge;
}

/** @returns undefined where it cannot be done in the shards; nothing is changed then */
async function inPlace({ link, source, name, target }: IntoWork, relation: Relation): Promise<IntoResult | undefined> {
  const { context, run } = source;
  const plan = inShardsPlan(relation, target, run);
  if (!plan) return undefined;
  try {
    const { table, receipt } = await writeInShards(link, { name, plan, target }, run, context);
    return { ...describe(table ?? (await openTable(link, name, context))), receipt };
  } catch (error) {
    if (canGoAnotherWay(error)) return undefined;
    throw error;
  }
}
