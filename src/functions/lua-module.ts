/** What libraries are made of. */
import type { FunctionSpec } from './define/spec.js';

export interface LuaModule {
  /** As it is shown to people: `lua/kernels/dot.lua`, or the TypeScript that the text was compiled from. */
  readonly file: string;
  readonly text: string;
  /** Of compiled text: the line of `file` that each of its lines comes from, 0 where none does. */
  readonly lines?: readonly number[];
}

export interface LibraryFunction {
  /** The name that the callers use; on the servers it carries the hash: `dot_1f0c…`. */
  readonly name: string;
  readonly flags: readonly string[];
  readonly module: string;
}

/** A function as its source states it. */
export interface SourceFunction extends LibraryFunction {
  /** Where the module returns a table of functions: the field that holds this one. */
  readonly field?: string;
  /** What it takes and returns. With it, arguments and reply are checked and converted by `shardfold.wire`. */
  readonly spec?: FunctionSpec;
  /** It gets its keys and arguments by name alone, as objects of JavaScript hold them; otherwise by position as well. */
  readonly named?: boolean;
  readonly file: string;
  readonly line: number;
}

/** Checks and converts what a function with a spec takes and returns; the loader must know it. */
export const WIRE_MODULE = 'shardfold.wire';
