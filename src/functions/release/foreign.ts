/**
 * Names of functions that libraries hold which are none of a deploy's: of another project (also of this one under the name that
 * it had before), or loaded by hand. A server knows each name once, and would refuse the deploy half-way.
 */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { HeldLibrary } from '../inspect.js';
import { type Content, registeredNames } from './content.js';
import { readReleases } from './record.js';
import type { TakenNames } from './types.js';

/** On one shard: the names that are taken, by the library that holds them. */
export type Foreign = ReadonlyMap<string, readonly string[]>;

export function foreignHolders(held: readonly HeldLibrary[], { project, libraries, alias }: Content): Foreign {
  const wanted = alias ? [...libraries, alias] : libraries;
  // To servers names that differ only in case are one.
  const names = new Map(wanted.flatMap(registeredNames).map((name) => [name.toLowerCase(), name]));
  const replaced = new Set([...wanted.map(({ name }) => name), project]);
  const taken = held
    .filter(({ name }) => !replaced.has(name))
    .map(({ name, functions }) => [name, functions.flatMap((one) => names.get(one.toLowerCase()) ?? [])] as const);
  return new Map(taken.filter(([, functions]) => functions.length > 0));
}

/** @param found By the address of the shard. */
export async function describeForeign(
  link: ClusterLink,
  found: ReadonlyMap<string, Foreign>,
  context: CallContext,
): Promise<TakenNames[]> {
  const holders = new Map<string, { functions: Set<string>; nodes: string[] }>();
  for (const [address, foreign] of found) {
    for (const [library, functions] of foreign) {
      const holder = holders.get(library) ?? { functions: new Set(), nodes: [] };
      holders.set(library, holder);
      for (const name of functions) holder.functions.add(name);
      holder.nodes.push(address);
    }
  }
  if (holders.size === 0) return [];
  // The last release that brought it counts: projects may come to be named anew.
  const releases = [...(await readReleases(link, undefined, context))].sort((a, b) => b.time - a.time);
  return [...holders].map(([library, { functions, nodes }]) => {
    const isOf = (one: { readonly name: string } | null) => one?.name === library;
    const release = releases.find(({ alias, libraries }) => isOf(alias) || libraries.some(isOf));
    return { library, project: release?.project ?? null, functions: [...functions].sort(), nodes: nodes.sort() };
  });
}

/** `functions add, get are taken by library crm, of project crm (on 10.0.0.1:6379)` */
export function takenText({ library, project, functions, nodes }: TakenNames): string {
  const are = functions.length === 1 ? 'function' : 'functions';
  const owner = project === null ? ', which no release names' : `, of project ${project}`;
  const is = functions.length === 1 ? 'is' : 'are';
  return `${are} ${functions.join(', ')} ${is} taken by library ${library}${owner} (on ${nodes.join(', ')})`;
}

export function takenHint([first]: readonly TakenNames[]): string {
  if (first?.project === null) {
    return `rename them, or delete the library if nobody needs it: FUNCTION DELETE ${first.library}, on every primary`;
  }
  return `rename them, or retire the other project: shardfold prune --project ${first?.project} --all`;
}

export const takenError = (project: string, taken: readonly TakenNames[]): ShardfoldError =>
  new ShardfoldError(
    'DEPLOY_FAILED',
    `${project} was not deployed (nothing was touched)${taken.map((one) => `\n  ${takenText(one)}`).join('')}`,
    { hint: takenHint(taken) },
  );
