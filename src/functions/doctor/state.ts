/** What the servers are, and whether all of them are there. */
import type { ClusterLink, NodeInfo, Reply } from '../../cluster/types.js';
import type { Answer } from './answer.js';
import { refusal } from './rights.js';
import { tableKeys } from './roles.js';
import type { Finding } from './types.js';

const SLOTS = 16384;

/** HELLO, which everybody may send: whether the node answers, and what it is. */
export function judgeServer(node: NodeInfo, answer: Answer): Finding {
  const found = { check: 'server', node: node.address };
  if (node.down) return { ...found, verdict: 'failed', value: 'the cluster calls it failed' };
  if (answer.kind !== 'reply') {
    const value = answer.text.replaceAll(` on ${node.address}`, '').replaceAll(node.address, 'it');
    return { ...found, verdict: 'failed', value };
  }
  const hello = answer.reply as readonly Reply[];
  const field = (name: string) => String(hello[hello.findIndex((item) => String(item) === name) + 1]);
  return { ...found, verdict: 'ok', value: `${field('server')} ${field('version')}` };
}

/** Of the cluster as one: whether all slots have an owner, and every shard a replica. */
export function judgeCluster(link: ClusterLink): Finding[] {
  const nodes = link.nodes();
  const node = '';
  if (!link.isCluster) return [{ check: 'cluster', node, verdict: 'ok', value: 'no: one server, one shard' }];
  const shards = nodes.filter(({ role, slots }) => role === 'primary' && slots.length > 0);
  const replicas = nodes.filter(({ role }) => role === 'replica');
  const owned = shards.flatMap(({ slots }) => slots).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const value = `yes: shards ${shards.length}, replicas ${replicas.length}`;
  const bare = shards.filter(({ id }) => !replicas.some(({ replicaOf, down }) => replicaOf === id && !down));
  if (owned < SLOTS) {
    const hint = 'give every slot an owner: redis-cli --cluster fix';
    return [
      { check: 'cluster', node, verdict: 'failed', value: `${value}, ${SLOTS - owned} slots have no owner`, hint },
    ];
  }
  if (bare.length > 0) {
    const hint = 'a shard without a replica that fails takes its data along';
    const names = bare.length === shards.length ? '' : `: none for ${bare.map(({ address }) => address).join(', ')}`;
    return [{ check: 'cluster', node, verdict: 'warning', value: `${value}${names}`, hint }];
  }
  return [{ check: 'cluster', node, verdict: 'ok', value }];
}

/** A key of the replica's shard, read over a connection that said READONLY. */
export function judgeReplica({ address }: NodeInfo, { kind, text }: Answer, prefix: string): Finding {
  const found = { check: 'replicas readable', node: address };
  if (kind === 'reply') return { ...found, verdict: 'ok', value: 'yes' };
  if (kind !== 'forbidden') return { ...found, verdict: 'failed', value: text };
  return { ...found, verdict: 'failed', ...refusal({ rules: '+get', keys: `%R~${tableKeys(prefix)}` }, text) };
}

/** READONLY itself was refused, with which a connection to a replica begins: nothing can be asked of it. */
export const notReadable = ({ address }: NodeInfo): Finding => ({
  check: 'replicas readable',
  node: address,
  verdict: 'failed',
  value: 'not allowed',
  rules: '+readonly',
});
