/** One call of a script that reads keys, at one node, once. */

import { countRetry } from '../../cluster/context.js';
import { errorFromReply } from '../../cluster/errors.js';
import type { Argument, CallContext, ClusterLink, NodeInfo, Reply, Tried } from '../../cluster/types.js';
import type { KeyCall, KeyReply, KeyScript } from '../../codegen/keys/call.js';
import { ShardfoldError } from '../../errors.js';
import { failureOf } from '../../expr/runtime/failure.js';
import { isMissingScript, KernelTooLarge, textOf } from '../shard-side.js';
import { readKeyReply } from './reply.js';

export interface Asked {
  readonly link: ClusterLink;
  readonly node: NodeInfo;
  readonly context: CallContext;
}

/** Why a node gave no answer now, where a later try, or another node, may. */
export interface Trouble {
  readonly cause: string;
  readonly error: unknown;
}

export const isTrouble = (said: object): said is Trouble => 'cause' in said;

/** @param keys that the call declares @throws what no later try would mend; KernelTooLarge */
export async function ask(
  asked: Asked,
  script: KeyScript,
  call: KeyCall,
  keys: readonly Buffer[] = [],
): Promise<KeyReply | Trouble> {
  const rest = [String(keys.length), ...keys, ...script.args(call, asked.node.address)];
  const said = await callScript(asked, script, rest);
  return isTrouble(said) ? said : readKeyReply(said.reply);
}

/** A script by its digest, or by its text where the node does not have it. @param rest the number of keys, keys and arguments */
export async function callScript(
  { link, node, context }: Asked,
  { lua, sha1, readOnly }: Pick<KeyScript, 'lua' | 'sha1' | 'readOnly'>,
  rest: readonly Argument[],
): Promise<{ readonly reply: Reply } | Trouble> {
  // Not EVAL for what only reads: a user with read-only rights may run the read-only forms alone.
  const form = readOnly ? '_RO' : '';
  const tried = (command: readonly Argument[]): Promise<Tried> => link.tryNode(node.id, command, context);
  try {
    return await tried([`EVALSHA${form}`, sha1, ...rest]).catch((error: unknown) => {
      if (!isMissingScript(error)) throw error;
      countRetry(context.tally, 'NOSCRIPT');
      return tried([`EVAL${form}`, lua, ...rest]);
    });
  } catch (error) {
    throw scriptError(error, node);
  }
}

function scriptError(error: unknown, { address }: NodeInfo): Error {
  const text = textOf(error);
  if (text.includes('Error compiling script')) return new KernelTooLarge(text);
  const raised = failureOf(text);
  if (raised === undefined) return errorFromReply(error, { shard: address, kernel: 'generated' });
  return new ShardfoldError(raised.code, `${raised.message} (in keys on ${address})`, {
    ...(raised.hint !== undefined && { hint: raised.hint }),
    shard: address,
    cause: error,
  });
}
