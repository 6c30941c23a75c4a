/**
 * The way back of a restore that failed: every shard gets what it held before. Where somebody deployed one of its projects
 * meanwhile (the restore had been out of touch for longer than its lease), the record says what the shards hold of it.
 */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { holdRelease } from './hold.js';
import type { DeployLease } from './lease.js';
import { readLeases } from './leases.js';
import { currentRelease, readReleases } from './record.js';
import type { Failure } from './shards.js';
import { stuckText, takeBack, UNCHANGED, type Undo, workError } from './undo.js';

export interface RestoreGround {
  readonly link: ClusterLink;
  readonly projects: readonly string[];
  /** Of these projects, in their order. */
  readonly leases: readonly DeployLease[];
  readonly undos: readonly Undo[];
  readonly context: CallContext;
}

/** Deploys that overtake it again and again. */
const MOST_TRIES = 10;
const FAILED = 'the functions were not restored';

/** The error to throw. */
export async function retreatFromRestore(ground: RestoreGround, failures: readonly Failure[]): Promise<ShardfoldError> {
  const stuck = new Set<string>();
  const settled = new Map<string, string>();
  try {
    let lost = await overtaken(ground);
    for (const address of await undo(ground, lost)) stuck.add(address);
    // What was just done may have come late as well.
    lost = await overtaken(ground);
    for (let tries = 0; lost.length > 0 && tries < MOST_TRIES; tries++) {
      for (const project of lost) {
        const { addresses, text } = await settle(ground, project);
        for (const address of addresses) stuck.add(address);
        settled.set(project, text);
      }
      lost = await overtaken(ground);
    }
    for (const project of lost) settled.set(project, `${project} is deployed again and again`);
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    const aftermath = `it may be half taken back: ${error.message}; deploy the projects it touches: ${ground.projects.join(', ')}`;
    return workError(FAILED, failures, aftermath);
  }
  const aftermath = stuck.size > 0 ? stuckText([...stuck]) : UNCHANGED;
  return workError(FAILED, failures, [aftermath, ...settled.values()].join('; '));
}

async function overtaken({ projects, leases }: RestoreGround): Promise<string[]> {
  const states = await Promise.all(leases.map((lease) => lease.state()));
  return projects.filter((_, i) => states[i] === 'overtaken');
}

const patienceOf = ({ link, context }: RestoreGround): CallContext => link.context({ timeoutMs: context.timeoutMs });

/** Without the stable names of those who deployed meanwhile, and never deleting what a release names. */
async function undo(ground: RestoreGround, lost: readonly string[]): Promise<string[]> {
  const { link, undos, context } = ground;
  if (undos.length === 0) return [];
  const { isBusy, named } = await findUse(ground);
  // A library that carries a hash may be that of a deploy that is under way.
  const mayBeTheirs = isBusy || lost.length > 0;
  const isTheirs = (library: string) => named.has(library) || (mayBeTheirs && /_[0-9a-f]{12}$/.test(library));
  const own = undos.filter(({ library, isNew }) => !lost.includes(library) && !(isNew && isTheirs(library)));
  return takeBack(link, own, context.timeoutMs);
}

interface Use {
  /** Somebody deploys a project that this restore does not touch. */
  readonly isBusy: boolean;
  /** Libraries that releases name. */
  readonly named: ReadonlySet<string>;
}

async function findUse(ground: RestoreGround): Promise<Use> {
  const { link, projects } = ground;
  try {
    // Before the releases: who deploys until here is seen now, who has done so is seen then.
    const leases = await readLeases(link, undefined, patienceOf(ground));
    const isBusy = leases.some(({ project, isOver }) => !isOver && !projects.includes(project));
    const releases = await readReleases(link, undefined, patienceOf(ground));
    return { isBusy, named: new Set(releases.flatMap(({ libraries }) => libraries.map(({ name }) => name))) };
  } catch (error) {
    // Where the record cannot be reached, nobody else can deploy either.
    if (error instanceof ShardfoldError) return { isBusy: false, named: new Set() };
    throw error;
  }
}

async function settle(ground: RestoreGround, project: string): Promise<{ addresses: string[]; text: string }> {
  const { link, projects, leases, undos, context } = ground;
  await leases[projects.indexOf(project)]?.regain();
  const release = await currentRelease(link, project, patienceOf(ground));
  if (!release) {
    const names = undos.filter(({ library }) => library === project);
    return { addresses: await takeBack(link, names, context.timeoutMs), text: `${project} has no release` };
  }
  const addresses = await holdRelease(link, release, patienceOf(ground));
  return { addresses, text: `of ${project} release ${release.number}, which somebody deployed meanwhile` };
}
