/** One harmless command to one node, and whether its answer means that this user may send it. */
import { messageOf } from '../../cluster/errors.js';
import type { CallContext, ClusterLink, NodeInfo, Reply } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';

export interface Answer {
  readonly kind:
    | 'reply'
    /** The ACL of this user forbids it. */
    | 'forbidden'
    /** The server lacks the command, or its owner took it away. */
    | 'missing'
    | 'error'
    /** There was no answer. */
    | 'silent';
  readonly reply: Reply;
  /** Of an error. */
  readonly text: string;
}

/** As the servers say it themselves, and as they say it of a command inside of a script. */
const FORBIDDEN =
  /\bNOPERM\b|ACL failure|can't run this command|can't access at least one of the keys|no permissions to/;
const MISSING = /unknown (sub)?command|Unknown (Redis|Valkey|server) command|unknown subcommand/i;
const NO_ANSWER = new Set(['CONNECTION_FAILED', 'TIMEOUT', 'AUTH_FAILED', 'CLUSTER_DOWN']);

export async function askNode(
  link: ClusterLink,
  node: NodeInfo,
  command: readonly string[],
  context: CallContext,
): Promise<Answer> {
  try {
    return { kind: 'reply', reply: await link.callNode(node.id, command, context, true), text: '' };
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code === 'ABORTED') throw error;
    const text = messageOf(error.cause ?? error);
    return { kind: kindOf(error, `${text} ${error.message}`), reply: null, text };
  }
}

function kindOf(error: ShardfoldError, text: string): Answer['kind'] {
  if (FORBIDDEN.test(text)) return 'forbidden';
  if (MISSING.test(text)) return 'missing';
  return NO_ANSWER.has(error.code) ? 'silent' : 'error';
}
