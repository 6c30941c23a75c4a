/** What a server would refuse of a Lua module, or fail at, found before it gets there. */
import type { Expression, Node } from 'luaparse';
import { closest } from '../../suggest.js';
import type { LuaModule } from '../bundle.js';
import type { Problem } from '../problems.js';
import { GLOBALS, INSTEAD, VALKEY_GLOBALS } from './lua-globals.js';
import { TOO_DEEP, tooDeep } from './lua-levels.js';
import { type Limited, MOST_LOCALS, MOST_UPVALUES } from './lua-names.js';
import { isProblem, parseLua } from './lua-parse.js';
import { MOST_REGISTERS } from './lua-registers.js';
import { analyse } from './lua-scope.js';
import { NOSCRIPT } from './noscript.js';

const LIMITS: Readonly<Record<Limited, { readonly most: number; readonly mend: string }>> = {
  'local variables': { most: MOST_LOCALS, mend: 'split it, or use a table' },
  upvalues: { most: MOST_UPVALUES, mend: 'put some of what it uses from outside into one table' },
  'local variables and values at once': { most: MOST_REGISTERS, mend: 'hand over a table, or fewer values at a time' },
};

/** Everything that is wrong with one module, by the lines of its source. */
export function checkLua(module: LuaModule): Problem[] {
  const { file, lines } = module;
  const source = (line: number): number => lines?.[line - 1] || nearest(lines, line);
  const parsed = parseLua(module);
  if (isProblem(parsed)) return [{ ...parsed, line: source(parsed.line) }];
  const problems: Problem[] = [];
  const refuse = (node: Node, problem: string, hint?: string): void => {
    const line = source(node.loc?.start.line ?? 1);
    problems.push({ file, line, problem, ...(hint !== undefined && { hint }) });
  };
  const deep = tooDeep(Buffer.from(module.text, 'utf8').toString('latin1'));
  if (deep !== undefined) problems.push({ file, line: source(deep), ...TOO_DEEP });
  analyse(parsed.chunk.body, {
    readGlobal: (name, node, field) => {
      const unknown = unknownGlobal(name, field);
      if (unknown) refuse(node, `servers have no ${unknown}`, INSTEAD.get(unknown) ?? meantBy(name, field));
    },
    writeGlobal: (name, node) => {
      refuse(node, `the global ${name} cannot be written`, `local ${name}: servers protect their globals`);
    },
    writeField: (name, node) => {
      if (isKnown(name)) refuse(node, `${name} cannot be changed`, 'servers protect their globals; use a local table');
    },
    call: (callee, args, node) => {
      if (/^(redis|server)\.p?call$/.test(callee)) checkCommand(args, node, refuse);
      const [table] = args;
      if ((callee === 'rawset' || callee === 'setmetatable') && table?.type === 'Identifier' && isKnown(table.name)) {
        refuse(node, `${table.name} cannot be changed`, 'servers protect their globals; use a local table');
      }
    },
    limit: (what, node) => {
      const { most, mend } = LIMITS[what];
      refuse(node, `a function has more than ${most} ${what}`, mend);
    },
  });
  return problems;
}

/** The source of a line that the compiler wrote is that of the nearest line before it that has one. */
function nearest(lines: readonly number[] | undefined, line: number): number {
  if (!lines) return line;
  for (let at = line - 1; at >= 0; at--) if (lines[at]) return lines[at] as number;
  return 1;
}

const isKnown = (name: string): boolean => GLOBALS.has(name) || VALKEY_GLOBALS.has(name);

/** `foo`, or `math.foo`; undefined where servers have it. */
function unknownGlobal(name: string, field: string | undefined): string | undefined {
  if (!isKnown(name)) return name;
  const fields = GLOBALS.get(name) ?? VALKEY_GLOBALS.get(name);
  return fields && field !== undefined && !fields.has(field) ? `${name}.${field}` : undefined;
}

function meantBy(name: string, field: string | undefined): string | undefined {
  const fields = GLOBALS.get(name);
  const meant = isKnown(name) ? closest(field ?? '', fields ?? []) : closest(name, GLOBALS.keys());
  if (meant === undefined) return isKnown(name) ? undefined : `if it is to be a variable of yours: local ${name}`;
  return `did you mean ${isKnown(name) ? `${name}.${meant}` : meant}?`;
}

function checkCommand(args: readonly Expression[], node: Node, refuse: (node: Node, problem: string) => void): void {
  const [command, sub] = args.map((arg) => (arg.type === 'StringLiteral' ? arg.value.toLowerCase() : undefined));
  if (command === undefined) return;
  const full = `${command}|${sub}`;
  if (NOSCRIPT.has(command)) refuse(node, `scripts may not call ${command.toUpperCase()}`);
  else if (sub !== undefined && NOSCRIPT.has(full))
    refuse(node, `scripts may not call ${full.replace('|', ' ').toUpperCase()}`);
}
