/** null and undefined are both nil, and bytes are strings, which are equal where their bytes are. */

import type { Expression, Node, Type } from 'typescript';
import type { Check, Rule } from './rule.js';

export const equality: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isCaseClause(node)) comparePair(node.expression, node.parent.parent.expression, node, check);
  if (!ts.isBinaryExpression(node)) return;
  const { left, right, operatorToken } = node;
  switch (operatorToken.kind) {
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
      if (isFalseInstead(left, check)) {
        refuseFalse(left, operatorToken, `${left.getText()} === false ? … : ${left.getText()}`, check);
      }
      break;
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      comparePair(left, right, operatorToken, check);
      break;
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
      checkNothing(left, right, operatorToken, check);
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

/** What a command returns for nothing is `false`: whoever compares it with null takes it for something. */
function checkNothing(left: Expression, right: Expression, at: Node, check: Check): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isNothing(one, check) || !isFalseInstead(other, check)) continue;
    refuseFalse(other, at, `${other.getText()} ${at.getText().startsWith('!') ? '!==' : '==='} false`, check);
  }
}

/** Something or false, and neither null nor undefined. */
function isFalseInstead(node: Expression, check: Check): boolean {
  const type = check.type(node);
  const kinds = check.kindsOf(type);
  if (!type.isUnion() || kinds.has('null') || kinds.has('undefined') || kinds.size < 2) return false;
  const booleans = type.types.filter(({ flags }) => (flags & check.ts.TypeFlags.BooleanLike) !== 0);
  return booleans.length === 1 && check.checker.typeToString(booleans[0] as Type) === 'false';
}

function refuseFalse(node: Expression, at: Node, hint: string, check: Check): void {
  check.refuse(
    at,
    `${node.getText()} is never null or undefined: where there is nothing, it is false`,
    `write ${hint}`,
  );
}

function comparePair(left: Expression, right: Expression, at: Node, check: Check): void {
  if (!check.ts.isCaseClause(at)) checkNothing(left, right, at, check);
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
