/** What is iterated: arrays, Map, Set and their iterators. Strings would be cut into bytes. */

import type { Expression, Node } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const iteration: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isForOfStatement(node)) checkIterable(node.expression, check);
  else if (ts.isSpreadElement(node)) checkIterable(node.expression, check);
  else if (ts.isArrayBindingPattern(node)) checkPattern(node, check);
  else if (ts.isArrayLiteralExpression(node) && ts.isBinaryExpression(node.parent)) {
    const { left, right, operatorToken } = node.parent;
    if (left === node && operatorToken.kind === ts.SyntaxKind.EqualsToken) checkPattern(right, check);
  } else if (ts.isForInStatement(node)) {
    check.refuse(node, 'the order of fields is lost in Lua', 'for (const key of Object.keys(map).sort(bytes.compare))');
  }
};

const ITERABLE = /^(Map|Set|ReadonlyMap|ReadonlySet|MapIterator|SetIterator|ArrayIterator|IterableIterator)$/;

/** Refuses what cannot be iterated in Lua. */
export function checkIterable(node: Expression, check: Check): void {
  const kinds = check.kinds(node);
  if (kinds.has('string')) {
    check.refuse(
      node,
      'a string is iterated by code points in JavaScript and by bytes in Lua',
      "text.split(','), or bytes.at(text, position) in a loop",
    );
    return;
  }
  if (kinds.size === 1 && kinds.has('array')) return;
  const type = check.type(node);
  const known = (type.isUnion() ? type.types : [type]).every(
    ({ symbol }) => symbol && ITERABLE.test(symbol.name) && check.isLibrary(symbol),
  );
  if (!known) check.refuse(node, `${check.show(node)} cannot be iterated in Lua`, 'iterate an array, a Map or a Set');
}

function checkPattern(node: Node, check: Check): void {
  const wrong = check.others(node, 'array');
  // Several results of a function of the server are an array as well.
  if (
    wrong.length > 0 &&
    !(wrong.length === 1 && wrong[0] === 'object' && check.type(node).getProperty('__tstlMultiReturn'))
  ) {
    check.refuse(
      node,
      `a pattern of positions takes an array, and this may be ${words(wrong)}`,
      'make an array of it: [...values]',
    );
  }
}
