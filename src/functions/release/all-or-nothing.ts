/** Changes of several shards of which all stay, or none: each notes beforehand how it is taken back. */
import { messageOf } from '../../cluster/errors.js';
import type { Argument, CallContext, ClusterLink, NodeInfo } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { stuckText, UNCHANGED } from './undo.js';

type Command = readonly Argument[];

/** Sends a command to the node that is worked on; `undo` leaves the node as it was before the command. */
export type Change = (command: Command, undo: Command) => Promise<void>;

export interface Work {
  readonly nodes: readonly NodeInfo[];
  /** What one node needs. All commands must be harmless when they run twice. */
  readonly change: (node: NodeInfo, apply: Change) => Promise<void>;
  /** What remains to be done when all nodes are changed; where it fails, they are changed back as well. */
  readonly finish?: () => Promise<void>;
  /** The beginning of the message where it fails: `shop was not deployed`. */
  readonly failed: string;
}

/**
 * Errors: DEPLOY_FAILED (ABORTED where it was interrupted) naming each node that failed and why, and any that could not be
 * returned to what it held before.
 */
export async function allOrNothing(link: ClusterLink, work: Work, context: CallContext): Promise<void> {
  const undos: { readonly node: NodeInfo; readonly command: Command }[] = [];
  const failures: { readonly where: string; readonly error: unknown }[] = [];
  const attempt = async (where: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      failures.push({ where, error });
    }
  };
  const changeOne = (node: NodeInfo) =>
    work.change(node, async (command, undo) => {
      // Noted first: a command whose answer is lost may have run.
      undos.unshift({ node, command: undo });
      await link.callNode(node.id, command, context, true);
    });
  await Promise.all(work.nodes.map((node) => attempt(node.address, () => changeOne(node))));
  if (failures.length === 0 && work.finish) await attempt('the release record', work.finish);
  if (failures.length === 0) return;

  const stuck = new Set<string>();
  // The deadline of the work may have passed, and an abort must not leave half of it behind.
  const patience = link.context({ timeoutMs: context.timeoutMs });
  const takeBack = async (node: NodeInfo): Promise<void> => {
    for (const { command } of undos.filter((undo) => undo.node === node)) {
      try {
        await link.callNode(node.id, command, patience, true);
      } catch (error) {
        if (!/Library not found/.test(messageOf(error))) stuck.add(node.address);
      }
    }
  };
  await Promise.all(work.nodes.map(takeBack));
  const errors = failures.map(({ error }) => error);
  const ours = errors.filter((error) => error instanceof ShardfoldError);
  const aftermath = stuck.size > 0 ? stuckText([...stuck]) : UNCHANGED;
  const lines = failures.map(({ where, error }) => `${where}: ${messageOf(error)}`);
  const hint = ours.find((error) => error.hint !== undefined)?.hint;
  const shard = ours.find((error) => error.shard !== undefined)?.shard;
  throw new ShardfoldError(
    ours.some(({ code }) => code === 'ABORTED') ? 'ABORTED' : 'DEPLOY_FAILED',
    `${work.failed} (${aftermath})\n  ${lines.join('\n  ')}`,
    {
      ...(hint !== undefined && { hint }),
      ...(shard !== undefined && { shard }),
      cause: errors.length === 1 ? errors[0] : new AggregateError(errors),
    },
  );
}
