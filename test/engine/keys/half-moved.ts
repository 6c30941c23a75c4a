// Slots that stand open between two nodes: some of their keys have moved, others have not.
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';

/**
 * Opens the move of a key's slot to the next primary and moves these keys alone.
 * @returns ends the move: the rest of the keys goes, and all nodes hear of it
 */
export async function halfMove(
  link: ClusterLink,
  key: string | Buffer,
  first: string[] = [],
): Promise<() => Promise<void>> {
  const on = (node: NodeInfo, ...command: (string | Buffer)[]) => link.callNode(node.id, command, link.context());
  const slot = String(slotOf(key));
  const all = link.nodes().filter(({ role }) => role === 'primary');
  const source = await ownerOf(key);
  const target = all[(all.indexOf(source) + 1) % all.length] as NodeInfo;
  const [host, port] = target.address.split(':') as [string, string];
  const move = (names: readonly (string | Buffer)[]): Promise<Reply> =>
    on(source, 'MIGRATE', host, port, '', '0', '5000', 'KEYS', ...names);
  await on(target, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
  await on(source, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
  if (first.length > 0) await move(first);
  return async () => {
    for (;;) {
      const rest = (await on(source, 'CLUSTER', 'GETKEYSINSLOT', slot, '2')) as Buffer[];
      if (rest.length === 0) break;
      await move(rest);
    }
    for (const node of [target, source, ...all]) await on(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', target.id);
  };

  /** As the nodes say it, for the link's own picture may be a move behind. */
  async function ownerOf(name: string | Buffer): Promise<NodeInfo> {
    for (const node of all) {
      const owns = await on(node, 'EXISTS', name).then(
        () => true,
        (error: Error) => {
          if (error.message.startsWith('MOVED')) return false;
          throw error;
        },
      );
      if (owns) return node;
    }
    throw new Error(`no node owns slot ${slot}`);
  }
}
