/** Which modules a library needs: found by reading what they require. */
import { type LuaModule, type SourceFunction, WIRE_MODULE } from './lua-module.js';
import { literalCalls } from './lua-tokens.js';
import type { Problem } from './problems.js';

export interface ModuleSource {
  readonly functions: readonly SourceFunction[];
  /** A module by the name it is required by; undefined where there is none. */
  readonly load: (name: string) => LuaModule | undefined;
  /** Where a module of that name would lie. */
  readonly fileOf?: (name: string) => string;
}

export interface Collected {
  readonly modules: ReadonlyMap<string, LuaModule>;
  readonly problems: readonly Problem[];
}

/** All modules that the functions reach, each before those that require it. */
export function collectModules({ functions, load, fileOf = luaFileOf }: ModuleSource): Collected {
  const modules = new Map<string, LuaModule>();
  const problems: Problem[] = [];
  const missing = new Set<string>();
  const open: string[] = [];
  const visit = (name: string, file: string, line: number): void => {
    if (modules.has(name) || missing.has(name)) return;
    if (open.includes(name)) {
      const circle = [...open.slice(open.indexOf(name)), name].join(' → ');
      problems.push({ file, line, problem: `modules require each other: ${circle}` });
      return;
    }
    const module = load(name);
    if (!module) {
      problems.push({ file, line, problem: `there is no module "${name}"`, hint: `its file would be ${fileOf(name)}` });
      missing.add(name);
      return;
    }
    open.push(name);
    for (const call of literalCalls(module.text, 'require')) {
      const at = module.lines?.[call.line - 1] ?? call.line;
      const [required] = call.args ?? [];
      if (typeof required === 'string' && call.args?.length === 1) visit(required, module.file, at);
      else problems.push({ file: module.file, line: at, ...COMPUTED_REQUIRE });
    }
    open.pop();
    modules.set(name, module);
  };
  for (const { module, file, line, spec } of functions) {
    visit(module, file, line);
    if (spec) visit(WIRE_MODULE, file, line);
  }
  return { modules, problems };
}

const COMPUTED_REQUIRE = {
  problem: 'require wants one literal name',
  hint: 'the bundler must know every module beforehand',
};

const luaFileOf = (name: string): string => `lua/${name.replaceAll('.', '/')}.lua`;
