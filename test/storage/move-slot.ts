// Moves slots between the nodes of a cluster, as a reshard does.
import type { ClusterLink, NodeInfo, Reply } from '../../src/cluster/types.js';

/** Moves a slot to the next primary, key by key, as `redis-cli --cluster reshard` does. */
export async function moveSlot(link: ClusterLink, slot: number): Promise<void> {
  const on = (node: NodeInfo, ...command: string[]) => link.callNode(node.id, command, link.context());
  const source = link.ownerOf(slot);
  const all = link.nodes().filter(({ role }) => role === 'primary');
  const target = all[(all.findIndex(({ id }) => id === source.id) + 1) % all.length] as NodeInfo;
  const [host, port] = target.address.split(':') as [string, string];
  await on(target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
  await on(source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
  for (;;) {
    const keys = (await on(source, 'CLUSTER', 'GETKEYSINSLOT', `${slot}`, '2')) as Reply[];
    if (keys.length === 0) break;
    await on(source, 'MIGRATE', host, port, '', '0', '5000', 'KEYS', ...keys.map(String));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const node of [target, source, ...all]) await on(node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target.id);
  for (const end = Date.now() + 5000; link.ownerOf(slot).id !== target.id && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
