/**
 * Many Lua modules → the one file that FUNCTION LOAD takes.
 *
 * While a server loads the file only `redis` exists: `local floor = math.floor` at the top of a module would fail. So each
 * module stands in a function of its own, and runs when it is first required, which is at the first call. The price: an
 * error at the top of a module shows at that call; therefore every bundle registers `warm`, which requires them all.
 */
import { createHash } from 'node:crypto';
import { ShardfoldError } from '../errors.js';
import type { LineMap } from './line-map.js';
import { literalCalls } from './lua-tokens.js';

export interface LuaModule {
  /** As it is shown to people: `lua/kernels/dot.lua`. */
  readonly file: string;
  readonly text: string;
}

export interface LibraryFunction {
  /** The name that the callers use; on the servers it carries the hash: `dot_1f0c…`. */
  readonly name: string;
  readonly flags: readonly string[];
  readonly module: string;
}

export interface Bundle {
  /** `shardfold_<hash>` */
  readonly name: string;
  readonly hash: string;
  readonly code: string;
  readonly functions: readonly LibraryFunction[];
  readonly lineMap: LineMap;
}

const FLAGS = ['no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'];
const WARM = 'warm';

/**
 * @param entry Calls `register('name', 'its.module', { 'flag', … })`, once a function, and nothing else.
 * @param load A module by the name it is required by; undefined where there is none.
 * @param library The first part of the library's name.
 */
export function bundle(entry: LuaModule, load: (name: string) => LuaModule | undefined, library = 'shardfold'): Bundle {
  const functions = readFunctions(entry);
  const modules = collect(entry, functions, load);
  const render = (hash: string) => renderBundle(`${library}_${hash}`, hash, functions, modules);
  // The hash covers all of the text but itself.
  const hash = createHash('sha256').update(render('').code).digest('hex').slice(0, 12);
  const registered = [...functions.values()].map(({ name, flags, module }) => ({ name, flags, module }));
  const warm = { name: WARM, flags: ['no-writes'], module: '' };
  return { name: `${library}_${hash}`, hash, functions: [...registered, warm], ...render(hash) };
}

type Registered = LibraryFunction & { readonly line: number };

function fail(file: string, line: number, problem: string, hint?: string): never {
  throw new ShardfoldError('BUNDLE_FAILED', `${file}:${line}: ${problem}`, hint ? { hint } : {});
}

function readFunctions(entry: LuaModule): Map<string, Registered> {
  const functions = new Map<string, Registered>();
  for (const { line, args } of literalCalls(entry.text, 'register')) {
    const refuse = (problem: string, hint?: string) => fail(entry.file, line, problem, hint);
    const [name, module, flags = []] = args ?? [];
    if (typeof name !== 'string' || typeof module !== 'string' || typeof flags === 'string' || args?.length === 0) {
      return refuse('register wants literals', "register('name', 'its.module', { 'no-writes' })");
    }
    if (!/^\w+$/.test(name)) {
      refuse(`"${name}" cannot name a function`, `servers allow letters, digits and _: ${name.replace(/\W/g, '_')}`);
    }
    const twin = functions.get(name);
    if (twin) refuse(`function "${name}" is registered twice, first in line ${twin.line}`);
    if (name === WARM) refuse(`the name "${WARM}" is taken by the bundler itself`);
    const unknown = flags.find((flag) => !FLAGS.includes(flag));
    if (unknown !== undefined) refuse(`unknown flag "${unknown}"`, `the flags are ${FLAGS.join(', ')}`);
    functions.set(name, { name, module, flags, line });
  }
  return functions;
}

/** All modules that can be reached, each before those that require it. */
function collect(
  entry: LuaModule,
  functions: Map<string, Registered>,
  load: (name: string) => LuaModule | undefined,
): Map<string, LuaModule> {
  const modules = new Map<string, LuaModule>();
  const open: string[] = [];
  const visit = (name: string, file: string, line: number): void => {
    if (modules.has(name)) return;
    if (open.includes(name)) {
      fail(file, line, `modules require each other: ${[...open.slice(open.indexOf(name)), name].join(' → ')}`);
    }
    const module = load(name);
    if (!module) fail(file, line, `there is no module "${name}"`, `its file would be ${fileOf(name)}`);
    open.push(name);
    for (const call of literalCalls(module.text, 'require')) {
      const [required] = call.args ?? [];
      if (typeof required !== 'string' || call.args?.length !== 1) {
        fail(module.file, call.line, 'require wants one literal name', 'the bundler must know every module beforehand');
      }
      visit(required as string, module.file, call.line);
    }
    open.pop();
    modules.set(name, module);
  };
  for (const { module, line } of functions.values()) visit(module, entry.file, line);
  return modules;
}

const fileOf = (name: string): string => `lua/${name.replaceAll('.', '/')}.lua`;

function renderBundle(
  libraryName: string,
  hash: string,
  functions: ReadonlyMap<string, Registered>,
  modules: ReadonlyMap<string, LuaModule>,
): { code: string; lineMap: LineMap } {
  const lines: string[] = [];
  const lineMap: { from: number; to: number; file: string }[] = [];
  const add = (text: string) => lines.push(...text.split('\n'));
  add(`#!lua name=${libraryName}\n${REQUIRE}`);
  for (const [name, { file, text }] of modules) {
    add(`modules["${name}"] = function(...)`);
    const from = lines.length + 1;
    add(text.replace(/\r\n?/g, '\n').replace(/\n$/, ''));
    lineMap.push({ from, to: lines.length, file });
    add('end');
  }
  for (const { name, module, flags } of functions.values()) {
    const call = `function(keys, args) return require("${module}")(keys, args) end`;
    add(registration(`${name}_${hash}`, flags, call));
  }
  const roots = new Set([...functions.values()].map(({ module }) => module));
  add(registration(`${WARM}_${hash}`, ['no-writes'], warmFunction([...modules.keys()], roots)));
  return { code: `${lines.join('\n')}\n`, lineMap };
}

/** As Lua's own: a module that returns nothing counts as `true`. */
const REQUIRE = `local modules, loaded = {}, {}
local function require(name)
  local value = loaded[name]
  if value == nil then
    value = modules[name]()
    if value == nil then value = true end
    loaded[name] = value
  end
  return value
end`;

const registration = (name: string, flags: readonly string[], callback: string): string =>
  `redis.register_function({ function_name = "${name}", flags = { ${flags.map((flag) => `"${flag}"`).join(', ')} }, callback = ${callback} })`;

/** Requires every module, and sees to it that those behind functions are functions. Returns their number. */
function warmFunction(names: readonly string[], roots: ReadonlySet<string>): string {
  const steps = names.map((name) => (roots.has(name) ? `callable("${name}")` : `require("${name}")`));
  return `function()
  local function callable(name)
    if type(require(name)) ~= "function" then
      error({ err = "FUNCTION_LOAD_FAILED module " .. name .. " is registered as a function but does not return one" })
    end
  end
  ${[...steps, `return ${names.length}`].join('\n  ')}
end`;
}
