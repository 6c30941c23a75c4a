/** Calls of functions and classes of JavaScript's library, and of what is not known. */

import type { CallExpression, Expression, NewExpression } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const calls: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isNewExpression(node)) checkNew(node, check);
  if (!ts.isCallExpression(node)) return;
  const { expression } = node;
  if (ts.isIdentifier(expression)) checkGlobal(expression.text, node, check);
  if (check.kinds(expression).has('anything'))
    check.refuse(expression, 'what is called must be known here', 'give it a type');
};

function checkNew(node: NewExpression, check: Check): void {
  const { expression } = node;
  const given = node.arguments ?? ([] as readonly Expression[]);
  const symbol = check.symbol(expression);
  if (!symbol || !check.isLibrary(symbol)) return;
  const [first] = given;
  if (symbol.name === 'Array') check.refuse(expression, 'new Array makes holes', 'write []');
  else if (symbol.name.endsWith('Error') && given[1])
    check.refuse(given[1], 'an Error has a message only', 'put what matters into the message');
  else if (['Map', 'Set'].includes(symbol.name)) {
    checkKeys(expression, check);
    if (first && check.kinds(first).has('string')) {
      check.refuse(first, 'a string is iterated by code points in JavaScript', "text.split(',')");
    }
  } else if (['Number', 'String', 'Object', 'Boolean'].includes(symbol.name)) {
    check.refuse(expression, `new ${symbol.name} makes an object of a value`, 'leave new out');
  }
}

/** Lua has no nil among keys, and bytes are equal there where their content is. */
function checkKeys(expression: Expression, check: Check): void {
  const made = check.type(expression.parent);
  const [key] = check.checker.getTypeArguments(made as Parameters<typeof check.checker.getTypeArguments>[0]);
  if (!key || key.flags & check.ts.TypeFlags.TypeParameter) return;
  const wrong = [...check.kindsOf(key)].filter((kind) => ['null', 'undefined', 'bytes'].includes(kind));
  if (wrong.length > 0) check.refuse(expression, `its keys may be ${words(wrong)}`, 'use strings or numbers');
}

function checkGlobal(name: string, { expression, arguments: given }: CallExpression, check: Check): void {
  const symbol = check.symbol(expression);
  if (!symbol || !check.isLibrary(symbol)) return;
  const [first] = given;
  if (name === 'Number' && first)
    want(first, ['string', 'number', 'boolean'], 'say what it is then: Number(value ?? 0)', check);
  if ((name === 'isNaN' || name === 'isFinite') && first) want(first, ['number'], 'convert it: Number(text)', check);
  if (name.endsWith('Error') || ['Array', 'Object'].includes(name)) {
    check.refuse(
      expression,
      `${name} is not called in Lua`,
      name.endsWith('Error') ? `write new ${name}(…)` : 'write a literal',
    );
  }
}

function want(node: Expression, kinds: Parameters<typeof words>[0], hint: string, check: Check): void {
  const wrong = check.others(node, ...kinds);
  if (wrong.length > 0) check.refuse(node, `${node.getText()} may be ${words(wrong)} here`, hint);
}
