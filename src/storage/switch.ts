/** The one step of a write that readers see, and how sure we are of it. */
import { slotOf } from '../cluster/slots.js';
import type { CallContext } from '../cluster/types.js';
import { type ErrorCode, ShardfoldError } from '../errors.js';
import { manifestKey, tableKey } from './keys.js';
import type { PartRef } from './manifest-head.js';
import type { Manifest } from './manifest-write.js';
import { awaitReplicas } from './settle.js';
import { abort, type Outcome, publish, type TableRef } from './staging.js';
import type { WritePlan } from './write-plan.js';

/** After these, as the server function raises them, it is certain that nothing was published. */
const REFUSED = new Set<ErrorCode>(['WRITE_CONFLICT', 'STAGING_EXPIRED', 'TABLE_NOT_FOUND']);
const UNPUBLISHED = new Set<ErrorCode>([...REFUSED, 'CLUSTER_DOWN']);

/** The key of a part of the manifest. */
export function partKey({ link, tableId }: TableRef, { part }: PartRef): string {
  return manifestKey(link.prefix, tableId, part);
}

/** Runs a step before publishing, and says of what ends it that nothing was published. */
export async function explained<Result>(
  name: string,
  step: () => Promise<Result>,
  codes: ReadonlySet<ErrorCode> = UNPUBLISHED,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof ShardfoldError) || !codes.has(error.code)) throw error;
    const message = `nothing was published of this write to table "${name}": ${error.message}`;
    throw again(error, message, error.hint ?? 'run it again');
  }
}

/** Publishes, and where the servers went away meanwhile finds out whether it was done. */
export async function switchVersion(
  plan: WritePlan,
  { headBytes, parts }: Manifest,
  context: CallContext,
): Promise<Outcome> {
  const { name, table, writeId, baseVersion, appendId } = plan;
  const options = {
    writeId,
    base: baseVersion,
    head: headBytes,
    parts: parts.map(([ref]) => partKey(table, ref)),
    ...(appendId !== undefined && { appendId }),
  };
  try {
    return await explained(name, () => publish(table, options, context), REFUSED);
  } catch (error) {
    if (error instanceof ShardfoldError && REFUSED.has(error.code)) throw error;
    if (await giveUp(plan, error)) throw error;
    return { duplicate: false, version: baseVersion + 1 };
  }
}

/** Takes a write back whose publishing failed without a clear answer; false where it was published after all. */
async function giveUp({ name, table, writeId, baseVersion }: WritePlan, error: unknown): Promise<boolean> {
  try {
    return await abort(table, writeId, table.link.context());
  } catch {
    // The second failure says no more than the first: nobody knows. That is what must be told.
    const reason = error instanceof Error ? error.message : String(error);
    const message = `version ${baseVersion + 1} of table "${name}" may be published or not: ${reason}`;
    const hint = 'shardfold tables shows the version; an append with an appendId may simply be repeated';
    throw error instanceof ShardfoldError
      ? again(error, message, hint)
      : new ShardfoldError('CONNECTION_FAILED', message, { hint, cause: error });
  }
}

/** Waits for the replicas of the table's own node, where the write asked for that. */
export async function confirmVersion(plan: WritePlan, version: number, context: CallContext): Promise<void> {
  const { table, name, waitReplicas } = plan;
  const home = slotOf(tableKey(table.link.prefix, table.tableId));
  await awaitReplicas(table.link, [home], waitReplicas, context).catch((error: unknown) => {
    if (!(error instanceof ShardfoldError)) throw error;
    const published = `version ${version} of table "${name}" is published, but a failover may still take it back`;
    throw again(error, `${published}: ${error.message}`, error.hint);
  });
}

/** The same error with more to say. */
function again(error: ShardfoldError, message: string, hint: string | undefined): ShardfoldError {
  const { code, slot, shard } = error;
  return new ShardfoldError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(slot !== undefined && { slot }),
    ...(shard !== undefined && { shard }),
    cause: error,
  });
}
