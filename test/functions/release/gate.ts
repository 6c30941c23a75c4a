import type { Argument, CallContext, ClusterLink, Reply } from '../../../src/cluster/types.js';

/** Of one command that a deploy sends. */
export interface Sent {
  readonly command: readonly Argument[];
  /** `LOAD shop`, `DELETE board_…`, `LIST`, `FCALL_RO`, `take`, `renew`, `commit`, `leave`, `forget`, or the command's own name. */
  readonly what: string;
  /** Of a command to one node: its address. */
  readonly address: string | undefined;
}

/**
 * Stands between a deploy and the servers: called before each command. What it resolves with is the answer in place of the
 * server's; undefined lets the command pass. One that never resolves is a process that stalled or died.
 */
export type Gate = (sent: Sent) => Promise<Reply | undefined> | Reply | undefined;

export const never = new Promise<never>(() => undefined);

export function through(link: ClusterLink, gate: Gate): ClusterLink {
  const pass = async (command: readonly Argument[], node: string | undefined, send: () => Promise<Reply>) => {
    const address = link.nodes().find(({ id }) => id === node)?.address;
    const answer = await gate({ command, what: nameOf(command), address });
    return answer === undefined ? send() : answer;
  };
  return {
    isCluster: link.isCluster,
    prefix: link.prefix,
    server: link.server,
    nodes: () => link.nodes(),
    ownerOf: (slot) => link.ownerOf(slot),
    call: (call, context) => pass(call.command, undefined, () => link.call(call, context)),
    callNode: (id, command, context: CallContext, readOnly) =>
      pass(command, id, () => link.callNode(id, command, context, readOnly)),
    tryNode: async (id, command, context) => ({
      reply: await pass(command, id, () => link.callNode(id, command, context)),
    }),
    refresh: () => link.refresh(),
    context: (options) => link.context(options),
    label: (text) => link.label(text),
    close: () => link.close(),
  };
}

const SCRIPTS = {
  take: /^-- Takes the lease/,
  renew: /^-- Renews the lease/,
  commit: /^-- Records a release/,
  leave: /^-- Gives the lease/,
  forget: /^-- Forgets releases/,
};

function nameOf([name, second, ...rest]: readonly Argument[]): string {
  if (name === 'EVAL') {
    const found = Object.entries(SCRIPTS).find(([, begin]) => begin.test(String(second)));
    return found?.[0] ?? 'EVAL';
  }
  if (name !== 'FUNCTION') return String(name);
  if (second === 'LOAD') return `LOAD ${/name=(\w+)/.exec(String(rest.at(-1)))?.[1]}`;
  return second === 'DELETE' ? `DELETE ${rest[0]}` : String(second);
}
