/** The TypeScript of a library's folder, compiled. The compilers are loaded by those who have any. */
import type { LuaModule, SourceFunction } from '../bundle.js';
import { BuildError, type Problem } from '../problems.js';

export interface SourcePart {
  readonly functions: readonly SourceFunction[];
  readonly modules: ReadonlyMap<string, LuaModule>;
  readonly problems: readonly Problem[];
}

/** Modules: neither declarations nor tests. */
export const isTypeScript = (file: string): boolean =>
  /\.[cm]?ts$/.test(file) && !/\.(d|test|spec)\.[cm]?ts$/.test(file);

/** @param root The folder that shown paths are relative to. */
export async function readTypeScript(root: string, dir: string): Promise<SourcePart> {
  const { compileTypeScript } = await import('./typescript/compile.js');
  try {
    return { ...(await compileTypeScript(dir, { root })), problems: [] };
  } catch (error) {
    // Told together with those of the other libraries.
    if (error instanceof BuildError) return { functions: [], modules: new Map(), problems: error.problems };
    throw error;
  }
}
