/** One function on every primary: a map over the shards, with a result or an error for each. */
import type { CallContext, ClusterLink, NodeInfo } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import { callFunctionOn } from './call.js';
import { type Caller, type FunctionOptions, libraryOf } from './callers.js';
import { decodeReply } from './define/decode.js';
import { encodeCall } from './define/encode.js';
import type { GivenArgs, Result } from './define/infer.js';
import type { FunctionSpec } from './define/spec.js';
import { shardsOf } from './release/shards.js';

/** What one shard answered. `shard` is the address of its primary, `host:port`. */
export type ShardResult<T> =
  | { readonly shard: string; readonly value: T; readonly error?: undefined }
  | { readonly shard: string; readonly error: ShardfoldError; readonly value?: undefined };

/** Functions that declare no keys: a key has one shard, so there would be nothing to map over. */
export interface KeylessSpec extends FunctionSpec {
  readonly keys: Readonly<Record<string, never>>;
}

/**
 * Runs the function on all primaries at once; a shard that lacks it is healed first. A shard that fails does not fail the
 * others. Rejects with INVALID_ARGUMENT before anything is sent, and with ABORTED.
 */
export async function mapShards<S extends FunctionSpec>(
  link: ClusterLink,
  caller: Caller<S>,
  args: GivenArgs<S> | undefined,
  { idempotent = false }: Pick<FunctionOptions, 'idempotent'>,
  context: CallContext,
): Promise<ShardResult<Result<S['returns']>>[]> {
  const library = libraryOf(caller);
  if (!library) {
    throw new ShardfoldError('INVALID_ARGUMENT', `mapShards wants a function, not ${showValue(caller)}`, {
      hint: 'const fns = sf.functions(library); await sf.mapShards(fns.name, args)',
    });
  }
  const spec: FunctionSpec = caller.spec;
  const { name, returns, flags } = spec;
  if (Object.keys(spec.keys).length > 0) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${name} takes keys, and each key has one shard: call it by its keys`);
  }
  const call = { name, args: encodeCall(spec, {}, args).args, readOnly: flags.includes('no-writes'), idempotent };
  const ask = async ({ id, address }: NodeInfo): Promise<ShardResult<unknown>> => {
    try {
      const reply = await callFunctionOn(link, id, call, context, library);
      return { shard: address, value: decodeReply(returns, reply, `${name} on ${address}`) };
    } catch (error) {
      if (!(error instanceof ShardfoldError) || error.code === 'ABORTED') throw error;
      return { shard: address, error };
    }
  };
  return Promise.all(shardsOf(link).map(ask)) as Promise<ShardResult<Result<S['returns']>>[]>;
}
