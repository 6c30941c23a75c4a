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
 * returned to what it held before. Where nobody can know whether `finish` happened, the nodes stay changed, and that is said.
 */
export async function allOrNothing(link: ClusterLink, work: Work, context: CallContext): Promise<void> {
  const undos: { readonly node: NodeInfo; readonly command: Command }[] = [];
  const failures: Failed[] = [];
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
  // An interrupt that came in between can still be obeyed.
  if (failures.length === 0) await attempt('all shards', async () => context.check());
  if (failures.length === 0 && work.finish) await attempt(RECORD, work.finish);
  if (failures.length === 0) return;
  // All shards agree by then: taking back what may be recorded would only make it worse.
  const [last] = failures;
  if (last?.where === RECORD && isUncertain(last.error)) throw failure(work.failed, failures, NOT_KNOWN);

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
  throw failure(work.failed, failures, stuck.size > 0 ? stuckText([...stuck]) : UNCHANGED);
}

const RECORD = 'the release record';
const NOT_KNOWN = 'all shards are changed, but whether the record is, too, is not known; running it again settles it';

/** After these nobody knows whether a command ran. */
const isUncertain = (error: unknown): boolean =>
  error instanceof ShardfoldError && ['TIMEOUT', 'CONNECTION_FAILED', 'CLUSTER_DOWN', 'ABORTED'].includes(error.code);

interface Failed {
  readonly where: string;
  readonly error: unknown;
}

function failure(what: string, failures: readonly Failed[], aftermath: string): ShardfoldError {
  const errors = failures.map(({ error }) => error);
  const ours = errors.filter((error) => error instanceof ShardfoldError);
  const lines = failures.map(({ where, error }) => `${where}: ${messageOf(error)}`);
  const hint = ours.find((error) => error.hint !== undefined)?.hint;
  const shard = ours.find((error) => error.shard !== undefined)?.shard;
  return new ShardfoldError(
    ours.some(({ code }) => code === 'ABORTED') ? 'ABORTED' : 'DEPLOY_FAILED',
    `${what} (${aftermath})\n  ${lines.join('\n  ')}`,
    {
      ...(hint !== undefined && { hint }),
      ...(shard !== undefined && { shard }),
      cause: errors.length === 1 ? errors[0] : new AggregateError(errors),
    },
  );
}
