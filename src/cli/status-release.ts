/** The look at a project: which node holds what of its current release. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { type KnownLease, readLeases } from '../functions/release/leases.js';
import { currentRelease, readReleases } from '../functions/release/record.js';
import { type LibraryState, type NodeStatus, releaseStatus } from '../functions/release/status.js';
import type { Release } from '../functions/release/types.js';
import { type CodeCache, wantedBy } from '../functions/release/wanted.js';
import { EXIT_DRIFT, type Look, NOT_ASKED, notAsked } from './look.js';
import { EXIT_FAILED } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

const TITLES = ['node', 'role', 'libraries', 'in step'];

export async function lookAtRelease(
  link: ClusterLink,
  project: string,
  context: CallContext,
  cache?: CodeCache,
): Promise<Look> {
  const release = await currentRelease(link, project, context);
  const [lease] = await readLeases(link, project, context);
  if (release === null) return nothingYet(link, project, lease);
  const nodes = await releaseStatus(link, await wantedBy(link, release, context, cache), context);
  const isDrift = nodes.some(({ libraries }) => libraries.some(({ others }) => others.length > 0));
  const versions = isDrift ? versionsOf(await readReleases(link, project, context)) : new Map<string, number>();
  const drifted = nodes.filter(({ inStep }) => !inStep);
  const lacking = drifted.filter(({ asked }) => asked);
  const { number, hash, time, who, message } = release;
  const total = formatCounted(nodes.length, 'node');
  const deploying = lease ? [leaseText(lease)] : [];
  const problems = drifted.map((node) => `${node.address}: ${problemOf(node, versions)}`);
  const rows = nodes.map((node) => [
    node.address,
    node.role,
    node.asked
      ? `${node.libraries.filter(({ state }) => state === 'in step').length} of ${node.libraries.length}`
      : null,
    node.inStep ? 'yes' : node.asked ? `no: ${problemOf(node, versions)}` : NOT_ASKED,
  ]);
  return {
    json: {
      project,
      server: link.server,
      release: { number, hash, time: new Date(time).toISOString(), who, message },
      ...leaseJson(lease),
      inStep: drifted.length === 0,
      nodes,
    },
    text: `${titleOf(release)}\n\n${formatTable(TITLES, rows, { empty: '-' })}`,
    verdict: [[...verdictOf(release, lacking, total), ...deploying].join('; '), ...notAsked(nodes)]
      .filter((line) => line !== '')
      .join('\n'),
    line: [
      `release ${number} of ${project}, ${nodes.length - drifted.length} of ${total} in step`,
      ...problems,
      ...deploying,
    ].join('; '),
    exitCode: nodes.some(({ asked }) => !asked) ? EXIT_FAILED : drifted.length === 0 ? 0 : EXIT_DRIFT,
  };
}

function nothingYet(link: ClusterLink, project: string, lease: KnownLease | undefined): Look {
  const isNow = lease && !lease.isOver;
  const nothing = `${project} has no release here yet: shardfold deploy`;
  const verdict = isNow
    ? `${lease.who} deploys ${project} now`
    : [nothing, ...(lease ? [leaseText(lease)] : [])].join('; ');
  const json = { project, server: link.server, release: null, ...leaseJson(lease), inStep: false, nodes: [] };
  return { json, text: '', verdict, line: verdict, exitCode: EXIT_DRIFT };
}

function leaseText({ who, since, isOver }: KnownLease): string {
  return isOver ? `a deploy of ${who}, since ${new Date(since).toISOString()}, never ended` : `${who} deploys now`;
}

/** Who deploys, and whose deploy died: its lease lies there until the next one. */
function leaseJson(lease: KnownLease | undefined) {
  if (!lease) return { deploying: null, died: null };
  const { who, since, expires, isOver } = lease;
  return isOver ? { deploying: null, died: { who, since } } : { deploying: { who, since, expires }, died: null };
}

/** `release 3 of shop, 2026-11-22 12:30:05, by ann: faster carts` */
function titleOf({ project, number, time, who, message }: Release): string {
  const when = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  return `release ${number} of ${project}, ${when} UTC, by ${who}${message === '' ? '' : `: ${message}`}`;
}

/** Which release brought a hash: the last that did. */
const versionsOf = (releases: readonly Release[]): Map<string, number> =>
  new Map(
    releases.flatMap(({ number, libraries, alias }) =>
      [...libraries, ...(alias ? [alias] : [])].map(({ hash }): [string, number] => [hash, number]),
    ),
  );

function problemOf({ problem, libraries }: NodeStatus, versions: ReadonlyMap<string, number>): string {
  if (problem !== undefined) return problem;
  const drift = libraries.filter(({ state }) => state !== 'in step');
  if (drift.length === libraries.length && drift.every(({ state }) => state === 'missing')) {
    return drift[0]?.behind ? 'nothing there, behind its primary' : 'nothing there';
  }
  return drift.map((library) => stateText(library, versions)).join(', ');
}

function stateText({ source, state, others, behind }: LibraryState, versions: ReadonlyMap<string, number>): string {
  const late = behind ? ', behind its primary' : '';
  if (state === 'missing') return `${source} is missing${late}`;
  if (state === 'changed') return `${source} was changed by hand${late}`;
  const known = others.map((hash) => versions.get(hash)).filter((number) => number !== undefined);
  const what = known.length > 0 ? `of release ${Math.max(...known)}` : `of another version (${others.join(', ')})`;
  return `${source} is ${what}${late}`;
}

function verdictOf({ project, number }: Release, drifted: readonly NodeStatus[], total: string): string[] {
  if (drifted.length === 0) return [];
  const are = drifted.length === 1 ? 'is' : 'are';
  const what = `${drifted.length} of ${total} ${are} not in step with release ${number} of ${project}`;
  const isLate = drifted.every(
    ({ libraries, asked }) => asked && libraries.every(({ state, behind }) => state === 'in step' || behind),
  );
  return [isLate ? `${what}: replication is late or broken there (INFO replication)` : `${what}: shardfold deploy`];
}
