/** Removes what nothing needs any more, from every primary, and forgets old releases. */
import { messageOf } from '../../cluster/errors.js';
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { DeployLease } from './lease.js';
import { type PruneOptions, type PrunePlan, planPrune } from './prune-plan.js';
import { forgetReleases } from './record-write.js';

/**
 * Looks once more, with deploys of the project kept away (they load libraries before they record them), and removes what `plan` wanted to remove and is still free. Returns
 * what was done.
 *
 * Errors: DEPLOY_IN_PROGRESS; SERVER_ERROR naming the shards that kept a library: what is gone stays gone, no release is
 * forgotten, and the next prune goes on.
 */
export async function prune(
  link: ClusterLink,
  plan: PrunePlan,
  options: PruneOptions & { readonly who: string },
  context: CallContext,
): Promise<PrunePlan> {
  const lease = await DeployLease.take(link, plan.project, { who: options.who }, context);
  try {
    const now = await planPrune(link, options, context);
    const wanted = new Set(plan.rows.filter(({ action }) => action === 'remove').map(({ library }) => library));
    const rows = now.rows.filter(({ library }) => wanted.has(library));
    const nodes = rows.flatMap(({ library, nodes, action }) =>
      action === 'remove' ? nodes.map((at) => [library, at]) : [],
    );
    const failures: string[] = [];
    const remove = async ([library, address]: readonly string[]) => {
      try {
        await deleteLibrary(link, library as string, address as string, context);
      } catch (error) {
        if (error instanceof ShardfoldError && error.code === 'ABORTED') throw error;
        failures.push(`${address}: ${library}: ${messageOf(error)}`);
      }
    };
    await Promise.all(nodes.map(remove));
    if (failures.length > 0) {
      throw new ShardfoldError('SERVER_ERROR', `not everything was removed\n  ${failures.join('\n  ')}`, {
        hint: 'prune again: what is gone stays gone',
      });
    }
    const forget = plan.forget.filter((number) => now.forget.includes(number));
    if (forget.length > 0) await forgetReleases(link, plan.project, forget, context);
    return { ...now, rows, forget };
  } finally {
    await lease.leave();
  }
}

async function deleteLibrary(link: ClusterLink, library: string, address: string, context: CallContext): Promise<void> {
  const node = link.nodes().find((one) => one.address === address);
  if (!node) throw new ShardfoldError('CONNECTION_FAILED', `${address} is not part of the cluster now`);
  try {
    await link.callNode(node.id, ['FUNCTION', 'DELETE', library], context, true);
  } catch (error) {
    if (!/Library not found/.test(messageOf(error))) throw error;
  }
}
