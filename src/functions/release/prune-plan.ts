/** Which libraries of a project nothing needs any more, and what needs the others. Nothing is changed here. */
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { readAllLibraries } from '../inspect.js';
import { library as own } from '../library.js';
import { type AnnouncedClient, announcedClients } from './clients.js';
import { describeUse, type PruneRow } from './prune-row.js';
import { readReleases } from './record.js';
import { shardsOf } from './shards.js';
import { stableHash } from './status.js';
import type { Release } from './types.js';

export interface PruneOptions {
  readonly project: string;
  /** How many releases stay, the current one among them. */
  readonly keep: number;
  /** Names of libraries that the project has now; those of its releases are known without. */
  readonly sources?: readonly string[];
  /** Only these libraries, and no release is forgotten. */
  readonly only?: readonly string[];
  /** Also libraries that no release here names. */
  readonly orphans?: boolean;
  /** The project goes for good: all of its libraries, its stable names and its releases. */
  readonly all?: boolean;
  /** Do not ask which apps are connected. */
  readonly force?: boolean;
}

export interface PrunePlan {
  readonly project: string;
  readonly rows: readonly PruneRow[];
  /** Numbers of releases. */
  readonly kept: readonly number[];
  readonly forget: readonly number[];
}

/**
 * Libraries of the project on any primary: those that its releases name, and those named `<source>_<hash>` that no release
 * names, unless another project has a library of that name. The latter stay, unless `orphans` or `only` ask for them.
 *
 * Errors: RELEASE_NOT_FOUND where the project has no release; INVALID_ARGUMENT for a name in `only` that is no such library;
 * LIBRARY_IN_USE for one that is needed.
 */
export async function planPrune(link: ClusterLink, options: PruneOptions, context: CallContext): Promise<PrunePlan> {
  const { project, keep, only, orphans = false, force = false, all: isAll = false } = options;
  const all = await readReleases(link, undefined, context);
  const mine = all.filter((release) => release.project === project);
  if (mine.length === 0) {
    throw new ShardfoldError('RELEASE_NOT_FOUND', `there is no release of ${project} here`, {
      hint: 'shardfold deploy makes the first',
    });
  }
  const kept = isAll ? [] : mine.slice(-keep);
  const old = isAll ? mine : mine.slice(0, -keep);
  const others = all.filter((release) => release.project !== project);
  const clients = force ? [] : await announcedClients(link, context);
  const held = await heldBy(link, context);
  const isMine = membership(mine, others, options.sources ?? []);
  const parties = { kept, old, others, clients, withOrphans: orphans || isAll || only !== undefined };
  const isAlias = (name: string, { isStable }: HeldAt) => isAll && isStable && name === project;
  const rows = [...held]
    .filter(([name, at]) => isMine(name) || isAlias(name, at))
    .map(([name, { nodes }]) => rowOf(name, nodes, parties));
  // A release is remembered as long as an app calls what it alone brought: else that would be nobody's afterwards.
  const called = new Set(
    isAll
      ? []
      : rows.filter(({ releases, clients }) => releases.length === 0 && clients.length > 0).flatMap(({ past }) => past),
  );
  const chosen = only === undefined ? rows : only.map((name) => choose(rows, name, project));
  return {
    project,
    rows: chosen,
    kept: kept.map(({ number }) => number),
    forget: only === undefined ? old.map(({ number }) => number).filter((number) => !called.has(number)) : [],
  };
}

interface Parties {
  readonly kept: readonly Release[];
  readonly old: readonly Release[];
  /** Of other projects. */
  readonly others: readonly Release[];
  readonly clients: readonly AnnouncedClient[];
  readonly withOrphans: boolean;
}

function rowOf(
  library: string,
  nodes: readonly string[],
  { kept, old, others, clients, withOrphans }: Parties,
): PruneRow {
  const releases = numbers(kept, library);
  const projects = [...new Set(others.filter((release) => names(release, library)).map(({ project }) => project))];
  const users = clients.filter((client) => client.libraries.includes(library));
  const past = numbers(old, library);
  const isOrphan = releases.length + projects.length + past.length === 0;
  const isFree = releases.length + projects.length + users.length === 0 && library !== own.name;
  const action = isFree && (withOrphans || !isOrphan) ? 'remove' : 'keep';
  return { library, nodes, releases, projects, clients: users, past, isOrphan, action };
}

const names = ({ project, alias, libraries }: Release, library: string): boolean =>
  libraries.some(({ name }) => name === library) || (alias !== null && project === library);

const numbers = (releases: readonly Release[], library: string): number[] =>
  releases.filter((release) => names(release, library)).map(({ number }) => number);

interface HeldAt {
  /** Addresses of primaries. */
  readonly nodes: string[];
  /** True for stable names that a deploy brought. */
  readonly isStable: boolean;
}

/** Libraries by name, with the primaries that hold them. */
async function heldBy(link: ClusterLink, context: CallContext): Promise<Map<string, HeldAt>> {
  const nodes = shardsOf(link);
  const lists = await Promise.all(nodes.map((node) => readAllLibraries(link, node, context)));
  const held = new Map<string, HeldAt>();
  lists.forEach((libraries, i) => {
    for (const { name, code } of libraries) {
      const at = held.get(name) ?? { nodes: [], isStable: stableHash(String(code)) !== undefined };
      held.set(name, { ...at, nodes: [...at.nodes, (nodes[i] as NodeInfo).address] });
    }
  });
  return new Map([...held].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function membership(mine: readonly Release[], others: readonly Release[], sources: readonly string[]) {
  const sourcesOf = (releases: readonly Release[]) =>
    releases.flatMap(({ libraries }) => libraries.map(({ source }) => source));
  const recorded = new Set(mine.flatMap(({ libraries }) => libraries.map(({ name }) => name)));
  const families = new Set([...sources, ...sourcesOf(mine)]);
  for (const source of sourcesOf(others)) families.delete(source);
  // Shardfold's own library serves whoever uses tables, with or without a project.
  families.delete('shardfold');
  return (name: string): boolean => {
    const [, source] = /^(.+)_[0-9a-f]{12}$/.exec(name) ?? [];
    return recorded.has(name) || (source !== undefined && families.has(source));
  };
}

/** For a project that is to go for good. @throws LIBRARY_IN_USE where a connected app calls one of its libraries */
export function requireUnused({ project, rows }: PrunePlan): void {
  const used = rows.filter(({ projects, clients }) => projects.length === 0 && clients.length > 0);
  if (used.length === 0) return;
  const lines = used.map((row) => `\n  ${row.library}: ${describeUse(row).join('; ')}`);
  throw new ShardfoldError('LIBRARY_IN_USE', `connected apps call functions of ${project}${lines.join('')}`, {
    hint: 'stop those apps first; --force removes it all the same, and their calls fail',
  });
}

function choose(rows: readonly PruneRow[], name: string, project: string): PruneRow {
  const row = rows.find(({ library }) => library === name);
  if (!row) {
    throw new ShardfoldError('INVALID_ARGUMENT', `no shard holds a library ${name} of ${project}`, {
      hint: rows.length > 0 ? `there are ${rows.map(({ library }) => library).join(', ')}` : 'it has none here',
    });
  }
  if (row.action === 'remove') return row;
  const { releases, projects, clients } = row;
  throw new ShardfoldError('LIBRARY_IN_USE', `${name} is in use: ${describeUse(row).join('; ')}`, {
    hint:
      clients.length > 0 && releases.length + projects.length === 0
        ? 'stop those apps first; --force prunes it all the same'
        : 'a library goes when no release that is kept needs it (--keep)',
  });
}
