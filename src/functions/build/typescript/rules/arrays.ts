/** Positions and length of arrays: only what is known to be an array counts from 0. */

import type { Expression, Node } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const arrays: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isElementAccessExpression(node)) checkIndex(node.expression, node.argumentExpression, check);
  if (ts.isOmittedExpression(node) && ts.isArrayLiteralExpression(node.parent)) {
    check.refuse(node, 'a hole in an array ends it in Lua', 'leave it out');
  }
  if (ts.isBinaryExpression(node)) checkAssignment(node.left, node.operatorToken, check);
  if (ts.isDeleteExpression(node) && check.kinds(ownerOf(node.expression, check) ?? node).has('array')) {
    check.refuse(node, 'deleting an element leaves a hole, which ends the array in Lua', 'list.splice(position, 1)');
  }
};

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
