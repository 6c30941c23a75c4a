/** What compiled TypeScript requires beside its own modules: TypeScriptToLua's library, and ours. */

import type { LuaModule } from '../../bundle.js';
import type { Compilers } from './compilers.js';
import type { Rewrite } from './rewrite.js';
import { LUALIB, MODULES, REPLACED } from './runtime.js';

/** @param features Of TypeScriptToLua's library, those that the modules use. */
export function libraryModules(
  compilers: Compilers,
  features: ReadonlySet<string>,
  without: readonly Rewrite[],
): Map<string, LuaModule> {
  const modules = new Map(MODULES);
  if (features.size > 0)
    modules.set(LUALIB, { file: `${LUALIB}.lua`, text: printLibrary(compilers, features, without) });
  return modules;
}

function printLibrary(
  { tstl, luaLib, ts }: Compilers,
  features: ReadonlySet<string>,
  without: readonly Rewrite[],
): string {
  const info = luaLib.getLuaLibModulesInfo(tstl.LuaTarget.Lua51, ts.sys);
  const exportsOf = (feature: string): readonly string[] => info[feature as keyof typeof info]?.exports ?? [];
  const ours = (name: string) =>
    without.includes('sort') && name === '__TS__ArraySort' ? undefined : REPLACED.get(name);
  const wanted = [...features].sort();
  const theirs = new Set(wanted.filter((feature) => !exportsOf(feature).every(ours)));
  const code = luaLib.loadInlineLualibFeatures(theirs as Set<never>, tstl.LuaTarget.Lua51, ts.sys);
  const fields = wanted.flatMap(exportsOf).map((name) => {
    const own = ours(name);
    return `  ${name} = ${own ? `require("${own.module}").${own.field}` : name},`;
  });
  return [code, 'return {', ...fields, '}', ''].join('\n');
}
