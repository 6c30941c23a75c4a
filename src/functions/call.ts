/**
 * One call of one function, ours or a user's. A shard that lacks the library (it joined by CLUSTER MEET, or restarted without
 * persistence) gets it from whoever calls first and may load it; nobody else notices.
 */

import { messageOf } from '../cluster/errors.js';
import type { Argument, CallContext, ClusterLink, Reply } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { functionName, type Library, library } from './library.js';
import { findSource, translateLines } from './line-map.js';
import { loadInto } from './load.js';

export interface FunctionCall {
  /** The short name: as registered in lua/library.lua, or as in the user's source. */
  readonly name: string;
  /** Any of the keys, or whatever shares their slot. */
  readonly key: Argument;
  /** All keys that the function touches. Every one must exist: an absent one means TRYAGAIN while its slot moves. */
  readonly keys: readonly Argument[];
  readonly args: readonly Argument[];
  /** Calls by FCALL_RO, which a function needs the flag `no-writes` for. */
  readonly readOnly: boolean;
  /** True where running it twice leaves what running it once leaves. */
  readonly idempotent: boolean;
}

/** Each shard is healed once a call; a call that is redirected while slots move may meet several. */
const MOST_HEALED = 4;

/**
 * Errors: FUNCTION_MISSING where the library is not loaded and this user may not load it; KERNEL_FAILED (ours) or FUNCTION_FAILED
 * (a user's) with the source file and line; the codes that Lua raises; those of ClusterLink.call.
 */
export async function callFunction(
  link: ClusterLink,
  call: FunctionCall,
  context: CallContext,
  from: Library = library,
): Promise<Reply> {
  const { readOnly, idempotent, key } = call;
  const command = functionCommand(call, from);
  return healing(link, { name: call.name, from, context }, () =>
    link.call({ key, command, readOnly, idempotent }, context),
  );
}

/** As callFunction, on one node and without keys. */
export function callFunctionOn(
  link: ClusterLink,
  nodeId: string,
  call: Pick<FunctionCall, 'name' | 'args' | 'readOnly' | 'idempotent'>,
  context: CallContext,
  from: Library,
): Promise<Reply> {
  const harmlessTwice = call.readOnly || call.idempotent;
  const command = functionCommand({ ...call, keys: [] }, from);
  return healing(link, { name: call.name, from, context }, () =>
    link.callNode(nodeId, command, context, harmlessTwice),
  );
}

function functionCommand(
  { name, keys, args, readOnly }: Pick<FunctionCall, 'name' | 'keys' | 'args' | 'readOnly'>,
  from: Library,
): Argument[] {
  return [readOnly ? 'FCALL_RO' : 'FCALL', functionName(name, from), String(keys.length), ...keys, ...args];
}

interface Healing {
  readonly name: string;
  readonly from: Library;
  readonly context: CallContext;
}

/** Sends, and where the function is missing loads the library and sends again. */
async function healing(
  link: ClusterLink,
  { name, from, context }: Healing,
  send: () => Promise<Reply>,
): Promise<Reply> {
  for (let healed = 0; ; healed++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ShardfoldError)) throw error;
      if (error.code !== 'FUNCTION_MISSING') throw functionError(error, name, from);
      if (!from.functions.some((one) => one.name === name)) {
        const message = `${from === library ? 'lua/library.lua' : from.name} has no function "${name}"`;
        throw new ShardfoldError('INVALID_ARGUMENT', message, { cause: error });
      }
      if (healed === MOST_HEALED) throw error;
      context.tally.retries.FUNCTION_MISSING = (context.tally.retries.FUNCTION_MISSING ?? 0) + 1;
      await loadInto(link, ownerOf(link, error), from, context);
    }
  }
}

function ownerOf(link: ClusterLink, { shard, slot }: ShardfoldError): string {
  const node = link.nodes().find(({ address }) => address === shard) ?? link.ownerOf(slot as number);
  return node.id;
}

/** The error with the function's name, and with the source's file and line in place of the bundle's. */
export function functionError(error: ShardfoldError, name: string, from: Library): ShardfoldError {
  const users = error.code === 'KERNEL_FAILED' && from !== library;
  const source = findSource(from.lineMap, messageOf(error.cause ?? error));
  const joined = error.message.replace(SERVERS_TAIL, '').replace(RAISED_AT, ' ($1, on ');
  const message = translateLines(from.lineMap, users ? joined.replace(/^ERR /, '') : joined);
  return new ShardfoldError(users ? 'FUNCTION_FAILED' : error.code, message, {
    kernel: source === undefined || RUNTIME_LINE.test(source) ? name : `${name} (${source})`,
    ...(error.shard !== undefined && { shard: error.shard }),
    ...(error.slot !== undefined && { slot: error.slot }),
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error.cause,
  });
}

/** What the server adds: it says nothing that `kernel` does not say. */
const SERVERS_TAIL = / script: \S+, on @user_function:\d+\.?(?=$| \()/;

/** What wire.lua adds to an error that has no line in its text, before the place that we add. */
const RAISED_AT = / \((user_function:\d+)\) \(on /;

/** Our own Lua in a user's library raises errors about the call; its line tells nobody anything. */
const RUNTIME_LINE = /^shardfold\/\w+\.lua:/;
