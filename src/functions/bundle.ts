/**
 * Many Lua modules → the one file that FUNCTION LOAD takes.
 *
 * While a server loads the file only `redis` exists: `local floor = math.floor` at the top of a module would fail. So each
 * module stands in a function of its own, and runs when it is first required, which is at the first call. The price: an
 * error at the top of a module shows at that call; therefore every bundle registers `warm`, which requires them all.
 */
import { createHash } from 'node:crypto';
import { collectModules, type ModuleSource } from './collect.js';
import { FUNCTION_FLAGS } from './define/spec.js';
import type { LineMap } from './line-map.js';
import { type LibraryFunction, type LuaModule, type SourceFunction, WIRE_MODULE } from './lua-module.js';
import { literalCalls } from './lua-tokens.js';
import { printSpec } from './print-spec.js';
import { BuildError, type Problem, refuseAny } from './problems.js';

export { type LibraryFunction, type LuaModule, type SourceFunction, WIRE_MODULE } from './lua-module.js';

export interface BundleInput extends ModuleSource {
  /** The first part of the library's name; all of it where the names are stable. */
  readonly library: string;
  /** Names of library and functions without the hash, for callers in other languages. */
  readonly stable?: boolean;
}

export interface Bundle {
  /** `shardfold_<hash>` */
  readonly name: string;
  readonly hash: string;
  readonly code: string;
  readonly functions: readonly LibraryFunction[];
  readonly lineMap: LineMap;
}

const WARM = 'warm';
const CASELESS = 'to servers the two names are one: rename one of them';

/** @param entry Calls `register('name', 'its.module', { 'flag', … })`, once a function, and nothing else. */
export function bundle(entry: LuaModule, load: BundleInput['load'], library = 'shardfold'): Bundle {
  return bundleLibrary({ library, functions: readFunctions(entry), load });
}

/**
 * All functions and the modules they need as one library, named by the hash of its text. Names and flags are checked here.
 * Errors: BUILD_FAILED with file and line of all that is wrong.
 */
export function bundleLibrary(input: BundleInput): Bundle {
  const { library, functions, stable = false } = input;
  const { modules, problems } = collectModules(input);
  refuseAny([...functionProblems(functions), ...problems]);
  const name = (hash: string) => (stable ? library : `${library}_${hash}`);
  const render = (hash: string) => renderBundle({ library: name(hash), hash, stable, functions, modules });
  // The hash covers all of the text but itself.
  const hash = createHash('sha256').update(render('').code).digest('hex').slice(0, 12);
  const registered = functions.map(({ name, flags, module }) => ({ name, flags, module }));
  const warm = { name: WARM, flags: ['no-writes'], module: '' };
  return { name: name(hash), hash, functions: [...registered, warm], ...render(hash) };
}

function fail(file: string, line: number, problem: string, hint: string): never {
  throw new BuildError([{ file, line, problem, hint }]);
}

function readFunctions(entry: LuaModule): SourceFunction[] {
  return literalCalls(entry.text, 'register').map(({ line, args }) => {
    const [name, module, flags = []] = args ?? [];
    if (typeof name !== 'string' || typeof module !== 'string' || typeof flags === 'string' || args?.length === 0) {
      return fail(entry.file, line, 'register wants literals', "register('name', 'its.module', { 'no-writes' })");
    }
    return { name, module, flags, file: entry.file, line };
  });
}

/**
 * What servers would refuse of names and flags. Names are global there: hand in all functions that are to live together.
 * Names that differ only in case are one function to a server: it takes both, calls either, and 7.0 crashes when the library
 * is replaced.
 */
export function functionProblems(functions: readonly SourceFunction[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, SourceFunction>();
  for (const one of functions) {
    const { name, flags, file, line } = one;
    const refuse = (problem: string, hint?: string) =>
      problems.push({ file, line, problem, ...(hint !== undefined && { hint }) });
    if (!/^\w+$/.test(name)) {
      refuse(`"${name}" cannot name a function`, `servers allow letters, digits and _: ${name.replace(/\W/g, '_')}`);
    }
    const caseless = name.toLowerCase();
    const twin = seen.get(caseless);
    if (twin) {
      const where = twin.file === file ? `in line ${twin.line}` : `in ${twin.file}:${twin.line}`;
      if (twin.name === name) refuse(`function "${name}" is registered twice, first ${where}`);
      else refuse(`function "${name}" differs from "${twin.name}" ${where} in case alone`, CASELESS);
    }
    if (caseless === WARM) refuse(`the name "${WARM}" is taken by the bundler itself`);
    for (const flag of flags.filter((flag) => !(FUNCTION_FLAGS as readonly string[]).includes(flag))) {
      refuse(`unknown flag "${flag}"`, `the flags are ${FUNCTION_FLAGS.join(', ')}`);
    }
    seen.set(caseless, twin ?? one);
  }
  return problems;
}

interface Rendering {
  readonly library: string;
  readonly hash: string;
  readonly stable: boolean;
  readonly functions: readonly SourceFunction[];
  readonly modules: ReadonlyMap<string, LuaModule>;
}

function renderBundle(rendering: Rendering): { code: string; lineMap: LineMap } {
  const { library, hash, stable, functions, modules } = rendering;
  const text: string[] = [];
  const lineMap: { from: number; to: number; file: string; lines?: readonly number[] }[] = [];
  const add = (part: string) => text.push(...part.split('\n'));
  add(`#!lua name=${library}`);
  if (stable) add(`-- ${hash}`);
  add(REQUIRE);
  for (const [name, module] of modules) {
    add(`modules["${name}"] = function(...)`);
    const from = text.length + 1;
    add(module.text.replace(/\r\n?/g, '\n').replace(/\n$/, ''));
    lineMap.push({ from, to: text.length, file: module.file, ...(module.lines && { lines: module.lines }) });
    add('end');
  }
  if (functions.some(({ spec }) => spec)) add('local specs = {}');
  for (const one of functions) {
    if (one.spec) add(`specs["${one.name}"] = ${printSpec(one.spec, one.named)}`);
    add(registration(stable ? one.name : `${one.name}_${hash}`, one.flags, callback(one)));
  }
  // Stable libraries of several projects live side by side, so this name carries the hash in any case.
  add(registration(`${WARM}_${hash}`, ['no-writes'], warmFunction(functions, [...modules.keys()])));
  return { code: `${text.join('\n')}\n`, lineMap };
}

const bodyOf = ({ module, field }: SourceFunction): string =>
  field === undefined ? `require("${module}")` : `require("${module}")["${field}"]`;

function callback(one: SourceFunction): string {
  const call = one.spec
    ? `require("${WIRE_MODULE}").serve(${bodyOf(one)}, specs["${one.name}"], keys, args)`
    : `${bodyOf(one)}(keys, args)`;
  return `function(keys, args) return ${call} end`;
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
function warmFunction(functions: readonly SourceFunction[], modules: readonly string[]): string {
  const steps = modules.map((name) => `require("${name}")`);
  const checks = new Map(functions.map((one) => [bodyOf(one), one]));
  const callable = [...checks].map(([body, { module, field }]) => {
    const what = field === undefined ? `module ${module}` : `${field} of module ${module}`;
    return `callable("${what}", ${body})`;
  });
  return `function()
  local function callable(what, value)
    if type(value) ~= "function" then
      error({ err = "FUNCTION_LOAD_FAILED " .. what .. " is registered as a function but is none" })
    end
  end
  ${[...steps, ...callable, `return ${modules.length}`].join('\n  ')}
end`;
}
