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
  // To servers the name is a pattern that ignores case; their libraries `Shop` and `shop` are two.
  const meant = held.filter((library) => name === undefined || library.name === name);
  return meant.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All libraries whose names begin with this. */
export async function readLibraries(
  link: ClusterLink,
  node: NodeInfo,
  prefix: string,
  context: CallContext,
): Promise<InstalledLibrary[]> {
  const command = ['FUNCTION', 'LIST', 'LIBRARYNAME', `${prefix}*`, 'WITHCODE'];
  const reply = (await link.callNode(node.id, command, context, true)) as readonly Reply[];
  const held = reply.map((entry) => ({
    name: String(field(entry, 'library_name')),
    code: String(field(entry, 'library_code')),
    functions: functionsOf(entry),
  }));
  return held.filter(({ name }) => name.startsWith(prefix));
}

const functionsOf = (library: Reply): string[] =>
  (field(library, 'functions') as readonly Reply[]).map((item) => String(field(item, 'name')));

/** Maps arrive as flat lists of names and values. */
function field(flat: Reply, name: string): Reply {
  const list = flat as readonly Reply[];
  for (let i = 0; i + 1 < list.length; i += 2) if (String(list[i]) === name) return list[i + 1] as Reply;
  return null;
}
