/** Which node owns which slots: a picture read from the servers' own CLUSTER SHARDS, corrected by what MOVED tells meanwhile. */
import { type Address, showAddress } from './address.js';
import { SLOTS } from './slots.js';
import type { NodeInfo, Reply } from './types.js';

export class Topology {
  /** Primaries first, by their slots. */
  readonly nodes: readonly NodeInfo[];
  readonly #byId = new Map<string, NodeInfo>();
  readonly #owners = new Array<NodeInfo | undefined>(SLOTS).fill(undefined);

  constructor(nodes: readonly NodeInfo[]) {
    const primaries = nodes.filter((node) => node.role === 'primary').sort(bySlots);
    this.nodes = [...primaries, ...nodes.filter((node) => node.role === 'replica')];
    for (const node of this.nodes) {
      this.#byId.set(node.id, node);
      for (const [from, to] of node.slots) this.#owners.fill(node, from, to + 1);
    }
  }

  byId(id: string): NodeInfo | undefined {
    return this.#byId.get(id);
  }

  owner(slot: number): NodeInfo | undefined {
    return this.#owners[slot];
  }

  /** What MOVED said, so that the next calls need not be redirected as well; false where the node is not known yet. */
  learn(slot: number, address: string): boolean {
    const owner = this.nodes.find((node) => node.address === address);
    if (owner) this.#owners[slot] = owner;
    return owner !== undefined;
  }

  /** Those that are of use: a failed node without slots was replaced. */
  get live(): readonly NodeInfo[] {
    return this.nodes.filter((node) => !node.down || node.slots.length > 0);
  }

  get primaries(): readonly NodeInfo[] {
    return this.live.filter((node) => node.role === 'primary');
  }
}

const firstSlot = (node: NodeInfo): number => node.slots[0]?.[0] ?? SLOTS;

const bySlots = (a: NodeInfo, b: NodeInfo): number =>
  firstSlot(a) - firstSlot(b) || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0);

/** A server without cluster mode is one shard that owns all slots. */
export function standaloneTopology(address: Address): Topology {
  const name = showAddress(address);
  return new Topology([{ id: name, address: name, role: 'primary', slots: [[0, SLOTS - 1]] }]);
}

type Fields = Map<string, Reply>;

const fieldsOf = (flat: Reply): Fields => {
  const fields: Fields = new Map();
  const list = flat as readonly Reply[];
  for (let i = 0; i + 1 < list.length; i += 2) fields.set(String(list[i]), list[i + 1] as Reply);
  return fields;
};

/** @param via The address that answered: a node may leave its own host out, meaning "where you found me". */
export function parseShards(reply: Reply, via: Address, tls: boolean): Topology {
  const nodes: NodeInfo[] = [];
  for (const shard of reply as readonly Reply[]) {
    const fields = fieldsOf(shard);
    const members = (fields.get('nodes') as readonly Reply[]).map(fieldsOf);
    const primary =
      members.find((node) => text(node, 'role') === 'master' && text(node, 'health') === 'online') ??
      members.find((node) => text(node, 'role') === 'master');
    const slots = rangesOf(fields.get('slots') as readonly number[]);
    for (const member of members) {
      const isPrimary = member === primary;
      const role = text(member, 'role') === 'master' ? 'primary' : 'replica';
      nodes.push({
        id: text(member, 'id'),
        address: showAddress(addressOf(member, via, tls)),
        role,
        ...(role === 'replica' && primary && { replicaOf: text(primary, 'id') }),
        ...(text(member, 'health') === 'fail' && { down: true as const }),
        slots: isPrimary ? slots : [],
      });
    }
  }
  return new Topology(nodes);
}

const text = (fields: Fields, name: string): string => String(fields.get(name) ?? '');

function addressOf(node: Fields, via: Address, tls: boolean): Address {
  const endpoint = text(node, 'endpoint');
  const host = endpoint === '' || endpoint === '?' ? text(node, 'ip') || via.host : endpoint;
  const port = (tls ? node.get('tls-port') : undefined) ?? node.get('port') ?? via.port;
  return { host, port: Number(port) };
}

function rangesOf(flat: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) ranges.push([flat[i] as number, flat[i + 1] as number]);
  return ranges;
}
