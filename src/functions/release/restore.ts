/** Brings the functions of an export back, to all shards or to none. */
import { randomUUID } from 'node:crypto';
import type { Argument, CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';
import { allOrNothing, type Change } from './all-or-nothing.js';
import { bytesOf, type ExportedLibrary } from './export-file.js';
import { type Claim, forgetReleases, leaveLease, takeLease } from './record-write.js';
import { actionOf, type RestorePlan, type ShardSteps } from './restore-plan.js';
import { inProgress, restoreRecords } from './restore-records.js';

/** Long enough for any restore; nothing exact rests on it. */
const LEASE_MS = 60_000;

/**
 * Does what the plan says: libraries first, each read back byte by byte, the release records last.
 *
 * Errors: DEPLOY_IN_PROGRESS where somebody deploys one of the projects; DEPLOY_FAILED naming each shard that refused and why,
 * with every shard as it was before.
 */
export async function restoreFunctions(
  link: ClusterLink,
  plan: RestorePlan,
  who: string,
  context: CallContext,
): Promise<void> {
  const token = randomUUID();
  const isRecorded = plan.records.action === 'add' || plan.records.action === 'replace';
  const projects = isRecorded ? plan.records.projects : [];
  const taken: Claim[] = [];
  try {
    for (const { project } of projects) {
      const claim = { link, project, token, who, leaseMs: LEASE_MS };
      const lease = await takeLease(claim, context);
      if (!lease.taken) throw inProgress(project, lease.holder);
      taken.push(claim);
    }
    const work = {
      nodes: plan.shards.map(({ node }) => node),
      change: (node: NodeInfo, apply: Change) => restoreShard(link, stepsOf(plan, node), apply, context),
      ...(isRecorded && { finish: () => restoreRecords(link, plan.records, token, context) }),
      failed: 'the functions were not restored',
    };
    await allOrNothing(link, work, context);
  } catch (error) {
    const patience = link.context({ timeoutMs: context.timeoutMs });
    // A lease that cannot be given back runs out by itself.
    for (const claim of taken) await leaveLease(claim, 0, patience).catch(unlessOurs);
    throw error;
  }
  // The code of releases that went is named by nobody now.
  const [first] = projects;
  if (plan.records.action !== 'replace' || !first) return;
  const head = Number(plan.records.fields[`head:${first.project}`]);
  await forgetReleases(link, { project: first.project, base: head, numbers: [] }, context);
}

function unlessOurs(error: unknown): void {
  if (!(error instanceof ShardfoldError)) throw error;
}

const stepsOf = ({ shards }: RestorePlan, node: NodeInfo): ShardSteps =>
  shards.find((shard) => shard.node === node) as ShardSteps;

const loadCommand = (code: Buffer): Argument[] => ['FUNCTION', 'LOAD', 'REPLACE', code];
const deleteCommand = (name: string): Argument[] => ['FUNCTION', 'DELETE', name];

async function restoreShard(
  link: ClusterLink,
  { node, libraries }: ShardSteps,
  apply: Change,
  context: CallContext,
): Promise<void> {
  const changed = libraries.filter(({ library, held }) => actionOf(library, held) !== 'in step');
  // A name that moves from one library to another is free only once the other has gone.
  const moving = changed.flatMap(({ held }) => (held && givesAway(held, changed) ? [held] : []));
  if (moving.length > 0) await requireLoading(link, node, context);
  for (const held of moving) await apply(deleteCommand(held.name), loadCommand(held.code));
  for (const { library, held } of changed) {
    const before = held && !moving.includes(held) ? held : undefined;
    await apply(loadCommand(bytesOf(library.code)), before ? loadCommand(before.code) : deleteCommand(library.name));
  }
  if (changed.length === 0) return;
  const after = await readAllLibraries(link, node, context);
  const isThere = ({ library }: { library: ExportedLibrary }) =>
    after.some(({ name, code }) => name === library.name && code.equals(bytesOf(library.code)));
  const missing = libraries.find((one) => !isThere(one));
  if (!missing) return;
  throw new ShardfoldError('FUNCTION_LOAD_FAILED', `${missing.library.name} is not what was loaded`, {
    shard: node.address,
    hint: 'somebody else may deploy at the same time: restore again',
  });
}

/** Whoever may delete and not load could neither go on nor back. @throws what a load would be refused with */
async function requireLoading(link: ClusterLink, node: NodeInfo, context: CallContext): Promise<void> {
  try {
    // Code of no library: the server looks at it only where loading is allowed.
    await link.callNode(node.id, ['FUNCTION', 'LOAD', ''], context, true);
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'SERVER_ERROR' || !/^ERR /.test(error.message))
      throw error;
  }
}

const givesAway = (held: HeldLibrary, changed: readonly { readonly library: ExportedLibrary }[]): boolean =>
  changed.some(
    ({ library }) => library.name !== held.name && library.functions.some((name) => held.functions.includes(name)),
  );
