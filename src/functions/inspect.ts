/** What a node holds of functions, as FUNCTION LIST tells it. */
import type { CallContext, ClusterLink, NodeInfo, Reply } from '../cluster/types.js';

export interface InstalledLibrary {
  readonly name: string;
  readonly code: string;
  readonly functions: readonly string[];
}

/** A library as its bytes: what others have loaded need not be UTF-8. */
export interface HeldLibrary {
  readonly name: string;
  readonly engine: string;
  readonly code: Buffer;
  /** Sorted. */
  readonly functions: readonly string[];
}

/** All libraries of a node, by name; or the one of a name. */
export async function readAllLibraries(
  link: ClusterLink,
  node: NodeInfo,
  context: CallContext,
  name?: string,
): Promise<HeldLibrary[]> {
  const which = name === undefined ? [] : ['LIBRARYNAME', name];
  const reply = await link.callNode(node.id, ['FUNCTION', 'LIST', ...which, 'WITHCODE'], context, true);
  const held = (reply as readonly Reply[]).map((entry) => ({
    name: String(field(entry, 'library_name')),
    engine: String(field(entry, 'engine')),
    // The reply's Buffers are views of what the socket read.
    code: Buffer.from(field(entry, 'library_code') as Buffer),
    functions: functionsOf(entry).sort(),
  }));
  return held.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param pattern A name, or a pattern like `shardfold_*`. */
export async function readLibraries(
  link: ClusterLink,
  node: NodeInfo,
  pattern: string,
  context: CallContext,
): Promise<InstalledLibrary[]> {
  const command = ['FUNCTION', 'LIST', 'LIBRARYNAME', pattern, 'WITHCODE'];
  const reply = (await link.callNode(node.id, command, context, true)) as readonly Reply[];
  return reply.map((entry) => ({
    name: String(field(entry, 'library_name')),
    code: String(field(entry, 'library_code')),
    functions: functionsOf(entry),
  }));
}

const functionsOf = (library: Reply): string[] =>
  (field(library, 'functions') as readonly Reply[]).map((item) => String(field(item, 'name')));

/** Maps arrive as flat lists of names and values. */
function field(flat: Reply, name: string): Reply {
  const list = flat as readonly Reply[];
  for (let i = 0; i + 1 < list.length; i += 2) if (String(list[i]) === name) return list[i + 1] as Reply;
  return null;
}
