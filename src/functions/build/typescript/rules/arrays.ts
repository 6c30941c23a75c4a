/** A Lua table has no length where an element is nil, and only what is known to be an array counts from 0. */

import type { CallExpression, Expression, NewExpression, Node, Type } from 'typescript';
import type { Kind } from './kinds.js';
import { type Check, type Rule, words } from './rule.js';

export const arrays: Rule = (node, check) => {
  const { ts } = check;
  checkElements(node, check);
  if (ts.isElementAccessExpression(node)) checkIndex(node.expression, node.argumentExpression, check);
  if (ts.isOmittedExpression(node) && ts.isArrayLiteralExpression(node.parent)) {
    check.refuse(node, 'a hole in an array ends it in Lua', 'leave it out');
  }
  if (ts.isBinaryExpression(node)) checkAssignment(node.left, node.operatorToken, check);
  if (ts.isDeleteExpression(node) && check.kinds(ownerOf(node.expression, check) ?? node).has('array')) {
    check.refuse(node, 'deleting an element leaves a hole, which ends the array in Lua', 'list.splice(position, 1)');
  }
};

/** Where an array comes into being or is named: literals, calls, variables, parameters, fields. */
function checkElements(node: Node, check: Check): void {
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
}

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

function checkIndex(object: Expression, index: Expression, check: Check): void {
  const kinds = check.kinds(object);
  const array = kinds.has('array');
  if (kinds.has('string')) {
    if (check.ts.isStringLiteralLike(index)) return; // a member by its name
    check.refuse(
      index,
      'positions in a string are of UTF-16 units in JavaScript and of bytes in Lua',
      'bytes.at(text, position), bytes.slice(text, from, to)',
    );
  } else if (array && [...kinds].some((kind) => !['array', 'null', 'undefined'].includes(kind))) {
    check.refuse(
      index,
      'this may be an array or something else, and only arrays count from 1 in Lua',
      'tell them apart first',
    );
  } else if (array) {
    const wrong = check.others(index, 'number');
    if (wrong.length > 0) check.refuse(index, `the position may be ${words(wrong)}`, 'convert it: Number(text)');
  } else if (kinds.has('anything')) {
    check.refuse(index, `what ${object.getText()} is must be known here`, 'give it a type');
  } else if (check.others(index, 'string').length > 0) {
    check.refuse(index, 'in Lua 1 and "1" are names of different fields', 'object[String(number)], or a Map');
  }
}

function checkAssignment(left: Expression, operator: Node, check: Check): void {
  const { ts } = check;
  const sign = operator.getText();
  if (!sign.endsWith('=') || /^([<>=!]=|===|!==)$/.test(sign)) return;
  if (ts.isPropertyAccessExpression(left) && left.name.text === 'length' && check.kinds(left.expression).has('array')) {
    check.refuse(left, 'the length of a Lua table cannot be set', 'list.splice(length)');
  }
  if (!ts.isElementAccessExpression(left) || !check.kinds(left.expression).has('array')) return;
  if (['??=', '||=', '&&='].includes(sign)) {
    check.refuse(operator, 'beyond the end of an array this would leave a hole', 'write it as an if and an assignment');
  } else if (sign === '=' && !isSimple(left.expression, check)) {
    check.refuse(
      left.expression,
      'the array is looked at twice: for its length, and to assign',
      'put it into a constant first',
    );
  }
}

/** Names and fields of names: looking at them twice does nothing. */
function isSimple(node: Expression, check: Check): boolean {
  const { ts } = check;
  if (ts.isPropertyAccessExpression(node) || ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) {
    return isSimple(node.expression, check);
  }
  if (ts.isElementAccessExpression(node)) {
    return (
      isSimple(node.expression, check) &&
      (isSimple(node.argumentExpression, check) || ts.isLiteralExpression(node.argumentExpression))
    );
  }
  return ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword;
}

function ownerOf(node: Expression, { ts }: Check): Expression | undefined {
  return ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node) ? node.expression : undefined;
}
