import type { FunctionSpec } from './define/spec.js';
import type { Library } from './library.js';

export type Specs = { readonly [name: string]: FunctionSpec };

/** A library of a project, built: what the servers load, and what callers know of it. Plain data; `shardfold build` emits it. */
export interface BuiltLibrary<S extends Specs = Specs> extends Library {
  readonly project: string;
  /** Its name in the project; `name` is `<source>_<hash>`. */
  readonly source: string;
  readonly specs: S;
}

/** All that a deploy brings to the servers. */
export interface BuiltProject {
  readonly project: string;
  /** In the order of the configuration. */
  readonly libraries: readonly BuiltLibrary[];
  /** All functions of the project under their stable names, in one library named as the project. Null where there are none. */
  readonly alias: Library | null;
  /** Of the hashes of all libraries and of the alias: equal where a deploy would change nothing. */
  readonly hash: string;
}
