/** Before a version is published: are its chunks on enough replicas, and are they there at all? */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { concurrently } from './concurrently.js';
import { type TableRef, verifyKeys } from './staging.js';
import type { ChunkMeta } from './types.js';
import { keysOf } from './version-keys.js';

const LONGEST_WAIT_MS = 10_000;

/**
 * Waits until what was written to the primaries of these slots has reached so many replicas of each.
 * @throws SERVER_REFUSES_WRITES where fewer confirm it in time
 */
export async function awaitReplicas(
  link: ClusterLink,
  slots: Iterable<number>,
  wanted: number,
  context: CallContext,
): Promise<void> {
  if (wanted === 0) return;
  const owners = new Map([...slots].map((slot) => link.ownerOf(slot)).map((node) => [node.id, node]));
  // Half of the time that is left, so that the refusal is heard before the deadline.
  const patience = Math.ceil(Math.min(context.remaining() / 2, LONGEST_WAIT_MS));
  await Promise.all(
    [...owners.values()].map(async ({ id, address }) => {
      const confirmed = await link.callNode(id, ['WAIT', `${wanted}`, `${patience}`], context, true);
      if (Number(confirmed) >= wanted) return;
      throw new ShardfoldError(
        'SERVER_REFUSES_WRITES',
        `${confirmed} of the ${wanted} wanted replicas of ${address} confirmed the writes within ${patience} ms`,
        { shard: address, hint: 'bring the replicas back, or ask for fewer (waitReplicas)' },
      );
    }),
  );
}

/** Chunks that are looked at in one go. */
const CHECKS_IN_FLIGHT = 16;

/**
 * Checks that every key of the chunks is there with its length: a failover may have lost keys that were acknowledged.
 * @throws CLUSTER_DOWN
 */
export async function confirmChunks(
  { link, tableId }: TableRef,
  chunks: readonly ChunkMeta[],
  context: CallContext,
): Promise<void> {
  await concurrently(chunks, CHECKS_IN_FLIGHT, async (chunk) => {
    const lengths = chunk.columns.flatMap(({ bytes, validityBytes, dictionaryBytes }) =>
      [bytes, validityBytes, dictionaryBytes].filter((length, kind) => kind === 0 || length > 0),
    );
    const keys = keysOf(link.prefix, tableId, chunk);
    const found = await verifyKeys(link, keys, 'length', context);
    const lost = found.findIndex(({ length }, k) => length !== lengths[k]);
    if (lost < 0) return;
    const shard = link.ownerOf(chunk.slot).address;
    throw new ShardfoldError(
      'CLUSTER_DOWN',
      `${shard} no longer has ${keys[lost]} (slot ${chunk.slot}), which it had acknowledged: a failover lost it before publishing`,
      {
        shard,
        slot: chunk.slot,
        hint: 'run it again, with waitReplicas: 1',
      },
    );
  });
}
