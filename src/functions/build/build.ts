/** A project's folders → the libraries that the servers load. */
import { createHash } from 'node:crypto';
import type { BuiltLibrary, BuiltProject, Specs } from '../built.js';
import { bundleLibrary, functionProblems, type LuaModule } from '../bundle.js';
import { collectModules } from '../collect.js';
import type { FunctionSpec } from '../define/spec.js';
import type { Library } from '../library.js';
import { type Problem, refuseAny } from '../problems.js';
import { runtimeModule } from '../runtime.js';
import type { ProjectConfig } from './config.js';
import { type LibrarySource, readLibrarySource } from './library-source.js';
import { loadProblems } from './load-limit.js';
import { checkLua } from './lua-check.js';
import { isRuntime, prefixed, prefixRequires } from './prefix-modules.js';

/**
 * Builds all libraries of a project, and the one of their stable names. The same sources give the same bytes on every machine.
 * Errors: BUILD_FAILED with every problem, as `file:line: problem`.
 */
export async function buildProject(config: ProjectConfig): Promise<BuiltProject> {
  const sources = await Promise.all(config.libraries.map((library) => readLibrarySource(config, library)));
  refuseAny([
    ...functionProblems(sources.flatMap((source) => source.functions)),
    ...sources.flatMap((source) => [...source.problems, ...moduleProblems(source)]),
  ]);
  const libraries = sources.map((source) => buildLibrary(config.project, source));
  const alias = buildAlias(config.project, sources);
  const modules = sources.map((source) => [...source.modules.values()]);
  refuseAny([
    ...libraries.flatMap(({ source, code }, i) => loadProblems(source, code, modules[i] ?? [])),
    ...(alias ? loadProblems(`${alias.name} of all stable names`, alias.code, modules.flat()) : []),
  ]);
  const parts = [...libraries, ...(alias ? [alias] : [])].map(({ name, hash }) => `${name} ${hash}`);
  return { project: config.project, libraries, alias, hash: shortHash(parts.join('\n')) };
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

const loader = (source: LibrarySource) => ({
  load: (name: string): LuaModule | undefined => source.modules.get(name) ?? runtimeModule(name),
  fileOf: (name: string) => `${source.folder}/${name.replaceAll('.', '/')}.lua`,
});

/** Of the modules that functions reach; what else lies in the folder is left out of the library. */
function moduleProblems(source: LibrarySource): Problem[] {
  const { modules, problems } = collectModules({ functions: source.functions, ...loader(source) });
  const checked = new Set([...modules].filter(([name]) => !isRuntime(name)).map(([, module]) => module));
  // A block that is wrong makes no function; what is wrong besides is told with it.
  const faulty = new Set(source.problems.map(({ file }) => file));
  for (const module of source.modules.values()) if (faulty.has(module.file)) checked.add(module);
  return [...problems, ...[...checked].flatMap(checkLua)];
}

function buildLibrary(project: string, source: LibrarySource): BuiltLibrary {
  const { name, functions } = source;
  const bundle = bundleLibrary({ library: name, functions, ...loader(source) });
  const specs = functions.flatMap(({ spec }): [string, FunctionSpec][] => (spec ? [[spec.name, spec]] : []));
  return { ...bundle, project, source: name, specs: Object.fromEntries(specs) satisfies Specs };
}

function buildAlias(project: string, sources: readonly LibrarySource[]): Library | null {
  const functions = sources.flatMap((source) =>
    source.functions.map((one) => ({ ...one, module: prefixed(source.name, one.module) })),
  );
  if (functions.length === 0) return null;
  const modules = new Map<string, LuaModule>();
  for (const source of sources) {
    for (const [name, module] of source.modules) {
      if (isRuntime(name)) modules.set(name, module);
      else modules.set(prefixed(source.name, name), prefixRequires(source.name, module));
    }
  }
  return bundleLibrary({
    library: project,
    functions,
    load: (name) => modules.get(name) ?? runtimeModule(name),
    stable: true,
  });
}
