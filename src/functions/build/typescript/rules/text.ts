/** What becomes text: by templates, `+`, String(), join(). */

import type { Expression } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const text: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isTemplateExpression(node)) {
    for (const { expression } of node.templateSpans) wantText(expression, check);
  } else if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.PlusEqualsToken) checkPlus(node, check);
  } else if (ts.isCallExpression(node)) {
    const { expression, arguments: given } = node;
    const [first] = given;
    if (ts.isIdentifier(expression) && expression.text === 'String' && first) wantText(first, check);
    if (ts.isPropertyAccessExpression(expression)) {
      const { name } = expression;
      if (name.text === 'toString' && given.length === 0) wantText(expression.expression, check);
      if (name.text === 'join') wantTexts(expression.expression, check);
    }
  }
};

function checkPlus({ left, right }: { left: Expression; right: Expression }, check: Check): void {
  const [a, b] = [check.kinds(left), check.kinds(right)];
  const only = (kinds: typeof a, kind: 'string' | 'number') => kinds.size === 1 && kinds.has(kind);
  if (only(a, 'number') && only(b, 'number')) return;
  if (!only(a, 'string') && !only(b, 'string')) {
    check.refuse(
      left.parent,
      `+ is to join a string or to add numbers: ${check.show(left)} and ${check.show(right)}`,
      'convert one side: String(x), Number(x)',
    );
    return;
  }
  wantText(left, check);
  wantText(right, check);
}

function wantText(node: Expression, check: Check): void {
  const wrong = check.others(node, 'string', 'number', 'boolean');
  if (wrong.length === 0) return;
  const hint = wrong.every((kind) => kind === 'null' || kind === 'undefined')
    ? `say what it is then: ${node.getText()} ?? ''`
    : wrong.includes('bytes')
      ? 'bytes.toText(value) makes text of bytes that are UTF-8'
      : 'put the text together yourself';
  check.refuse(node, `${node.getText()} may be ${words(wrong)} here, of which Lua makes other text`, hint);
}

function wantTexts(list: Expression, check: Check): void {
  const element = check.checker.getIndexTypeOfType(check.type(list), check.ts.IndexKind.Number);
  if (!check.kinds(list).has('array') || !element) return;
  const wrong = [...check.kindsOf(element)].filter((kind) => !['string', 'number', 'boolean'].includes(kind));
  if (wrong.length > 0) {
    check.refuse(
      list,
      `elements may be ${words(wrong)}, of which Lua makes other text`,
      'make texts of them first: list.map((one) => …).join()',
    );
  }
}
