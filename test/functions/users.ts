import type { BuiltLibrary, Specs } from '../../src/functions/built.js';
import { bundleLibrary, type LuaModule } from '../../src/functions/bundle.js';
import { runtimeModule } from '../../src/functions/runtime.js';

/** A user's library for tests: for each function its spec, and its Lua body over `keys` and `args`. */
export function usersLibrary<const S extends Specs>(
  specs: S,
  bodies: Record<keyof S & string, string>,
  modules: Record<string, LuaModule> = {},
): BuiltLibrary<S> {
  const all: Record<string, LuaModule> = { ...modules };
  for (const [name, body] of Object.entries<string>(bodies)) {
    all[name] = { file: `functions/${name}.lua`, text: `return function(keys, args)\n${body}\nend\n` };
  }
  const functions = Object.entries(specs).map(([name, spec], i) => {
    return { name, spec, flags: spec.flags, module: name, file: 'functions/specs', line: i + 1 };
  });
  const bundle = bundleLibrary({ library: 'users', functions, load: (name) => all[name] ?? runtimeModule(name) });
  return { ...bundle, project: 'test', source: 'users', specs };
}
