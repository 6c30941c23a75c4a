/** What a node holds of ours, as FUNCTION LIST tells it. */
import type { CallContext, ClusterLink, NodeInfo, Reply } from '../cluster/types.js';

export interface InstalledLibrary {
  readonly name: string;
  readonly code: string;
  readonly functions: readonly string[];
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
    functions: (field(entry, 'functions') as readonly Reply[]).map((item) => String(field(item, 'name'))),
  }));
}

/** Maps arrive as flat lists of names and values. */
function field(flat: Reply, name: string): Reply {
  const list = flat as readonly Reply[];
  for (let i = 0; i + 1 < list.length; i += 2) if (String(list[i]) === name) return list[i + 1] as Reply;
  return null;
}
