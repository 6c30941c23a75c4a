/** Can these servers be used by this user, and how? Every question is harmless, and asked of every node: ACLs and settings are a node's own. */

import { tagForSlot } from '../../cluster/slots.js';
import type { CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { askNode } from './answer.js';
import { findDrift } from './drift.js';
import { judgeRight, rightsOf } from './rights.js';
import { CONFIG, judgeSettings, MEMORY, readSettings } from './settings.js';
import { judgeCluster, judgeReplica, judgeServer, notReadable } from './state.js';
import type { CheckResult, Diagnosis, Finding, RoleName } from './types.js';

/** A node that does not answer a greeting in this time is told of, and the others are asked. */
const PATIENCE_MS = 5000;

export interface ExamineOptions {
  /** Only what this role needs; by default everything. */
  readonly role?: RoleName;
  /** Who is asking, where the server does not tell. */
  readonly user?: string;
}

/** Asks all nodes. Throws only where the work was aborted or no node answers at all. */
export async function examine(
  link: ClusterLink,
  { role, user }: ExamineOptions,
  context: CallContext,
): Promise<Diagnosis> {
  const nodes = link.nodes();
  const perNode = await Promise.all(nodes.map((node) => examineNode(link, node, role, context)));
  const all = perNode.flat();
  const mayLoad = nodes
    .filter((node) => node.role === 'primary')
    .every(({ address }) =>
      all.some((one) => one.node === address && one.check === 'FUNCTION LOAD' && one.verdict === 'ok'),
    );
  // The record of releases is a deployer's.
  const asked = { mayLoad, releases: role === undefined || role === 'deployer' };
  const reached = all.filter((one) => one.check === 'server' && one.verdict === 'ok').length;
  const drift = reached === 0 ? [] : await findDrift(link, asked, () => patience(link, context));
  const findings = [...judgeCluster(link), ...all, ...drift];
  const name = (await whoAmI(link, nodes, context)) ?? user ?? 'default';
  const checks = merge(findings, name);
  return {
    user: name,
    role: role ?? null,
    server: link.server,
    cluster: link.isCluster,
    prefix: link.prefix,
    ok: checks.every(({ verdict }) => verdict !== 'failed'),
    checks,
  };
}

const patience = (link: ClusterLink, { timeoutMs, signal }: CallContext): CallContext =>
  link.context({ timeoutMs: Math.min(timeoutMs, PATIENCE_MS), ...(signal && { signal }) });

async function examineNode(
  link: ClusterLink,
  node: NodeInfo,
  role: RoleName | undefined,
  context: CallContext,
): Promise<Finding[]> {
  const ask = (command: readonly string[]) => askNode(link, node, command, patience(link, context));
  const silent = { kind: 'silent', reply: null, text: '' } as const;
  const hello = node.down ? silent : await ask(['HELLO']);
  // Everybody may say HELLO.
  if (hello.kind === 'forbidden') return [notReadable(node)];
  const server = judgeServer(node, hello);
  if (server.verdict !== 'ok') return [server];
  const wanted = rightsOf(link.prefix).filter(({ roles }) => role === undefined || roles.includes(role));
  const rights = wanted.flatMap((right) => {
    const command = right.command(node, link);
    return command === undefined ? [] : [ask(command).then((answer) => judgeRight(right, node, answer))];
  });
  const readsTables = role === undefined || role === 'writer' || role === 'reader';
  const replica = readsTables && node.role === 'replica' ? [examineReplica(link, node, ask)] : [];
  const [found, read, config, memory] = await Promise.all([
    Promise.all(rights),
    Promise.all(replica),
    ask(CONFIG),
    ask(MEMORY),
  ]);
  return [server, ...found, ...read, ...judgeSettings(node, readSettings(config, memory), link.isCluster)];
}

async function examineReplica(
  link: ClusterLink,
  node: NodeInfo,
  ask: (command: readonly string[]) => ReturnType<typeof askNode>,
): Promise<Finding> {
  const slot = link.nodes().find(({ id }) => id === node.replicaOf)?.slots[0]?.[0] ?? 0;
  return judgeReplica(node, await ask(['GET', `${link.prefix}:{${tagForSlot(slot)}}:doctor`]), link.prefix);
}

async function whoAmI(link: ClusterLink, nodes: readonly NodeInfo[], context: CallContext) {
  for (const node of nodes.filter(({ down }) => !down)) {
    const answer = await askNode(link, node, ['ACL', 'WHOAMI'], patience(link, context));
    if (answer.kind === 'reply') return String(answer.reply);
    if (answer.kind !== 'silent') return undefined;
  }
  return undefined;
}

/** One line for all nodes that say the same, in the order in which the checks were made. */
function merge(findings: readonly Finding[], user: string): CheckResult[] {
  const groups = new Map<string, Finding[]>();
  for (const one of findings) {
    const key = JSON.stringify([one.check, one.verdict, one.level === undefined ? one.value : '']);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const order = [...new Set(findings.map(({ check }) => check))];
  const results = [...groups.values()].map((group): CheckResult => {
    const shown = group.reduce((most, one) => ((one.level ?? 0) > (most.level ?? 0) ? one : most));
    const { check, verdict, value, rules, hint } = shown;
    return {
      check,
      verdict,
      value: group.length > 1 && shown.level !== undefined ? `at most ${value}` : value,
      nodes: group.flatMap(({ node }) => (node === '' ? [] : [node])),
      everywhere: group.length === findings.filter((one) => one.check === check).length,
      ...(rules !== undefined && { acl: `ACL SETUSER ${user} ${rules}` }),
      ...(hint !== undefined && { hint }),
    };
  });
  return results.sort((a, b) => order.indexOf(a.check) - order.indexOf(b.check));
}
