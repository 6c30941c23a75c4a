/** A Lua table has no length where an element is nil: what becomes one may be neither null nor undefined. */

import type { CallExpression, NewExpression, Node, Type } from 'typescript';
import type { Kind } from './kinds.js';
import { type Check, type Rule, words } from './rule.js';

/** Where an array comes into being or is named: literals, calls, variables, parameters, fields. */
export const elements: Rule = (node, check) => {
  const { ts } = check;
  const made = ts.isArrayLiteralExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node);
  const named =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAccessExpression(node) ||
    (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent));
  if (!made && !named) return;
  // The left side of an assignment is a pattern and no array.
  if (ts.isArrayLiteralExpression(node) && ts.isBinaryExpression(node.parent) && node.parent.left === node) return;
  const wrong = nullableElement(check.type(node), check, 0);
  if (wrong) refuseElements(named && node.name ? node.name : node, wrong, check);
  else if (ts.isNewExpression(node)) checkFields(node, check);
  else if (ts.isCallExpression(node)) checkGiven(node, check);
};

function refuseElements(node: Node, wrong: Parameters<typeof words>[0], check: Check): void {
  check.refuse(
    node,
    `elements of an array may not be ${words(wrong)}: a Lua table with holes has no length`,
    'leave them out, or put something else in their place',
  );
}

/** The fields of `new Stack<number | null>()`. */
function checkFields(node: NewExpression, check: Check): void {
  const symbol = check.symbol(node.expression);
  if (!symbol || check.isLibrary(symbol)) return;
  for (const field of check.type(node).getProperties()) {
    const type = check.checker.getTypeOfSymbolAtLocation(field, node);
    const wrong = nullableElement(type, check, 0) ?? nullableKey(type, check);
    if (!wrong) continue;
    check.refuse(
      node,
      `its field ${field.name} would hold elements that may be ${words(wrong)}, which Lua tables cannot`,
      'leave them out, or put something else in their place',
    );
    return;
  }
}

/** Of a Map or Set. */
function nullableKey(type: Type, check: Check): Kind[] | undefined {
  if (!type.symbol || !/^(Map|Set)$/.test(type.symbol.name) || !check.isLibrary(type.symbol)) return undefined;
  const [key] = check.checker.getTypeArguments(type as Parameters<typeof check.checker.getTypeArguments>[0]);
  return key && nullish(key, check);
}

const GIVEN: Readonly<Record<string, number>> = { push: 0, unshift: 0, fill: 0, with: 1, splice: 2, toSpliced: 2 };

/** What becomes an element by a call. */
function checkGiven({ expression, arguments: given }: CallExpression, check: Check): void {
  const { ts } = check;
  if (!ts.isPropertyAccessExpression(expression) || !check.kinds(expression.expression).has('array')) return;
  const first = GIVEN[expression.name.text];
  if (first === undefined) return;
  // What is wrong with the array is told where it comes into being.
  if (nullableElement(check.type(expression.expression), check, 0)) return;
  for (const one of given.slice(first, expression.name.text === 'fill' ? 1 : undefined)) {
    const wrong = ts.isSpreadElement(one) ? undefined : nullish(check.type(one), check);
    if (wrong) refuseElements(one, wrong, check);
  }
}

/** What of null and undefined a type may be; a type parameter is judged where it is known. */
function nullish(type: Type, check: Check): Kind[] | undefined {
  if (type.flags & check.ts.TypeFlags.TypeParameter) return undefined;
  const kinds = check.kindsOf(type);
  const wrong = (['null', 'undefined'] as const).filter((kind) => kinds.has(kind) && !kinds.has('anything'));
  return wrong.length > 0 ? wrong : undefined;
}

function nullableElement(type: Type, check: Check, depth: number): Kind[] | undefined {
  const { checker } = check;
  if (depth > 4) return undefined;
  for (const one of type.isUnion() ? type.types : [type]) {
    if (!checker.isArrayType(one) && !checker.isTupleType(one)) continue;
    for (const element of checker.getTypeArguments(one as Parameters<typeof checker.getTypeArguments>[0])) {
      const wrong = nullish(element, check) ?? nullableElement(element, check, depth + 1);
      if (wrong) return wrong;
    }
  }
  return undefined;
}
