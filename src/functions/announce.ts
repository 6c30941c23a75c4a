/** An app tells the servers which libraries it calls, so that nobody prunes them meanwhile. */
import type { ClusterLink } from '../cluster/types.js';
import { clientName } from './define/client-name.js';

const announced = new WeakMap<ClusterLink, Set<string>>();

/** From now on the connections of this link carry the library's name (as FUNCTION LIST shows it) in theirs. */
export function announce(link: ClusterLink, library: string): void {
  const names = announced.get(link) ?? new Set();
  if (names.has(library)) return;
  announced.set(link, names.add(library));
  link.label(clientName([...names]));
}
