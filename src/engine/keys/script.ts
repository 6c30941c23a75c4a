/** Hand-written scripts that read declared keys, called by their digest. */

import { createHash } from 'node:crypto';
import { countRetry } from '../../cluster/context.js';
import type { Argument, CallContext, ClusterLink, Reply } from '../../cluster/types.js';
import { CLOCK } from '../../codegen/clock.js';
import { isMissingScript } from '../shard-side.js';

export interface ReadScript {
  readonly lua: string;
  readonly sha1: string;
}

/** @param text Lua that may call `clock()` */
export function readScript(text: string): ReadScript {
  const lua = `${CLOCK}\n${text}`;
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Runs the script on keys of one slot, which may be missing. Retried until the deadline, but for keys that lie on two nodes
 * at present (`isDivided`): fewer are to be asked for at once then.
 */
export async function callScript(
  link: ClusterLink,
  script: ReadScript,
  { keys, args }: { readonly keys: readonly Argument[]; readonly args: readonly Argument[] },
  context: CallContext,
): Promise<Reply> {
  const rest = [String(keys.length), ...keys, ...args];
  const call = (command: readonly Argument[]): Promise<Reply> =>
    link.call({ key: keys[0] as Argument, command, readOnly: true, idempotent: true, divisible: true }, context);
  try {
    return await call(['EVALSHA_RO', script.sha1, ...rest]);
  } catch (error) {
    if (!isMissingScript(error)) throw error;
    countRetry(context.tally, 'NOSCRIPT');
    return call(['EVAL_RO', script.lua, ...rest]);
  }
}
