/** In Lua only nil and false are false: 0, NaN and '' are true. */

import type { Expression, Node } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const conditions: Rule = (node, check) => {
  for (const condition of conditionsOf(node, check)) {
    const wrong = check.others(
      condition,
      'boolean',
      'null',
      'undefined',
      'array',
      'bytes',
      'function',
      'class',
      'object',
    );
    if (wrong.length > 0) {
      check.refuse(
        condition,
        `this condition may be ${words(wrong)}, and in Lua 0, NaN and '' are true`,
        hintOf(condition, check),
      );
    }
  }
};

function conditionsOf(node: Node, { ts }: Check): Expression[] {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return [node.expression];
  if (ts.isForStatement(node)) return node.condition ? [node.condition] : [];
  if (ts.isConditionalExpression(node)) return [node.condition];
  if (ts.isPrefixUnaryExpression(node)) {
    return node.operator === ts.SyntaxKind.ExclamationToken ? [node.operand] : [];
  }
  if (!ts.isBinaryExpression(node)) return [];
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      return [node.left];
    default:
      return [];
  }
}

function hintOf(condition: Expression, check: Check): string {
  const text = condition.getText();
  const shown = text.length > 30 ? 'value' : text;
  const kinds = check.kinds(condition);
  if (kinds.has('anything')) return `say what is to be true: ${shown} !== undefined, ${shown} === true`;
  const type = check.type(condition);
  const falsy = type.isUnion() && kinds.has('boolean');
  // What commands return where there is nothing.
  if (falsy && !kinds.has('null') && !kinds.has('undefined')) return `write ${shown} !== false`;
  const absent = kinds.has('null') || kinds.has('undefined') ? `${shown} != null` : undefined;
  const value = kinds.has('string') ? `${shown} !== ''` : `${shown} > 0, or ${shown} !== 0, which lets NaN in`;
  return absent ? `write ${absent}, ${value}, or ${shown} ?? …` : `write ${value}`;
}
