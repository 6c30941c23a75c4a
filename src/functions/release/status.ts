/** Which node holds what of a release: all of its libraries and the one of stable names, replicas included. */
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type HeldLibrary, readAllLibraries } from '../inspect.js';

/** A library that every node is to hold. */
export interface WantedLibrary {
  /** Its name in the project; of the library of stable names the project's. */
  readonly source: string;
  readonly kind: 'library' | 'alias';
  readonly name: string;
  readonly hash: string;
  readonly code: string;
}

export interface LibraryState {
  readonly source: string;
  readonly kind: 'library' | 'alias';
  readonly name: string;
  /** `changed`: it has the right name and hash, and other code: somebody's hand was there. */
  readonly state: 'in step' | 'missing' | 'other version' | 'changed';
  /** Hashes of other versions that the node holds; of stable names the one that it serves now. */
  readonly others: readonly string[];
  /** True on a replica whose primary is in step. */
  readonly behind?: true;
}

export interface NodeStatus {
  readonly id: string;
  readonly address: string;
  readonly role: 'primary' | 'replica';
  /** True where the node holds all libraries, byte by byte. */
  readonly inStep: boolean;
  /** False where the node could not be asked: then nothing is known of it but the problem. */
  readonly asked: boolean;
  readonly problem?: string;
  /** In the order of what is wanted; empty where the node could not be asked. */
  readonly libraries: readonly LibraryState[];
}

/** Asks every node. One that cannot be asked is reported with its problem; the others are still told. */
export async function releaseStatus(
  link: ClusterLink,
  wanted: readonly WantedLibrary[],
  context: CallContext,
): Promise<NodeStatus[]> {
  const nodes = link.nodes();
  const found = await Promise.all(nodes.map((node) => statusOf(link, node, wanted, context)));
  const primaries = new Map(found.filter(({ role }) => role === 'primary').map((status) => [status.id, status]));
  return found.map((status, i) => markBehind(status, primaries.get(nodes[i]?.replicaOf ?? '')));
}

async function statusOf(
  link: ClusterLink,
  { id, address, role, down }: NodeInfo,
  wanted: readonly WantedLibrary[],
  context: CallContext,
): Promise<NodeStatus> {
  const node = { id, address, role };
  const silent = (problem: string) => ({ ...node, inStep: false, asked: false, problem, libraries: [] });
  if (down) return silent('the cluster calls it failed');
  try {
    const held = await readAllLibraries(link, node as NodeInfo, context);
    const libraries = wanted.map((library) => stateOf(library, held));
    return { ...node, inStep: libraries.every(({ state }) => state === 'in step'), asked: true, libraries };
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code === 'ABORTED') throw error;
    return silent(error.message);
  }
}

const HASH = /^[0-9a-f]{12}$/;

function stateOf({ source, kind, name, hash, code }: WantedLibrary, held: readonly HeldLibrary[]): LibraryState {
  const described = { source, kind, name };
  const own = held.find((library) => library.name === name);
  const text = own?.code.toString('utf8');
  if (text === code) return { ...described, state: 'in step', others: [] };
  if (kind === 'alias') {
    const served = text === undefined ? undefined : stableHash(text);
    if (served === undefined) return { ...described, state: own ? 'changed' : 'missing', others: [] };
    return { ...described, state: served === hash ? 'changed' : 'other version', others: [served] };
  }
  if (own) return { ...described, state: 'changed', others: [] };
  const others = held.flatMap((library) => {
    const rest = library.name.startsWith(`${source}_`) ? library.name.slice(source.length + 1) : '';
    return HASH.test(rest) ? [rest] : [];
  });
  return { ...described, state: others.length > 0 ? 'other version' : 'missing', others };
}

/** The hash that the second line of a library with stable names states. */
export const stableHash = (code: string): string | undefined => /^#![^\n]*\n-- ([0-9a-f]{12})\n/.exec(code)?.[1];

/** A replica gets its functions from its primary alone: where that is right, the replica is late, and a deploy would not help. */
function markBehind(status: NodeStatus, primary: NodeStatus | undefined): NodeStatus {
  if (status.role === 'primary' || !primary?.asked) return status;
  const isRight = (name: string) => primary.libraries.some((one) => one.name === name && one.state === 'in step');
  const libraries = status.libraries.map((one) =>
    one.state !== 'in step' && isRight(one.name) ? { ...one, behind: true as const } : one,
  );
  return { ...status, libraries };
}
