/** Keys read by calls that declare them: batches of one slot each, every shard through a short queue of its own. */

import { isDivided } from '../../cluster/errors.js';
import { slotOf } from '../../cluster/slots.js';
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { stoppable } from '../schedule.js';

/** Keys of one slot that a call declares, with whatever else is asked of them. */
export interface Batch {
  readonly keys: readonly Buffer[];
}

/** What a call came to: the microseconds that it took in the shard, and what is still to be asked because of it or after it. */
export interface BatchDone<B extends Batch> {
  readonly microseconds: number;
  readonly rest: readonly B[];
}

/** Microseconds of work that may stand in a shard's queue. */
const QUEUE_US = 2000;
const MOST_IN_FLIGHT = 16;
const LEAST_IN_FLIGHT = 2;

/** The keys by slot, those of a slot in byte order; a server without cluster mode is one slot. */
export function bySlot(link: ClusterLink, keys: readonly Buffer[]): Buffer[][] {
  const slots = new Map<number, Buffer[]>();
  for (const key of keys) {
    const slot = link.isCluster ? slotOf(key) : 0;
    const list = slots.get(slot);
    if (list) list.push(key);
    else slots.set(slot, [key]);
  }
  for (const list of slots.values()) list.sort(Buffer.compare);
  return [...slots.values()];
}

/** Lists of keys, each of one slot, cut into batches of at most `most`. */
export function batchesOf(lists: readonly (readonly Buffer[])[], most: number): Batch[] {
  const batches: Batch[] = [];
  for (const list of lists) {
    for (let i = 0; i < list.length; i += most) batches.push({ keys: list.slice(i, i + most) });
  }
  return batches;
}

/** A batch without those of its keys that are done, from the first on. */
export const after = <B extends Batch>(batch: B, done: number): readonly B[] =>
  done < batch.keys.length ? [{ ...batch, keys: batch.keys.slice(done) }] : [];

/**
 * Runs all batches, each key in one call that counts: what a call leaves over is asked for by the next, and keys that lie on two
 * nodes while their slot moves are asked for by halves. Each shard works through its own batches; as many stand in its queue as
 * take it two milliseconds, from 2 to 16. The first failure stops dispatch and ends what waits.
 */
export async function runBatches<B extends Batch>(
  link: ClusterLink,
  batches: readonly B[],
  outer: CallContext,
  run: (batch: B, context: CallContext) => Promise<BatchDone<B>>,
): Promise<void> {
  const shards = new Map<string, B[]>();
  for (const batch of batches) {
    const { address } = link.ownerOf(link.isCluster ? slotOf(batch.keys[0] as Buffer) : 0);
    const queue = shards.get(address);
    if (queue) queue.push(batch);
    else shards.set(address, [batch]);
  }
  const { context, stop } = stoppable(outer);
  const failures: unknown[] = [];
  const drain = (queue: B[]): Promise<void> =>
    new Promise((resolve) => {
      queue.reverse();
      let [running, averageUs] = [0, QUEUE_US / LEAST_IN_FLIGHT];
      const step = async (batch: B): Promise<void> => {
        try {
          context.check();
          const { microseconds, rest } = await run(batch, context);
          averageUs = 0.8 * averageUs + 0.2 * microseconds;
          queue.push(...rest);
        } catch (error) {
          if (isDivided(error) && batch.keys.length > 1) {
            queue.push(...halves(batch));
            return;
          }
          failures.push(error);
          stop();
        }
      };
      const fill = (): void => {
        const most = Math.max(LEAST_IN_FLIGHT, Math.min(MOST_IN_FLIGHT, Math.floor(QUEUE_US / averageUs)));
        while (running < most && failures.length === 0) {
          const batch = queue.pop();
          if (batch === undefined) break;
          running += 1;
          void step(batch).then(() => {
            running -= 1;
            fill();
          });
        }
        if (running === 0) resolve();
      };
      fill();
    });
  await Promise.all([...shards.values()].map(drain));
  if (failures.length > 0) throw failures[0];
}

function halves<B extends Batch>(batch: B): B[] {
  const half = batch.keys.length >> 1;
  return [
    { ...batch, keys: batch.keys.slice(half) },
    { ...batch, keys: batch.keys.slice(0, half) },
  ];
}
