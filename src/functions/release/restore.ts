/** Brings the functions of an export back, to all shards or to none. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { DeployLease, isUncertain, newToken } from './lease.js';
import { forgetReleases } from './record-write.js';
import type { RestorePlan } from './restore-plan.js';
import { madeMeanwhile, restoreRecords } from './restore-records.js';
import { retreatFromRestore } from './restore-retreat.js';
import { restoreShard } from './restore-shard.js';
import { onEveryShard, stepContext } from './shards.js';
import { type Undo, workError } from './undo.js';

/**
 * Does what the plan says: libraries first, each read back byte by byte, the release records last; with deploys kept away of
 * all projects that it touches.
 *
 * Errors: DEPLOY_IN_PROGRESS where somebody deploys one of the projects, or has made a release of it since the plan;
 * DEPLOY_FAILED naming each shard that refused and why, with every shard as it was before.
 */
export async function restoreFunctions(
  link: ClusterLink,
  plan: RestorePlan,
  who: string,
  context: CallContext,
): Promise<void> {
  const token = newToken();
  const leases: DeployLease[] = [];
  try {
    for (const { project, base } of plan.bases) {
      const lease = await DeployLease.take(link, project, { who, token }, context);
      leases.push(lease);
      if (lease.base !== base) throw madeMeanwhile(project);
    }
    await restoreUnder(link, plan, { leases, token }, context);
  } finally {
    await Promise.all(leases.map((lease) => lease.leave()));
  }
}

interface Held {
  readonly leases: readonly DeployLease[];
  readonly token: string;
}

async function restoreUnder(
  link: ClusterLink,
  plan: RestorePlan,
  { leases, token }: Held,
  context: CallContext,
): Promise<void> {
  const undos: Undo[] = [];
  const confirm = async () => {
    await Promise.all(leases.map((lease) => lease.confirm()));
  };
  const ground = { link, projects: plan.bases.map(({ project }) => project), leases, undos, context };
  const failures = await onEveryShard(link, stepContext(link, context), (node, own) =>
    restoreShard({ link, node, context: own, undos }, plan, confirm),
  );
  if (failures.length > 0) throw await retreatFromRestore(ground, failures);
  const { action, fields, projects } = plan.records;
  const isRecorded = action === 'add' || action === 'replace';
  try {
    stepContext(link, context).check();
    await confirm();
  } catch (error) {
    throw await retreatFromRestore(ground, [{ error }]);
  }
  if (!isRecorded) return;
  const bases = plan.bases.filter(({ project }) => projects.includes(project));
  try {
    // An abort comes too late for that.
    await restoreRecords(link, fields, { bases, token }, link.context({ timeoutMs: context.timeoutMs }));
  } catch (error) {
    if (!isUncertain(error)) throw await retreatFromRestore(ground, [{ error }]);
    // All shards agree by now: taking back what may be recorded would only make it worse.
    throw workError('the functions were not restored', [{ error }], NOT_KNOWN);
  }
  const [first] = projects;
  if (action !== 'replace' || first === undefined) return;
  // The code of releases that went is named by nobody now.
  const head = Number(fields[`head:${first}`]);
  await forgetReleases(link, { project: first, base: head, numbers: [] }, context);
}

const NOT_KNOWN =
  'all shards are changed, but whether the release record is, too, is not known; running it again settles it';
