/** Shardfold's own library on every primary, read back and warmed up; or an error, and every shard as it was before. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { type Library, library } from './library.js';
import { install, waitForReplicas } from './release/install.js';
import { onEveryShard } from './release/shards.js';
import { deployError, stuckText, takeBack, UNCHANGED, type Undo } from './release/undo.js';
import type { NodeReport } from './report.js';

export type { NodeReport } from './report.js';
export { libraryStatus } from './status.js';

/**
 * Loads the library into every primary (their replicas get it from them), compares what the servers then hold, and calls
 * `warm` on each, so that no module fails at a user's first call.
 *
 * Errors: DEPLOY_FAILED naming each shard that failed and why; the shards that this deploy had changed hold again what they
 * held before, or the message says which do not. Deploying twice changes nothing.
 */
export async function deployLibrary(
  link: ClusterLink,
  context: CallContext,
  wanted: Library = library,
): Promise<NodeReport[]> {
  const reports = new Map<string, NodeReport>();
  const undos: Undo[] = [];
  const failures = await onEveryShard(link, context, async (node, own) => {
    const { action, functions } = await install({ link, node, context: own, undos }, wanted);
    if (action !== 'present') await waitForReplicas(link, node, own);
    const { id, address, role } = node;
    const held = { library: wanted.name, hash: wanted.hash, functions, inStep: true, asked: true, others: [] };
    reports.set(id, { id, address, role, ...held, action: action === 'present' ? 'present' : 'loaded' });
  });
  if (failures.length > 0) {
    const stuck = await takeBack(link, undos, context.timeoutMs);
    throw deployError(wanted.name, failures, stuck.length > 0 ? stuckText(stuck) : UNCHANGED);
  }
  return link.nodes().flatMap(({ id }) => reports.get(id) ?? []);
}
