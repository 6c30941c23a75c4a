/** Slots on the move, step by step. */
import type { Argument, ClusterLink, NodeInfo, Reply, Tried } from '../../../src/cluster/types.js';
import { READ_VALUE } from '../../../src/codegen/keys/value-lua.js';

const on = (link: ClusterLink, node: NodeInfo, ...command: string[]): Promise<Reply> =>
  link.callNode(node.id, command, link.context(), true);

function ends(link: ClusterLink, slot: number): { source: NodeInfo; target: NodeInfo } {
  const source = link.ownerOf(slot);
  const all = link.nodes().filter(({ role, down }) => role === 'primary' && !down);
  return { source, target: all[(all.findIndex(({ id }) => id === source.id) + 1) % all.length] as NodeInfo };
}

/** Some keys of the slot to the next primary. @returns how many there were to move */
async function moveKeys(link: ClusterLink, slot: number, most: number): Promise<number> {
  const { source, target } = ends(link, slot);
  const [host, port] = target.address.split(':') as [string, string];
  const keys = (await on(link, source, 'CLUSTER', 'GETKEYSINSLOT', `${slot}`, `${most}`)) as Reply[];
  if (keys.length > 0) await on(link, source, 'MIGRATE', host, port, '', '0', '5000', 'KEYS', ...keys.map(String));
  return keys.length;
}

async function begin(link: ClusterLink, slot: number): Promise<void> {
  const { source, target } = ends(link, slot);
  await on(link, target, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source.id);
  await on(link, source, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target.id);
}

/** Leaves half of up to 40 keys at the source. */
export async function halfMove(link: ClusterLink, slot: number): Promise<void> {
  await begin(link, slot);
  await moveKeys(link, slot, 20);
}

/** Moves a slot to the next primary as `redis-cli --cluster reshard` does; one that stands half-moved is moved to the end. */
export async function moveSlot(link: ClusterLink, slot: number, keysAtOnce = 100): Promise<void> {
  const { source, target } = ends(link, slot);
  await begin(link, slot);
  while ((await moveKeys(link, slot, keysAtOnce)) > 0);
  const rest = link
    .nodes()
    .filter(({ id, role, down }) => role === 'primary' && !down && id !== source.id && id !== target.id);
  for (const node of [target, source, ...rest])
    await on(link, node, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target.id);
  link.refresh();
  for (const end = Date.now() + 5000; link.ownerOf(slot).id !== target.id && Date.now() < end; ) await pause(5);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A link on which something happens around the calls of walks: `next` makes the call, or another one in its place. */
export function around(
  link: ClusterLink,
  what: (command: readonly Argument[], next: (other?: readonly Argument[]) => Promise<Tried>) => Promise<Tried>,
): ClusterLink {
  const tryNode: ClusterLink['tryNode'] = (id, command, context) =>
    what(command, (other = command) => link.tryNode(id, other, context));
  return new Proxy(link, {
    get(target, property) {
      if (property === 'tryNode') return tryNode;
      const value = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export async function setFullCoverage(link: ClusterLink, address: string, value: 'yes' | 'no'): Promise<void> {
  const node = link.nodes().find((each) => each.address === address) as NodeInfo;
  if (!node.down) await on(link, node, 'CONFIG', 'SET', 'cluster-require-full-coverage', value);
}

/** Whether a call reads a slice of a large value: by the digest of its script, or by its text. */
export const readsValue = (command: readonly Argument[]): boolean =>
  command[1] === READ_VALUE.sha1 || command[1] === READ_VALUE.lua;
