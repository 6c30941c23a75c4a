/** FUNCTION LOAD into one node, and what its refusals mean. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { Library } from './library.js';
import { translateLines } from './line-map.js';

const loading = new WeakMap<ClusterLink, Map<string, Promise<void>>>();

/**
 * Loads the library into the node, unless it is there. Many calls find it missing at once; they share one load.
 * Errors: FUNCTION_MISSING where this user may not load, FUNCTION_LOAD_FAILED where the server refuses the code.
 */
export function loadInto(link: ClusterLink, nodeId: string, library: Library, context: CallContext): Promise<void> {
  let running = loading.get(link);
  if (!running) {
    running = new Map();
    loading.set(link, running);
  }
  const key = `${nodeId} ${library.name}`;
  let load = running.get(key);
  if (!load) {
    const mine = running;
    load = loadOnce(link, nodeId, library, context).finally(() => mine.delete(key));
    mine.set(key, load);
  }
  return load;
}

async function loadOnce(link: ClusterLink, nodeId: string, library: Library, context: CallContext): Promise<void> {
  try {
    // Loading twice leaves what loading once leaves: the name carries the hash of the code.
    await link.callNode(nodeId, ['FUNCTION', 'LOAD', library.code], context, true);
  } catch (error) {
    if (!(error instanceof ShardfoldError)) throw error;
    const text = error.message;
    if (/Library '?\w+'? already exists/.test(text)) return;
    // It is a replica by now: the call that asked for the library finds the new primary by itself.
    if (/^READONLY/.test(text)) return;
    throw loadError(error, library);
  }
}

/** @param error What FUNCTION LOAD was refused with. */
export function loadError(error: ShardfoldError, library: Library): ShardfoldError {
  const details = { ...(error.shard !== undefined && { shard: error.shard }), cause: error };
  if (error.code === 'NO_PERMISSION') {
    return new ShardfoldError(
      'FUNCTION_MISSING',
      `the functions are not loaded on ${error.shard}, and this user may not load them`,
      {
        ...details,
        hint: 'let a user who may load them run: shardfold deploy',
      },
    );
  }
  if (error.code !== 'SERVER_ERROR' && error.code !== 'KERNEL_FAILED') return error;
  const hint = HINTS.find(([refusal]) => refusal.test(error.message))?.[1];
  return new ShardfoldError(
    'FUNCTION_LOAD_FAILED',
    `the server refuses the library: ${translateLines(library.lineMap, error.message)}`,
    { ...details, ...(hint !== undefined && { hint }) },
  );
}

/** What mends the limits of Lua's compiler that the build does not count, or not as this server does. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/too many syntax levels/, 'it nests too deeply: compute parts of it before, into local variables'],
  [/too complex/, 'too many values at once: hand over a table, or fewer of them'],
  [/too long|overflow|too many/, 'the function is too large for Lua: split it'],
  [/FUNCTION LOAD timeout/, 'the library takes too long to load: split it; data belongs into keys'],
];
