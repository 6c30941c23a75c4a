/** `shardfold/functions`: what writes and describes server functions. Nothing here connects to anything. */

export type { BuiltLibrary, BuiltProject, Specs } from '../built.js';
export { type Bytes, bytes } from './bytes.js';
export { specProblem } from './check-spec.js';
export { clientName } from './client-name.js';
export { defineConfig, type EnvironmentConfig, type ShardfoldConfig } from './config.js';
export { type AnyReply, decodeReply } from './decode.js';
export { defineFunction, type FunctionDefinition, type SpecInput } from './define-function.js';
export { type EncodedCall, encodeCall } from './encode.js';
export type { Body, CallParameters, Given, GivenArgs, GivenKeys, Inside, Result, Returned } from './infer.js';
export { type NodeRedisFunction, type NodeRedisFunctions, nodeRedisFunctions } from './node-redis.js';
export { type Schema, t } from './schema.js';
export { showSchema, showSignature } from './show.js';
export type { FunctionFlag, FunctionSpec, KeySchema } from './spec.js';
