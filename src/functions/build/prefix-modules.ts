/**
 * The modules of a library under names of the form `<library>.<module>`, so that those of several libraries fit into one: the
 * library of stable names.
 */
import type { CallExpression, Node, StringCallExpression } from 'luaparse';
import type { LuaModule } from '../bundle.js';
import { isProblem, parseLua } from './lua-parse.js';
import { walk } from './walk.js';

/** Modules of ours; no folder of a user's can be named so. */
export const isRuntime = (name: string): boolean => name.startsWith('shardfold.');

export const prefixed = (library: string, module: string): string =>
  isRuntime(module) ? module : `${library}.${module}`;

/** The module with `require("add")` as `require("<library>.add")`; its lines stay where they are. */
export function prefixRequires(library: string, module: LuaModule): LuaModule {
  const parsed = parseLua(module);
  if (isProblem(parsed)) return module; // refused before it comes to this
  const places: { from: number; to: number; name: string }[] = [];
  walk(parsed.chunk, (node) => {
    const literal = requiredBy(node);
    if (literal && !isRuntime(literal.name)) places.push(literal);
  });
  const bytes = Buffer.from(module.text, 'utf8').toString('latin1');
  let text = '';
  let at = 0;
  for (const { from, to, name } of places.sort((a, b) => a.from - b.from)) {
    text += `${bytes.slice(at, from)}"${prefixed(library, name)}"`;
    at = to;
  }
  return { ...module, text: Buffer.from(text + bytes.slice(at), 'latin1').toString('utf8') };
}

/** The literal of `require("name")` or `require "name"`. */
function requiredBy(node: Node): { from: number; to: number; name: string } | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'StringCallExpression') return undefined;
  const { base } = node;
  if (base.type !== 'Identifier' || base.name !== 'require') return undefined;
  const argument = argumentOf(node);
  if (argument?.type !== 'StringLiteral') return undefined;
  const { range } = argument as unknown as { range: [number, number] };
  return { from: range[0], to: range[1], name: argument.value };
}

const argumentOf = (node: CallExpression | StringCallExpression) =>
  node.type === 'CallExpression' ? node.arguments[0] : node.argument;
