/** null and undefined are both nil, and bytes are strings, which are equal where their bytes are. */

import type { Expression, Node } from 'typescript';
import type { Check, Rule } from './rule.js';

export const equality: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isCaseClause(node)) comparePair(node.expression, node.parent.parent.expression, node, check);
  if (!ts.isBinaryExpression(node)) return;
  const { left, right, operatorToken } = node;
  switch (operatorToken.kind) {
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      comparePair(left, right, operatorToken, check);
      break;
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
      if (!isNothing(left, check) && !isNothing(right, check)) {
        const sign = operatorToken.getText();
        check.refuse(operatorToken, `${sign} converts what it compares, Lua does not`, `write ${sign}=`);
      }
      break;
    default:
  }
};

/** `null` or `undefined` as it is written. */
function isNothing(node: Expression, { ts }: Check): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined');
}

function comparePair(left: Expression, right: Expression, at: Node, check: Check): void {
  const [a, b] = [check.kinds(left), check.kinds(right)];
  if ((a.has('null') && b.has('undefined')) || (a.has('undefined') && b.has('null'))) {
    const side = isNothing(left, check) ? right : left;
    const generic = a.has('anything') || b.has('anything');
    check.refuse(
      at,
      `${side.getText()} may be null or undefined here, and in Lua these are the same`,
      generic
        ? 'write == null, or say that a type parameter is neither: T extends {}'
        : 'write == null or != null, which takes both',
    );
  }
  const same = (kind: 'bytes' | 'symbol') => a.has(kind) && b.has(kind);
  // Bytes that are strings too (what commands return) exist in Lua only.
  if (same('bytes') && !a.has('string') && !b.has('string')) {
    check.refuse(
      at,
      'bytes are compared as objects in JavaScript, and by their content in Lua',
      'write bytes.equal(a, b)',
    );
  }
}
