/**
 * A library for a plain node-redis client: `createCluster({ functions: { leaderboard: nodeRedisFunctions(leaderboard) } })`.
 * Nothing heals there: the functions must have been deployed.
 */
import type { Argument } from '../../cluster/types.js';
import type { BuiltLibrary, Specs } from '../built.js';
import { type AnyReply, decodeReply } from './decode.js';
import { encodeCall } from './encode.js';
import type { CallParameters, Result } from './infer.js';
import type { FunctionSpec } from './spec.js';

/** The part of node-redis's parser that is used: the command as far as it was built, and what adds to it. */
export interface CommandParserLike {
  readonly redisArgs: readonly Argument[];
  push(...args: Argument[]): unknown;
  pushKeys(keys: Argument[]): unknown;
}

export interface NodeRedisFunction<S extends FunctionSpec = FunctionSpec> {
  readonly IS_READ_ONLY: boolean;
  parseCommand(this: void, parser: CommandParserLike, ...call: CallParameters<S>): void;
  transformReply(this: void, reply: unknown): Result<S['returns']>;
}

export type NodeRedisFunctions<S extends Specs> = { [N in keyof S]: NodeRedisFunction<S[N]> };

/**
 * Functions that return bytes want `typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer }` in the client's command options.
 * Errors: as those of the typed callers, INVALID_ARGUMENT and INVALID_REPLY; what the server says arrives as node-redis has it.
 */
export function nodeRedisFunctions<S extends Specs>(library: BuiltLibrary<S>): NodeRedisFunctions<S> {
  const functions = Object.entries(library.specs).map(([name, spec]) => [name, bind(spec, `${name}_${library.hash}`)]);
  return Object.fromEntries(functions) as NodeRedisFunctions<S>;
}

function bind(spec: FunctionSpec, registered: string): NodeRedisFunction {
  return {
    IS_READ_ONLY: spec.flags.includes('no-writes'),
    parseCommand(parser, ...[keys, args]) {
      const encoded = encodeCall(spec, keys, args);
      // node-redis has put `FCALL name` there, with the name that its caller knows.
      (parser.redisArgs as Argument[])[1] = registered;
      parser.push(String(encoded.keys.length));
      parser.pushKeys(encoded.keys);
      parser.push(...encoded.args);
    },
    transformReply: (reply) => decodeReply(spec.returns, reply as AnyReply, spec.name) as never,
  };
}
