/** `shardfold/functions`: what writes and describes server functions. Nothing here connects to anything. */

export type { BuiltLibrary, BuiltProject, Specs } from '../built.js';
export { defineConfig, type EnvironmentConfig, type ShardfoldConfig } from './config.js';
export { type Schema, t } from './schema.js';
export type { FunctionFlag, FunctionSpec, KeySchema } from './spec.js';
