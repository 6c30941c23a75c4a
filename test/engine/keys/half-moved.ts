// Slots that stand open between two nodes: some of their keys have moved, others have not.
import type { ClusterLink, NodeInfo, Reply } from '../../../src/cluster/types.js';

/**
 * Opens the move of a slot to the next primary and moves these keys alone.
 * @returns ends the move: the rest of the keys goes, and all nodes hear of it
 */
export async function halfMove(link: ClusterLink, slot: number, keys: readonly string[]): Promise<() => Promise<void>> {
  const on = (node: NodeInfo, ...command: (string | Buffer)[]) => link.callNode(node.id, command, link.context());
  const source = link.ownerOf(slot);
  const all = link.nodes().filter(({ role }) => role === 'primary');
  const target = all[(all.findIndex(({ id }) => id === source.id) + 1) % all.length] as NodeInfo;
  const [host, port] = target.address.split(':') as [string, string];
  const move = (names: readonly (string | Buffer)[]): Promise<Reply> =>
    on(source, 'MIGRATE', host, port, '', '0', '5000', 'KEYS', ...names);
  await on(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
  await on(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
  if (keys.length > 0) await move(keys);
  return async () => {
    for (;;) {
      const rest = (await on(source, 'CLUSTER', 'GETKEYSINSLOT', `${slot}`, '100')) as Buffer[];
      if (rest.length === 0) break;
      await move(rest);
    }
    for (const node of [target, source, ...all]) await on(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target.id);
  };
}
