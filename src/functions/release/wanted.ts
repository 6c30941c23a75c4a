/** What the nodes are to hold of a release, with the code out of the record. */
import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { readLibrary } from './record.js';
import type { WantedLibrary } from './status.js';
import type { Release } from './types.js';

/** The code of a hash never changes: who looks again and again reads it once. */
export type CodeCache = Map<string, string>;

/** @throws DATA_LOSS where the record holds a code no longer */
export async function wantedBy(
  link: ClusterLink,
  { project, libraries, alias }: Release,
  context: CallContext,
  cache: CodeCache = new Map(),
): Promise<WantedLibrary[]> {
  const named = libraries.map((library) => ({ library, source: library.source, kind: 'library' as const }));
  const stable = alias ? [{ library: alias, source: project, kind: 'alias' as const }] : [];
  return Promise.all(
    [...named, ...stable].map(async ({ library, source, kind }) => {
      const { name, hash } = library;
      const code = cache.get(hash) ?? (await readLibrary(link, library, context)).code;
      cache.set(hash, code);
      return { source, kind, name, hash, code };
    }),
  );
}
