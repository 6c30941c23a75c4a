/** Removes what nothing needs any more, from every primary, and forgets old releases. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { DeployLease, newToken } from './lease.js';
import { requireAlone } from './others.js';
import { type PruneOptions, type PrunePlan, planPrune, requireUnused } from './prune-plan.js';
import { Removal } from './removal.js';

/**
 * Looks once more, with deploys of the project kept away (they load libraries before they record them), and removes what
 * `plan` wanted to remove and is still free. Returns what was done.
 *
 * Errors: LIBRARY_IN_USE where all of a project is to go and an app calls it; DEPLOY_IN_PROGRESS, also where somebody deployed
 * because this prune had been out of touch for longer than its lease: then what the release that is current by now needs is
 * put back, or the message says what is to be done; SERVER_ERROR naming the shards that kept a library: what is gone stays
 * gone, no release is forgotten, and the next prune goes on.
 */
export async function prune(
  link: ClusterLink,
  plan: PrunePlan,
  options: PruneOptions & { readonly who: string },
  context: CallContext,
): Promise<PrunePlan> {
  const { project } = plan;
  const token = newToken();
  const lease = await DeployLease.take(link, project, { who: options.who, token }, context);
  try {
    // Before the releases are read: who deploys until here is seen now, who has done so is seen then.
    if (plan.rows.some(({ action }) => action === 'remove')) await requireAlone(link, project, context);
    const now = await planPrune(link, options, context);
    const removal = new Removal(link, lease, project, context);
    if (options.all) {
      if (plan.forget.join() !== now.forget.join()) throw madeMeanwhile(project);
      requireUnused(now);
      await removal.run(now.rows.filter(({ action }) => action === 'remove'));
      await removal.forgetAll(token);
      return now;
    }
    const wanted = new Set(plan.rows.filter(({ action }) => action === 'remove').map(({ library }) => library));
    const rows = now.rows.filter(({ library }) => wanted.has(library));
    const forget = plan.forget.filter((number) => now.forget.includes(number));
    await removal.run(rows.filter(({ action }) => action === 'remove'));
    await removal.forget(forget);
    return { ...now, rows, forget };
  } finally {
    await lease.leave();
  }
}

const madeMeanwhile = (project: string): ShardfoldError =>
  new ShardfoldError('DEPLOY_IN_PROGRESS', `the releases of ${project} are others since this was shown`, {
    hint: 'somebody deploys it still: see "shardfold releases"',
  });
