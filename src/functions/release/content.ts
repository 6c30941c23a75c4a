/** What one release consists of: from a build, or from the record. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import type { BuiltProject, Specs } from '../built.js';
import { functionName, library as kernelLibrary, type Library } from '../library.js';
import { readLibrary } from './record.js';
import type { Release, ReleasedAlias, ReleasedLibrary } from './types.js';

export interface ContentLibrary extends Library {
  readonly source: string;
  readonly specs: Specs;
}

export interface Content {
  readonly project: string;
  readonly hash: string;
  readonly libraries: readonly ContentLibrary[];
  readonly alias: Library | null;
}

/** Shardfold's own functions, as a library like those of projects. */
export const KERNELS: ContentLibrary = { ...kernelLibrary, source: 'shardfold', specs: {} };

/** @param kernels Whether Shardfold's own functions are deployed with the project's. */
export function contentOf({ project, hash, libraries, alias }: BuiltProject, kernels = false): Content {
  return { project, hash, libraries: kernels ? [...libraries, KERNELS] : libraries, alias };
}

/** The code that a release brought, out of the record. @throws DATA_LOSS where the record holds a part of it no longer */
export async function contentOfRelease(link: ClusterLink, release: Release, context: CallContext): Promise<Content> {
  const { project, hash } = release;
  const libraries = release.libraries.map(async (one): Promise<ContentLibrary> => {
    return { ...(await readLibrary(link, one, context)), source: one.source, specs: one.specs };
  });
  const alias = release.alias && (await readLibrary(link, release.alias, context));
  return { project, hash, libraries: await Promise.all(libraries), alias };
}

const releasedAlias = ({ name, hash, functions }: Library): ReleasedAlias => ({ name, hash, functions });

const released = (library: ContentLibrary): ReleasedLibrary => {
  const { source, specs } = library;
  return { source, ...releasedAlias(library), specs };
};

/** The part of a release that says what it consists of. */
export function releaseOf({ project, hash, libraries, alias }: Content) {
  return { project, hash, libraries: libraries.map(released), alias: alias && releasedAlias(alias) };
}

/** True where a release consists of just this. */
export function isContentOf(release: Release | null, { libraries, alias }: Content): boolean {
  if (!release || (release.alias?.hash ?? null) !== (alias?.hash ?? null)) return false;
  const names = new Set(release.libraries.map(({ name }) => name));
  return names.size === libraries.length && libraries.every(({ name }) => names.has(name));
}

/** Names without a hash, for callers in other languages. */
const isStable = ({ name, hash }: Library): boolean => !name.endsWith(`_${hash}`);

/** The names that the library registers on the servers. */
export function registeredNames(library: Library): string[] {
  const stable = isStable(library);
  return library.functions.map(({ name }) => (stable && name !== 'warm' ? name : functionName(name, library)));
}
