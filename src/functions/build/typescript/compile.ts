import { resolve } from 'node:path';
import type { LuaModule, SourceFunction } from '../../bundle.js';
import { loadCompilers } from './compilers.js';
import { readDefinitions } from './definitions.js';
import { emitModules } from './emit.js';
import { checkNames, moduleNames } from './names.js';
import { Problems } from './problems.js';
import { openProgram } from './program.js';
import type { Rewrite } from './rewrite.js';
import { checkRules } from './rules/index.js';

export interface TypeScriptOptions {
  /** Paths are shown relative to this folder; default: the working directory. */
  readonly root?: string;
}

export interface CompiledTypeScript {
  /** In the order of files and lines. */
  readonly functions: readonly SourceFunction[];
  /** By the names that they are required by, with our own helpers; `shardfold.wire` is left to the bundler's caller. */
  readonly modules: ReadonlyMap<string, LuaModule>;
}

/**
 * A folder of TypeScript modules, as Lua 5.1 for the bundler. What `defineFunction` says is read off its types; no code of
 * the folder runs.
 *
 * Errors: BUILD_FAILED with every problem as `file:line:column: text`, one a line; MISSING_DEPENDENCY.
 */
export function compileTypeScript(dir: string, options: TypeScriptOptions = {}): Promise<CompiledTypeScript> {
  return compileWithout([], dir, options);
}

/** For tests, which show what would be wrong without some of what is rewritten. */
export async function compileWithout(
  without: readonly Rewrite[],
  dir: string,
  options: TypeScriptOptions = {},
): Promise<CompiledTypeScript> {
  const compilers = loadCompilers();
  const problems = new Problems(resolve(options.root ?? '.'));
  const folder = resolve(dir);
  const opened = openProgram(compilers, folder, problems);
  const { program, files } = opened;
  for (const file of files) {
    for (const error of [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]) {
      problems.diagnostic(compilers.ts, error);
    }
  }
  for (const file of files) {
    // Where types are wrong, what follows from them is noise.
    if (!problems.in(file)) checkRules(compilers, opened, file, problems);
  }
  const names = moduleNames(compilers, folder, program.getCompilerOptions());
  checkNames(files, names, folder, problems);
  problems.check();
  const reader = { ...compilers, checker: program.getTypeChecker(), problems };
  const functions = files.flatMap((file) => readDefinitions(reader, file, names.of(file.fileName)));
  const modules = emitModules(compilers, opened, names, { problems, without });
  problems.check();
  return { functions, modules };
}
