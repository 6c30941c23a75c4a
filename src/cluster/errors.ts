/**
 * What servers and sockets say, read in one place: first into a verdict (try again, go elsewhere, give up), and where
 * the answer is to give up, into a coded error with the command or option that mends it.
 */
import { isNativeError } from 'node:util/types';
import { ClientClosedError, ClientOfflineError, DisconnectsClientError, ErrorReply } from 'redis';
import { type ErrorCode, type ErrorDetails, isErrorCode, ShardfoldError } from '../errors.js';

export interface Verdict {
  /** The name under which a retry is counted. */
  readonly cause: string;
  readonly action:
    | 'moved'
    | 'ask'
    /** The server did not run the command: try again until the deadline. */
    | 'retry'
    /** As `retry`, but not for long. */
    | 'retry-briefly'
    /** The command may have run: try again where that is harmless. */
    | 'unknown'
    | 'fail';
  /** The topology that we hold is probably old. */
  readonly refresh: boolean;
}

const verdict = (cause: string, action: Verdict['action'], refresh = false): Verdict => ({ cause, action, refresh });

const BY_FIRST_WORD: Record<string, Verdict> = {
  MOVED: verdict('MOVED', 'moved', true),
  ASK: verdict('ASK', 'ask'),
  TRYAGAIN: verdict('TRYAGAIN', 'retry'),
  CLUSTERDOWN: verdict('CLUSTERDOWN', 'retry', true),
  LOADING: verdict('LOADING', 'retry'),
  MASTERDOWN: verdict('MASTERDOWN', 'retry', true),
  READONLY: verdict('READONLY', 'retry', true),
  BUSY: verdict('BUSY', 'retry'),
  NOREPLICAS: verdict('NOREPLICAS', 'retry-briefly'),
  UNBLOCKED: verdict('UNBLOCKED', 'unknown', true),
};

/** The end of errors that were raised inside of a function. (Those of scripts may be the server's own, such as READONLY.) */
const RAISED_IN_FUNCTION = / script: \S+, on @user_function:\d+\.?$/;

const CLUSTER_DOWN_INSIDE = verdict('CLUSTERDOWN', 'retry', true);
/** Never written, so it cannot have run. */
const NOT_CONNECTED = verdict('NOT_CONNECTED', 'retry', true);
const CONNECTION_LOST = verdict('CONNECTION_LOST', 'unknown', true);
const FAIL = verdict('', 'fail');

/** What an error says. Errors of another realm (Node's own, seen from a test's sandbox) are not `instanceof Error`. */
export function messageOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}

/** Nothing was sent, for there was no connection. */
export class NotConnectedError extends Error {
  constructor(address: string, cause: unknown) {
    super(`no connection to ${address}: ${messageOf(cause)}`, { cause });
  }
}

const firstWord = (text: string): string => /^[A-Z0-9_]+/.exec(text)?.[0] ?? '';

/** The table of errors, applied to whatever a client's promise was rejected with. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof ShardfoldError) return FAIL;
  if (error instanceof ErrorReply) {
    const known = BY_FIRST_WORD[firstWord(error.message)];
    // A function may say BUSY, too; it has run then, and perhaps has written.
    if (known) return RAISED_IN_FUNCTION.test(error.message) ? FAIL : known;
    return error.message.includes('while the cluster is down') ? CLUSTER_DOWN_INSIDE : FAIL;
  }
  if (error instanceof NotConnectedError || error instanceof ClientOfflineError || error instanceof ClientClosedError) {
    return NOT_CONNECTED;
  }
  if (error instanceof DisconnectsClientError || isSocketError(error)) return CONNECTION_LOST;
  return FAIL;
}

/** Whether a `divisible` call failed because its keys lie on two nodes at present. */
export const isDivided = (error: unknown): boolean =>
  error instanceof ShardfoldError && verdictOf(error.cause).cause === 'TRYAGAIN';

export function isSocketError(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (typeof (error as NodeJS.ErrnoException).syscall === 'string') return true;
  return /^(Socket closed unexpectedly|Connection timeout|Socket timeout|This socket has been ended)/.test(
    error.message,
  );
}

/** Where a command failed, as far as is known. */
export type Place = Pick<ErrorDetails, 'shard' | 'slot' | 'kernel'>;

/** A server's (or a socket's) error as ours. Errors that are ours already pass through, with the place added where it was missing. */
export function errorFromReply(error: unknown, place: Place): ShardfoldError {
  if (error instanceof ShardfoldError) return error;
  const text = messageOf(error);
  const { code, hint, message } = read(text, error);
  // A socket's error says where it happened.
  const named = place.shard !== undefined && text.includes(place.shard);
  const where = named ? { ...place, shard: undefined } : place;
  return new ShardfoldError(code, `${message}${describe(where)}`, { ...place, ...(hint && { hint }), cause: error });
}

function describe({ shard, slot, kernel }: { readonly [K in keyof Place]: Place[K] | undefined }): string {
  const parts = [kernel && `in ${kernel}`, shard && `on ${shard}`, slot !== undefined && `slot ${slot}`].filter(
    Boolean,
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** A server looks at the caller's rights at each call inside of Lua, too. The first is 7.0's, which names no command. */
const REFUSED_INSIDE = /^ERR (The user executing the script can't|ACL failure in script)/;
const REFUSED_HINT = 'shardfold doctor --acl prints the rights that a role needs for what runs inside of Lua, too';

interface Reading {
  code: ErrorCode;
  message: string;
  hint?: string;
}

const BY_WORD: Record<string, { code: ErrorCode; hint: string }> = {
  NOPERM: { code: 'NO_PERMISSION', hint: 'ask for the missing command or key pattern in the ACL of this user' },
  NOAUTH: {
    code: 'AUTH_FAILED',
    hint: 'the server wants a password: --user and SHARDFOLD_PASSWORD, or username and password',
  },
  WRONGPASS: { code: 'AUTH_FAILED', hint: 'check the user name and the password' },
  CLUSTERDOWN: { code: 'CLUSTER_DOWN', hint: 'see CLUSTER INFO: some slots have no reachable primary' },
  OOM: {
    code: 'SERVER_REFUSES_WRITES',
    hint: 'the server is over its maxmemory: free memory, raise the limit or add shards',
  },
  MISCONF: { code: 'SERVER_REFUSES_WRITES', hint: "the server cannot save to its disk; see the server's log" },
  NOREPLICAS: { code: 'SERVER_REFUSES_WRITES', hint: 'min-replicas-to-write is not met: bring the replicas back' },
  NOSCRIPT: { code: 'FUNCTION_MISSING', hint: 'the script is not in the cache of this node: send its text' },
  CROSSSLOT: { code: 'SERVER_ERROR', hint: 'the keys of one call must share a hash tag' },
};

function read(text: string, error: unknown): Reading {
  const word = firstWord(text);
  // Our own Lua raises `CODE text`.
  if (isErrorCode(word)) return { code: word, message: text.slice(word.length + 1).replace(ERROR_TAIL, '') };
  const known = BY_WORD[word];
  if (known) return { ...known, message: text };
  if (/Function not found/.test(text) && !RAISED_IN_FUNCTION.test(text)) {
    return { code: 'FUNCTION_MISSING', message: text, hint: 'load the functions into every shard: shardfold deploy' };
  }
  // What a script calls has no name there, but the place @user_function.
  if (/unknown command .?(FCALL|FUNCTION|HELLO)/i.test(text)) {
    return { code: 'SERVER_TOO_OLD', message: text, hint: 'functions need Redis 7.0 or later, or Valkey' };
  }
  if (/AUTH|invalid password/.test(text))
    return { code: 'AUTH_FAILED', message: text, hint: BY_WORD.WRONGPASS?.hint ?? '' };
  if (REFUSED_INSIDE.test(text)) return { code: 'NO_PERMISSION', message: text, hint: REFUSED_HINT };
  if (/user_(function|script):\d+/.test(text)) return { code: 'KERNEL_FAILED', message: text };
  if (word === '' && isSocketError(error)) return { code: 'CONNECTION_FAILED', message: text };
  if (verdictOf(error).cause === 'NOT_CONNECTED') return { code: 'CONNECTION_FAILED', message: text };
  return { code: 'SERVER_ERROR', message: text };
}

/** What the server adds to errors raised inside a function. */
const ERROR_TAIL = / script: \S+, on \S+\.?$/;
