/** A library that prune looks at, and what needs it. */
import { library as own } from '../library.js';
import type { AnnouncedClient } from './clients.js';

export interface PruneRow {
  /** As FUNCTION LIST shows it. */
  readonly library: string;
  /** Addresses of the primaries that hold it. */
  readonly nodes: readonly string[];
  /** Numbers of this project's releases that are kept and need it. */
  readonly releases: readonly number[];
  /** Other projects whose releases name it. */
  readonly projects: readonly string[];
  readonly clients: readonly AnnouncedClient[];
  /** Numbers of the releases that brought it and are not kept. */
  readonly past: readonly number[];
  /** No release names it: an old app may have brought it back. */
  readonly isOrphan: boolean;
  readonly action: 'remove' | 'keep';
}

const family = ({ library }: PruneRow): string => library.replace(/_[0-9a-f]{12}$/, '');
const newest = ({ releases, past }: PruneRow): number => Math.max(0, ...releases, ...past);

/** By source, the newest version first: hashes say nothing to anybody. */
export const byAge = (a: PruneRow, b: PruneRow): number =>
  family(a) === family(b) ? newest(b) - newest(a) : family(a) < family(b) ? -1 : 1;

/** What needs a library, in words. */
export function describeUse({ library, releases, projects, clients, isOrphan }: PruneRow): string[] {
  const [first] = clients;
  const more = clients.length > 1 ? ` and ${clients.length - 1} more` : '';
  return [
    ...(releases.length > 0 ? [`${releases.length === 1 ? 'release' : 'releases'} ${releases.join(', ')}`] : []),
    ...projects.map((project) => `project ${project}`),
    ...(first ? [`client ${first.address} for ${showAge(first.age)}${more}`] : []),
    ...(library === own.name ? ['this version of Shardfold'] : []),
    ...(isOrphan && !first ? ['no release here names it (--orphans removes it)'] : []),
  ];
}

/** `12 s`, `5 min`, `3 h`, `2 days` */
export function showAge(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
