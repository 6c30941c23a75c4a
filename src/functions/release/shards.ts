/** Work that is done on every shard, also where the cluster grows or fails over meanwhile. */
import { messageOf } from '../../cluster/errors.js';
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';

/** A cluster that changes while it is worked on is followed so often. */
const MOST_ROUNDS = 5;
const LOOK_EVERY_MS = 100;
/** By then the new picture of a cluster that failed over has arrived. */
const NEWS_MS = 10_000;

export interface Failure {
  /** Absent where no single shard is to blame. */
  readonly node?: NodeInfo;
  readonly error: unknown;
}

/** Does one shard's part under a context of its own, so that a silent shard is not waited for longer than `timeoutMs`. */
export type ShardWork = (node: NodeInfo, context: CallContext) => Promise<void>;

/** A failed primary that still owns slots is a shard, and fails the work; one that was replaced is none. */
const isShard = ({ role, down, slots }: NodeInfo): boolean => role === 'primary' && (!down || slots.length > 0);

export const shardsOf = (link: ClusterLink): NodeInfo[] => link.nodes().filter(isShard);

/** A deadline of its own for one step, ended by the same signal. */
export function stepContext(link: ClusterLink, { timeoutMs, signal }: CallContext): CallContext {
  return link.context({ timeoutMs, ...(signal && { signal }) });
}

/**
 * Does the work on every primary, all at once; primaries that come to be meanwhile get their turn, those that are replaced
 * by a replica are no failure. Resolves with what failed, when nothing is under way any more.
 */
export async function onEveryShard(link: ClusterLink, context: CallContext, work: ShardWork): Promise<Failure[]> {
  const done = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const open = shardsOf(link).filter(({ id }) => !done.has(id));
    if (open.length === 0) return [];
    const failures: Failure[] = [];
    const one = async (node: NodeInfo): Promise<void> => {
      try {
        if (await unlessReplaced(link, node, context, work)) done.add(node.id);
      } catch (error) {
        failures.push({ node, error });
      }
    };
    await Promise.all(open.map(one));
    if (failures.length > 0) return failures;
  }
  const error = new ShardfoldError('CLUSTER_DOWN', 'the cluster goes on changing: its shards are others every time', {
    hint: 'wait until the cluster is settled (CLUSTER SHARDS), and run it again',
  });
  return [{ error }];
}

/** False where the node ceased to be a shard before the work was done: then it is not waited for. */
async function unlessReplaced(link: ClusterLink, node: NodeInfo, context: CallContext, work: ShardWork) {
  const isReplaced = () => !shardsOf(link).some(({ id }) => id === node.id);
  const given = new AbortController();
  const signals = context.signal ? [context.signal, given.signal] : [given.signal];
  const own = stepContext(link, { ...context, signal: AbortSignal.any(signals) });
  const watch = setInterval(() => isReplaced() && given.abort(), LOOK_EVERY_MS).unref();
  try {
    await work(node, own);
    return true;
  } catch (error) {
    if (context.signal?.aborted) throw error;
    if (isReplaced()) return false;
    // It is a replica by now; the picture of the cluster follows.
    if (isReadOnly(error) && (await becomes(isReplaced, context))) return false;
    throw error;
  } finally {
    clearInterval(watch);
  }
}

function isReadOnly(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (/^READONLY/.test(messageOf(at))) return true;
  return false;
}

async function becomes(is: () => boolean, { signal }: CallContext): Promise<boolean> {
  for (let waited = 0; !is() && waited < NEWS_MS && !signal?.aborted; waited += LOOK_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return is();
}
