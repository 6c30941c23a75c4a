/** Whether the nodes hold the functions that they should: Shardfold's own, and those of the projects with a release. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { readReleases } from '../release/record.js';
import { type NodeStatus, releaseStatus } from '../release/status.js';
import type { Release } from '../release/types.js';
import { wantedBy } from '../release/wanted.js';
import { libraryStatus } from '../status.js';
import type { Finding } from './types.js';

/**
 * @param options.mayLoad What is missing is loaded by the first call that needs it, where its user may.
 * @param options.releases Also the functions of projects, by the record of releases.
 */
export async function findDrift(
  link: ClusterLink,
  { mayLoad, releases }: { mayLoad: boolean; releases: boolean },
  newContext: () => CallContext,
): Promise<Finding[]> {
  const [own, ofReleases] = await Promise.all([
    libraryStatus(link, newContext()),
    releases ? findReleaseDrift(link, mayLoad, newContext()) : [],
  ]);
  // Where projects are deployed and these are nowhere, nobody seems to want them.
  const wanted = ofReleases.length === 0 || own.some(({ library }) => library !== null);
  const found = own.map(({ address, inStep, asked, problem, library }): Finding => {
    const at = { check: OWN, node: address };
    if (asked && !wanted) return { ...at, verdict: 'ok', value: 'none (tables, vectors and queries need them)' };
    return judge(at, { inStep, asked, problem, value: library ?? '' }, mayLoad);
  });
  return [...found, ...ofReleases];
}

const OWN = 'functions of Shardfold';

interface State {
  inStep: boolean;
  asked: boolean;
  problem: string | undefined;
  value: string;
}

function judge(found: { check: string; node: string }, state: State, mayLoad: boolean): Finding {
  const { inStep, asked, problem = 'other functions', value } = state;
  if (inStep) return { ...found, verdict: 'ok', value: `${value} in step` };
  if (!asked && /\bNOPERM\b/.test(problem))
    return { ...found, verdict: 'unknown', value: 'this user may not ask', rules: '+function|list' };
  if (!asked) return { ...found, verdict: 'failed', value: problem };
  return { ...found, verdict: mayLoad ? 'warning' : 'failed', value: problem, hint: 'shardfold deploy' };
}

/** Of each project, its current release. */
async function findReleaseDrift(link: ClusterLink, mayLoad: boolean, context: CallContext): Promise<Finding[]> {
  try {
    return await compareReleases(link, mayLoad, context);
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code === 'ABORTED') throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [{ check: 'releases', node: error.shard ?? '', verdict: 'failed', value: error.message, ...hint }];
  }
}

async function compareReleases(link: ClusterLink, mayLoad: boolean, context: CallContext): Promise<Finding[]> {
  const releases = await readAllowed(link, context);
  if (releases === undefined) return [];
  // Sorted by number within a project: the last one stays.
  const current = new Map(releases.map((release) => [release.project, release]));
  const found: Finding[] = [];
  for (const release of current.values()) {
    const check = `functions of ${release.project}`;
    const wanted = await wantedBy(link, release, context);
    for (const node of await releaseStatus(link, wanted, context)) {
      const problem = node.problem ?? describe(node);
      const state = { inStep: node.inStep, asked: node.asked, problem, value: `release ${release.number}` };
      found.push(judge({ check, node: node.address }, state, mayLoad));
    }
  }
  return found;
}

const describe = ({ libraries }: NodeStatus): string =>
  libraries.flatMap(({ source, state }) => (state === 'in step' ? [] : [`${source}: ${state}`])).join(', ');

/** The record is for deployers; whoever may not read it is told nothing of it. */
async function readAllowed(link: ClusterLink, context: CallContext): Promise<Release[] | undefined> {
  try {
    return await readReleases(link, undefined, context);
  } catch (error) {
    if (error instanceof ShardfoldError && error.code === 'NO_PERMISSION') return undefined;
    throw error;
  }
}
