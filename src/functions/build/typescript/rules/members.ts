/** Names and members of JavaScript's own library: only those on the list of `library.ts`. */

import type { Expression, Identifier, Node, Symbol as TsSymbol } from 'typescript';
import { GLOBALS, HINTS, MEMBERS, MOST_ARGUMENTS } from './library.js';
import type { Check, Rule } from './rule.js';

export const members: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isIdentifier(node)) checkName(node, check);
  else if (ts.isPropertyAccessExpression(node)) checkMember(node.name, node.expression, check);
  else if (ts.isElementAccessExpression(node)) checkNamedElement(node.expression, node.argumentExpression, check);
  else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    const name = node.propertyName ?? node.name;
    if (ts.isIdentifier(name)) checkPatternMember(name, node.parent, check);
  }
};

/** A name in an expression that a default library declares. */
function checkName(node: Identifier, check: Check): void {
  const { ts } = check;
  if (!isValue(node, check)) return;
  if (node.text === 'globalThis' || node.text === 'arguments') {
    refuse(node, `${node.text} is not there in a server`, 'name what it is to be', check);
    return;
  }
  const symbol = check.symbol(node);
  if (!symbol || symbol.flags & ts.SymbolFlags.Property || !check.isLibrary(symbol)) return;
  if (!GLOBALS.has(symbol.name)) {
    refuse(node, `${symbol.name} is not there in a server`, HINTS[symbol.name], check);
    return;
  }
  const { parent } = node;
  const called = (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node;
  const used = called || (ts.isPropertyAccessExpression(parent) && parent.expression === node);
  const compared = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
  const extended = ts.isExpressionWithTypeArguments(parent) && symbol.name.endsWith('Error');
  const constant = ['undefined', 'NaN', 'Infinity'].includes(symbol.name);
  if (!used && !compared && !extended && !constant) {
    refuse(
      node,
      `${symbol.name} cannot be used as a value`,
      `call it in a function of your own: (x) => ${symbol.name}(x)`,
      check,
    );
  }
}

/** Not a name of a field, a type or a declaration. */
function isValue(node: Identifier, { ts }: Check): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  return (
    ts.isExpression(node) && !ts.isTypeNode(parent) && !ts.isTypeElement(parent) && !ts.isMethodDeclaration(parent)
  );
}

/** Where a member is declared: `Array`, `Math`, … */
function ownerOf(symbol: TsSymbol, { ts }: Check): string | undefined {
  for (const declaration of symbol.declarations ?? []) {
    const { parent } = declaration;
    if (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)) return parent.name?.text;
  }
  return undefined;
}

function checkMember(name: Node, object: Expression, check: Check): void {
  const symbol = check.checker.getSymbolAtLocation(name);
  const text = name.getText();
  if (!symbol) {
    if (check.kinds(object).has('anything'))
      refuse(name, `what ${object.getText()} is must be known here`, 'give it a type', check);
    return;
  }
  if (text === 'constructor' || text === 'prototype' || text === '__proto__') {
    refuse(name, `${text} is another thing in Lua`, 'classes are compared by instanceof', check);
    return;
  }
  if (!check.isLibrary(symbol) || isRefusedName(object, check)) return;
  const owner = ownerOf(symbol, check);
  if (owner === undefined) return;
  const full = `${owner.replace(/^Readonly/, '')}.${text}`;
  if (!MEMBERS[owner]?.has(text)) {
    refuse(name, `${shown(full)} means something else in Lua, or is not there`, HINTS[full], check);
    return;
  }
  checkUse(name, full, check);
}

/** A name that is refused as a whole. */
function isRefusedName(node: Expression, check: Check): boolean {
  const symbol = check.ts.isIdentifier(node) ? check.symbol(node) : undefined;
  return symbol !== undefined && check.isLibrary(symbol) && !GLOBALS.has(symbol.name);
}

/** `Array.isArray` of the constructor, `array.map` of values. */
function shown(full: string): string {
  if (full.includes('Constructor.')) return full.replace('Constructor.', '.');
  return full.startsWith('Math.') ? full : full.charAt(0).toLowerCase() + full.slice(1);
}

/** Methods are called, with no more arguments than mean the same. */
function checkUse(name: Node, full: string, check: Check): void {
  const { ts } = check;
  const access = name.parent;
  const symbol = check.checker.getSymbolAtLocation(name);
  const isMethod = symbol && (symbol.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Function)) !== 0;
  if (!isMethod) return;
  const call = access.parent;
  if (!ts.isCallExpression(call) || call.expression !== access) {
    refuse(name, `${shown(full)} cannot be used as a value`, 'call it in a function of your own', check);
    return;
  }
  const most = MOST_ARGUMENTS[full];
  if (most !== undefined && call.arguments.length > most) {
    refuse(
      call.arguments[most] as Node,
      `${shown(full)} takes at most ${most} argument${most === 1 ? '' : 's'} here`,
      'leave it out',
      check,
    );
  }
}

/** `object['length']` */
function checkNamedElement(object: Expression, index: Expression, check: Check): void {
  if (!check.ts.isStringLiteralLike(index)) return;
  const symbol = check.type(object).getProperty(index.text);
  if (symbol && check.isLibrary(symbol)) {
    refuse(
      index,
      `${index.text} by its name is not known to be that of JavaScript`,
      `write object.${index.text}`,
      check,
    );
  }
}

function checkPatternMember(name: Identifier, pattern: Node, check: Check): void {
  const symbol = check.type(pattern).getProperty(name.text);
  if (symbol && check.isLibrary(symbol)) {
    const owner = ownerOf(symbol, check);
    if (owner !== undefined) {
      refuse(name, `${name.text} of ${owner} cannot be taken out by a pattern`, `write value.${name.text}`, check);
    }
  }
}

function refuse(node: Node, problem: string, hint: string | undefined, check: Check): void {
  check.refuse(node, problem, hint ?? 'docs/functions.md lists what may be used');
}
