/** Folders of TypeScript → libraries on real servers. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompiledTypeScript, compileWithout } from '../../../src/functions/build/typescript/compile.js';
import type { Rewrite } from '../../../src/functions/build/typescript/rewrite.js';
import type { BuiltLibrary } from '../../../src/functions/built.js';
import { bundleLibrary } from '../../../src/functions/bundle.js';
import { runtimeModule } from '../../../src/functions/runtime.js';

const SOURCES = fileURLToPath(new URL('sources', import.meta.url));

export const sources = (name: string): string => join(SOURCES, name);

export const compileSources = (name: string, without: readonly Rewrite[] = []): Promise<CompiledTypeScript> =>
  compileWithout(without, sources(name), { root: SOURCES });

/** The library that a project would build of the folder. */
export async function buildSources(name: string, without: readonly Rewrite[] = []): Promise<BuiltLibrary> {
  const { functions, modules } = await compileSources(name, without);
  const load = (module: string) => modules.get(module) ?? runtimeModule(module);
  const specs = Object.fromEntries(functions.flatMap((one) => (one.spec ? [[one.name, one.spec]] : [])));
  return { ...bundleLibrary({ library: name, functions, load }), project: 'test', source: name, specs };
}
