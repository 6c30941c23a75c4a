/**
 * Reads the keys that lie in Redis: who is asked for what when, and that everything is accounted for once.
 *
 * On a cluster a call reads slots that the node owns and that do not move, each in one atomic step with that knowledge; the others come
 * back and are asked for again, of whoever owns them then. What is too large for a call is read in pieces.
 */

import type { Receipt } from '../receipt.js';
import { dispatch } from './dispatch.js';
import { Reading } from './reading.js';
import { KeysReceiptBuilder } from './receipt-builder.js';
import { ServerWork } from './server-work.js';
import { SlotsWork } from './slots-work.js';
import type { KeyWalk } from './types.js';

/**
 * Every key that exists throughout is read exactly once; keys that come or go meanwhile may be read or not. So are members of large
 * sets and (with the score they have) sorted sets. A list or string that needs several slices is read again where it is seen to
 * have changed between them; one that is written in place meanwhile counts partly as before and partly as after (see `SlicePiece`, `ValuePiece`).
 *
 * Errors: SLOTS_UNSETTLED where slots did not settle until the deadline (CLUSTER_DOWN, CONNECTION_FAILED or TIMEOUT where their
 * primaries are away), unless `partial`; KEY_CHANGED of a large list or string that never held still; VALUE_TOO_LARGE of a string of
 * more bytes than may come here; TOO_MANY_KEYS where more names must be listed than are held; UNPARSABLE_VALUE of a strict source;
 * ABORTED; what the scripts raise; KernelTooLarge.
 */
export async function walkKeys(walk: KeyWalk): Promise<Receipt> {
  const receipt = new KeysReceiptBuilder(walk.snapshot);
  const reading = new Reading(walk, receipt);
  const work = walk.link.isCluster ? new SlotsWork(reading) : new ServerWork(reading);
  const { context } = reading.clock;
  await dispatch({ link: walk.link, context, maxInFlight: walk.options.maxInFlight }, work);
  return receipt.finish(work.left, walk.context.tally);
}
