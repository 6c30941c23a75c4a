/** The functions of a built library as async functions of JavaScript. */
import { slotOf } from '../cluster/slots.js';
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import { announce } from './announce.js';
import type { BuiltLibrary, Specs } from './built.js';
import { callFunction } from './call.js';
import { decodeReply } from './define/decode.js';
import { encodeCall } from './define/encode.js';
import type { CallParameters, Result } from './define/infer.js';
import type { FunctionSpec } from './define/spec.js';

export interface FunctionOptions {
  /** Milliseconds without progress after which the call fails; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Running it twice leaves what running it once leaves: it may then be sent again after a lost connection. Implied by `no-writes`. */
  readonly idempotent?: boolean;
}

/** One function, typed by its spec. What it throws: see `callBuilt`. */
export interface Caller<S extends FunctionSpec = FunctionSpec> {
  (...call: CallParameters<S, [options?: FunctionOptions]>): Promise<Result<S['returns']>>;
  readonly spec: S;
}

export type Callers<S extends Specs> = { readonly [N in keyof S]: Caller<S[N]> };

const libraries = new WeakMap<object, BuiltLibrary>();

/** The library that a caller belongs to; undefined for what is none. */
export const libraryOf = (caller: object): BuiltLibrary | undefined => libraries.get(caller);

/** @param check of the options of each call, which throws before anything is sent */
export function callersOf<S extends Specs>(
  link: ClusterLink,
  library: BuiltLibrary<S>,
  check?: (options: FunctionOptions) => void,
): Callers<S> {
  const { name, specs } = checkLibrary(library);
  announce(link, name);
  const callers: Record<string, Caller> = {};
  for (const [short, spec] of Object.entries<FunctionSpec>(specs)) {
    const call = async (keys?: unknown, args?: unknown, options: FunctionOptions = {}): Promise<unknown> => {
      check?.(options);
      const { timeout, signal } = options;
      const context = link.context({ ...(timeout !== undefined && { timeoutMs: timeout }), ...(signal && { signal }) });
      return callBuilt(link, library, short, keys, args, options, context);
    };
    const caller = Object.assign(call, { spec }) as Caller;
    libraries.set(caller, library);
    callers[short] = caller;
  }
  return callers as unknown as Callers<S>;
}

function checkLibrary<S extends Specs>(library: BuiltLibrary<S>): BuiltLibrary<S> {
  if (typeof library === 'object' && library !== null && 'specs' in library && 'hash' in library) return library;
  throw new ShardfoldError('INVALID_ARGUMENT', `sf.functions wants a built library, not ${showValue(library)}`, {
    hint: 'run shardfold build, and import the library from the folder that it writes',
  });
}

/** Functions without keys run on any shard: on all by turns, for such numbers are spread over the slots. */
let turn = 0;

/**
 * Calls a function of a built library: encodes, sends, heals a shard that lacks the library, decodes.
 * Errors: INVALID_ARGUMENT (nothing was sent where the hint shows a signature), FUNCTION_FAILED with the source line where the
 * function raised an error, INVALID_REPLY, FUNCTION_MISSING, and those of ClusterLink.call.
 */
export async function callBuilt(
  link: ClusterLink,
  library: BuiltLibrary,
  name: string,
  keys: unknown,
  args: unknown,
  options: Pick<FunctionOptions, 'idempotent'>,
  context: CallContext,
): Promise<unknown> {
  const spec = specOf(library, name);
  const encoded = encodeCall(spec, keys, args);
  if (link.isCluster) checkSlots(name, encoded.keys);
  const key = encoded.keys[0] ?? String(turn++);
  const readOnly = spec.flags.includes('no-writes');
  const idempotent = options.idempotent ?? false;
  const reply = await callFunction(link, { name, key, ...encoded, readOnly, idempotent }, context, library);
  return decodeReply(spec.returns, reply, name);
}

/** All keys of a call lie in one slot; servers would say so, but not which do not. */
function checkSlots(name: string, keys: readonly (string | Buffer)[]): void {
  const [first, ...others] = keys;
  const stray = others.find((key) => slotOf(key) !== slotOf(first as string | Buffer));
  if (stray === undefined) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `${name}: the keys ${first} and ${stray} lie in different slots`, {
    hint: 'keys of one call share a hash tag: cart:{ann}, orders:{ann}',
  });
}

/** @throws INVALID_ARGUMENT where the library has no such function */
export function specOf({ specs, source }: BuiltLibrary, name: string): FunctionSpec {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec) return spec;
  throw new ShardfoldError('INVALID_ARGUMENT', `library "${source}" has no function "${name}"`, {
    hint: `it has ${Object.keys(specs).join(', ')}`,
  });
}
