/** Turns single servers into a cluster, and knows when all of them agree that they are one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardfoldError } from '../errors.js';
import type { RespConnection } from './resp.js';

const SLOTS = 16_384;

/** A server of the cluster to be; replicas name the primary that they copy. */
export interface Member {
  port: number;
  connection: RespConnection;
  primary: Member | undefined;
}

const text = async (member: Member, ...command: (string | number)[]) =>
  String(await member.connection.call(...command));

/** What a node says of the cluster, without what legitimately differs from node to node. */
async function view(member: Member): Promise<string> {
  const lines = (await text(member, 'CLUSTER', 'NODES')).trim().split('\n');
  return lines
    .map((line) => {
      const [id, address, flags, primary, , , , , ...slots] = line.split(' ');
      const roles = flags?.split(',').filter((flag) => flag !== 'myself');
      return [id, address?.replace(/,.*$/, ''), roles, primary, slots].join(' ');
    })
    .sort()
    .join('\n');
}

/** Why the cluster is not whole yet, if so. Servers on the ports of `absent` do not run and may be called failed. */
async function unsettled(members: readonly Member[], absent: readonly number[]): Promise<string | undefined> {
  const views = await Promise.all(members.map(view));
  for (const [i, member] of members.entries()) {
    const where = `127.0.0.1:${member.port}`;
    if (views[i] !== views[0]) return `${where} does not agree with the first node:\n${views[i]}\nagainst\n${views[0]}`;
    const info = await text(member, 'CLUSTER', 'INFO');
    if (!info.includes('cluster_state:ok')) return `${where} says ${info.split('\r\n')[0]}`;
    const known = members.length + absent.length;
    if (!info.includes(`cluster_known_nodes:${known}\r`)) return `${where} does not know all ${known} nodes`;
    if (!info.includes(`cluster_slots_ok:${SLOTS}\r`)) return `${where} does not see all slots covered`;
    const replication = await text(member, 'INFO', 'replication');
    if (replication.includes('role:slave') && !replication.includes('master_link_status:up')) {
      return `${where} is not yet in step with its primary`;
    }
  }
  const isAbsent = (line: string) => absent.some((port) => line.includes(`:${port}@`));
  const lines = views[0]?.split('\n') ?? [];
  const orphaned = lines.filter((line) => isAbsent(line) && / \d+(-\d+)?$/.test(line));
  if (orphaned.length > 0) return `slots still belong to servers that do not run:\n${orphaned.join('\n')}`;
  const present = lines.filter((line) => !isAbsent(line));
  const unreached = present.filter((line) => /handshake|fail|noaddr/.test(line));
  return unreached.length === 0 ? undefined : `some nodes are not reached yet:\n${unreached.join('\n')}`;
}

/** Waits until a condition gives no more reason to wait. @throws LOCAL_CLUSTER_FAILED with the last reason */
async function until(what: string, timeoutMs: number, reasonToWait: () => Promise<string | undefined>): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const reason = await reasonToWait();
    if (reason === undefined) return;
    if (Date.now() > end) {
      throw new ShardfoldError('LOCAL_CLUSTER_FAILED', `${what} within ${timeoutMs / 1000} s: ${reason}`, {
        hint: 'the log of each server is server.log in its folder; a machine under heavy load may need another try',
      });
    }
    await sleep(40);
  }
}

/** Waits until all members see the same nodes and slots, no failure but of absent nodes, and replicas in step. */
export function agreed(members: readonly Member[], absent: readonly number[], timeoutMs = 60_000): Promise<void> {
  return until('the nodes did not agree', timeoutMs, () => unsettled(members, absent).catch(whileLoading));
}

/** A replica that was started again refuses everything until it has taken in what its primary holds. */
function whileLoading(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('LOADING')) return error.message;
  throw error;
}

/** Slots in equal runs, the nodes introduced to each other, the replicas attached. */
export async function formCluster(members: readonly Member[]): Promise<void> {
  const primaries = members.filter((member) => member.primary === undefined);
  for (const [i, member] of members.entries()) {
    // Nodes that start with the same epoch would argue about slots first.
    await member.connection.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    const shard = primaries.indexOf(member);
    if (shard < 0) continue;
    const from = Math.floor((shard * SLOTS) / primaries.length);
    const to = Math.floor(((shard + 1) * SLOTS) / primaries.length) - 1;
    await member.connection.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
  }
  // Everyone meets everyone: gossip alone would take a second or two longer.
  for (const [i, member] of members.entries()) {
    for (const other of members.slice(i + 1)) await member.connection.call('CLUSTER', 'MEET', '127.0.0.1', other.port);
  }
  const ids = new Map<Member, string>();
  for (const member of members) ids.set(member, await text(member, 'CLUSTER', 'MYID'));
  await until('the nodes did not meet', 60_000, async () => {
    for (const member of members) {
      const known = await text(member, 'CLUSTER', 'NODES');
      const missing = [...ids.values()].find((id) => !known.includes(id));
      if (missing !== undefined || /handshake/.test(known)) return `127.0.0.1:${member.port} does not know all nodes`;
    }
    return undefined;
  });
  for (const member of members) {
    if (member.primary) await member.connection.call('CLUSTER', 'REPLICATE', ids.get(member.primary) ?? '');
  }
}
