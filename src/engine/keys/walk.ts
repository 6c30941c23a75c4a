/**
 * Reads the keys that lie in a cluster, slot by slot: who is asked for what when, and that every slot is accounted for once.
 *
 * A call reads slots that the node owns and that do not move, each in one atomic step with that knowledge; the others come back and are
 * asked for again, of whoever owns them then.
 */

import type { Receipt } from '../receipt.js';
import { dispatch } from './dispatch.js';
import { KeysReceiptBuilder } from './receipt-builder.js';
import { SlotsWork } from './slots-work.js';
import { Taker } from './taker.js';
import type { KeyWalk } from './types.js';
import { walkContext } from './walk-context.js';

/**
 * Every key that exists throughout is read exactly once; keys that come or go meanwhile may be read or not.
 *
 * Errors: SLOTS_UNSETTLED where slots did not settle until the deadline (CLUSTER_DOWN, CONNECTION_FAILED or TIMEOUT where their
 * primaries are away), unless `partial`; UNPARSABLE_VALUE of a strict source; ABORTED; what the scripts raise; KernelTooLarge.
 */
export async function walkKeys(walk: KeyWalk): Promise<Receipt> {
  const clock = walkContext(walk.context);
  const receipt = new KeysReceiptBuilder(walk.snapshot);
  const work = new SlotsWork(walk, { receipt, clock, taker: new Taker(walk, receipt, clock) });
  await dispatch({ link: walk.link, context: clock.context, maxInFlight: walk.options.maxInFlight }, work);
  return receipt.finish(work.left, walk.context.tally);
}
