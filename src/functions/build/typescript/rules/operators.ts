/** Operators on operands of which Lua would make something else. */

import type { BinaryExpression, Expression, Node } from 'typescript';
import { type Check, type Rule, words } from './rule.js';

export const operators: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isPrefixUnaryExpression(node)) checkUnary(node.operator, node.operand, node, check);
  else if (ts.isPostfixUnaryExpression(node)) wantNumbers([node.operand], node, check);
  else if (ts.isBinaryExpression(node)) checkBinary(node, check);
  else if (ts.isTypeOfExpression(node)) checkTypeOf(node.expression, check);
};

function checkUnary(operator: number, operand: Expression, node: Node, check: Check): void {
  const { ts } = check;
  if (operator === ts.SyntaxKind.TildeToken) refuseBits(node, '~', 'bnot', check);
  else if (operator !== ts.SyntaxKind.ExclamationToken) {
    if (check.others(operand, 'number').length > 0 && operator === ts.SyntaxKind.PlusToken) {
      check.refuse(node, 'this + converts what is no number', 'write Number(text)');
    } else wantNumbers([operand], node, check);
  }
}

const BITS: Readonly<Record<string, string>> = {
  '&': 'band',
  '|': 'bor',
  '^': 'bxor',
  '<<': 'lshift',
  '>>': 'arshift',
  '>>>': 'rshift',
};

function checkBinary(node: BinaryExpression, check: Check): void {
  const { ts } = check;
  const { left, right, operatorToken } = node;
  const sign = operatorToken.getText();
  const plain = sign.endsWith('=') && !/^([<>=!]=|===|!==)$/.test(sign) ? sign.slice(0, -1) : sign;
  if (plain !== '' && plain !== sign && assigns(right, left, check)) {
    check.refuse(
      operatorToken,
      `${left.getText()} is read before the right side assigns it, in Lua afterwards`,
      'assign it in a statement of its own first',
    );
  }
  const bits = BITS[plain];
  if (bits) refuseBits(operatorToken, plain, bits, check);
  else if (['-', '*', '/', '%', '**'].includes(plain)) wantNumbers([left, right], operatorToken, check);
  else if (['<', '>', '<=', '>='].includes(sign)) checkOrder(node, check);
  else if (sign === 'in') checkIn(node, check);
  else if (operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) checkInstance(right, check);
}

/** Whether an expression assigns to a variable, itself and not by a call. */
function assigns(node: Node, to: Expression, check: Check): boolean {
  const { ts, checker } = check;
  const variable = ts.isIdentifier(to) && checker.getSymbolAtLocation(to);
  if (!variable || ts.isFunctionLike(node)) return false;
  const isIt = (one: Node) => ts.isIdentifier(one) && checker.getSymbolAtLocation(one) === variable;
  if (ts.isBinaryExpression(node) && isIt(node.left) && node.operatorToken.getText().endsWith('=')) {
    return !/^[=!]==?$/.test(node.operatorToken.getText()) && !/^[<>]=$/.test(node.operatorToken.getText());
  }
  if ((ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) && isIt(node.operand)) {
    return /\+\+|--/.test(node.getText());
  }
  return ts.forEachChild(node, (child) => assigns(child, to, check) || undefined) ?? false;
}

/** A field is there in Lua where it is not nil. */
function checkIn({ left, right, operatorToken }: BinaryExpression, check: Check): void {
  const name = check.ts.isStringLiteralLike(left) ? left.text : undefined;
  const type = check.type(right);
  const sure = (type.isUnion() ? type.types : [type]).every((one) => {
    const property = name === undefined ? undefined : one.getProperty(name);
    if (!property) return name !== undefined && check.checker.getIndexInfosOfType(one).length === 0;
    const kinds = check.kindsOf(check.checker.getTypeOfSymbol(property));
    return !kinds.has('null') && !kinds.has('undefined') && !check.isLibrary(property);
  });
  if (!sure || check.others(right, 'object').length > 0) {
    check.refuse(
      operatorToken,
      'a field that is null or undefined does not exist in Lua',
      'compare it: object.field != null',
    );
  }
}

function wantNumbers(operands: readonly Expression[], at: Node, check: Check): void {
  for (const operand of operands) {
    const wrong = check.others(operand, 'number');
    if (wrong.length > 0) {
      check.refuse(
        at,
        `${operand.getText()} may be ${words(wrong)} here, and is to be a number`,
        'convert it: Number(text)',
      );
    }
  }
}

function checkOrder({ left, right, operatorToken }: BinaryExpression, check: Check): void {
  const wrong = [...check.others(left, 'number'), ...check.others(right, 'number')];
  if (wrong.includes('string')) {
    const sign = operatorToken.getText();
    check.refuse(
      operatorToken,
      'JavaScript orders strings by UTF-16, and Lua by the locale of the server',
      `order them by their bytes: bytes.compare(a, b) ${sign} 0`,
    );
  } else wantNumbers([left, right], operatorToken, check);
}

function refuseBits(at: Node, sign: string, name: string, { refuse }: Check): void {
  refuse(at, `Lua 5.1 has no operator ${sign}`, `bit.${name} of the server does it, on 32 bits`);
}

/** `typeof null` is 'object', bytes are strings in Lua, classes tables. */
function checkTypeOf(operand: Expression, check: Check): void {
  const wrong = check.others(operand, 'string', 'number', 'boolean', 'undefined', 'array', 'function', 'object');
  if (wrong.length > 0) {
    check.refuse(
      operand,
      `typeof is another in Lua for ${words(wrong)}`,
      'compare with null, or use a field that tells kinds apart',
    );
  }
}

const CLASSES = ['Error', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'Map', 'Set'];

function checkInstance(right: Expression, check: Check): void {
  const symbol = check.symbol(right);
  const own = symbol && !check.isLibrary(symbol) && check.kinds(right).has('class');
  if (!own && !(symbol && CLASSES.includes(symbol.name))) {
    check.refuse(
      right,
      `nothing is an instance of ${right.getText()} in Lua`,
      'use a class of your own, an Error, Map or Set',
    );
  }
}
