/** What tests of operating functions share: libraries by hand, and what nodes hold. */
import type { Argument, ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';

export const primariesOf = (link: ClusterLink): NodeInfo[] => link.nodes().filter(({ role }) => role === 'primary');

export const onNode = (link: ClusterLink, node: NodeInfo, ...command: Argument[]): Promise<Reply> =>
  link.callNode(node.id, command, link.context(), true);

export async function flushAll(link: ClusterLink): Promise<void> {
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'FLUSH');
}

/** A library with one function, as somebody writes it by hand. */
export const byHand = (library: string, name: string, body = 'return 1'): string =>
  `#!lua name=${library}\nredis.register_function("${name}", function(keys, args) ${body} end)\n`;

/** FUNCTION LIST WITHCODE, in an order that does not depend on the node: to compare nodes byte by byte. */
export async function listing(link: ClusterLink, node: NodeInfo): Promise<string> {
  const libraries = (await onNode(link, node, 'FUNCTION', 'LIST', 'WITHCODE')) as readonly Reply[];
  return libraries.map(plain).sort().join('\n');
}

export const listings = (link: ClusterLink): Promise<string[]> =>
  Promise.all(primariesOf(link).map((node) => listing(link, node)));

function plain(reply: Reply): string {
  if (Buffer.isBuffer(reply)) return reply.toString('latin1');
  if (!Array.isArray(reply)) return String(reply);
  const parts = reply.map(plain);
  // Lists of functions come in any order; a map begins with a name.
  return `[${(Array.isArray(reply[0]) ? parts.sort() : parts).join(' ')}]`;
}
