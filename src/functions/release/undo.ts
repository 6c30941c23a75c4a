/** The way back: every shard that a deploy had changed gets what it held before. */
import { messageOf } from '../../cluster/errors.js';
import type { Argument, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { type Failure, shardsOf } from './shards.js';

export interface Undo {
  readonly node: NodeInfo;
  /** The name of the library on the servers. */
  readonly library: string;
  /** True where the shard had no library of this name. */
  readonly isNew: boolean;
  readonly command: readonly Argument[];
}

// REPLACE makes it harmless to run twice, and mends a library of that name with other code.
export const loadCommand = (code: Argument): Argument[] => ['FUNCTION', 'LOAD', 'REPLACE', code];

/** For `catch`: what was to be deleted need not be there. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof ShardfoldError) || !/Library not found/.test(error.message)) throw error;
}

/** Undoes what was noted. Resolves with the addresses of the shards that could not be reached or refused. */
export async function takeBack(link: ClusterLink, undos: readonly Undo[], timeoutMs: number): Promise<string[]> {
  const stuck = new Set<string>();
  const one = async ({ node, command }: Undo): Promise<void> => {
    const target = targetOf(link, node);
    try {
      // A deadline of its own: that of the deploy may have passed, and an abort must not leave half of it behind.
      await link.callNode(target.id, command, link.context({ timeoutMs }), true).catch(unlessGone);
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      stuck.add(target.address);
    }
  };
  // All at once: they also stand in line, in this order, before a server that is only paused. Strictly backwards, for a
  // function's name is free for one library only when another one has given it back; and after a failover both the old
  // primary and the new one may have noted something: the older note is the truth, and has the last word.
  await Promise.all([...undos].reverse().map(one));
  return [...stuck];
}

/** A shard outlives its primary. */
function targetOf(link: ClusterLink, node: NodeInfo): NodeInfo {
  const shards = shardsOf(link);
  const first = node.slots[0]?.[0] ?? -1;
  const owns = ({ slots }: NodeInfo) => slots.some(([from, to]) => first >= from && first <= to);
  return shards.some(({ id }) => id === node.id) ? node : (shards.find(owns) ?? node);
}

/** The error of a deploy that failed: which shards and why, and how the servers were left. */
export const deployError = (project: string, failures: readonly Failure[], aftermath: string): ShardfoldError =>
  workError(`${project} was not deployed`, failures, aftermath);

export function workError(what: string, failures: readonly Failure[], aftermath: string): ShardfoldError {
  const coded = failures.flatMap(({ error }) => (error instanceof ShardfoldError ? [error] : []));
  const lines = failures.map(({ node, error }) => `\n  ${node ? `${node.address}: ` : ''}${messageOf(error)}`);
  const busy = coded.find(({ code }) => code === 'ABORTED' || code === 'DEPLOY_IN_PROGRESS');
  const hint = coded.map(({ hint }) => hint).find(Boolean);
  const shard = failures.find(({ node }) => node)?.node?.address;
  const [first] = failures;
  return new ShardfoldError(busy?.code ?? 'DEPLOY_FAILED', `${what} (${aftermath})${lines.join('')}`, {
    ...(hint !== undefined && { hint }),
    ...(shard !== undefined && { shard }),
    cause: failures.length === 1 ? first?.error : new AggregateError(failures.map(({ error }) => error)),
  });
}

export const UNCHANGED = 'every shard holds what it held before';

export const stuckText = (stuck: readonly string[]): string =>
  `${stuck.join(', ')} could not be returned to what it held before`;
