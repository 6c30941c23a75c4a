/** Methods of strings, arrays and objects whose arguments decide whether they mean the same in Lua. */

import type { CallExpression, Expression, Node, PropertyAccessExpression } from 'typescript';
import { checkIterable } from './iteration.js';
import type { Check, Rule } from './rule.js';

export const methods: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    checkMethod(node.expression, node, check);
  }
};

function checkMethod({ expression, name }: PropertyAccessExpression, call: CallExpression, check: Check): void {
  const { ts } = check;
  const symbol = check.checker.getSymbolAtLocation(name);
  if (!symbol || !check.isLibrary(symbol)) return;
  const kinds = check.kinds(expression);
  const [first, second] = call.arguments;
  const optional = call.questionDotToken === undefined && ts.isOptionalChain(call);
  if (optional && name.text === 'push' && !ts.isExpressionStatement(call.parent)) {
    check.refuse(
      name,
      'the length that push returns is not known in an optional chain',
      'push first, and read length behind it',
    );
  }
  if (optional && kinds.has('array') && /^(findLast|findLastIndex|lastIndexOf)$/.test(name.text)) {
    check.refuse(name, `${name.text} is not compiled in an optional chain`, 'put the array into a constant first');
  }
  if (kinds.has('string')) checkString(name.text, call, check);
  else if (kinds.has('array')) checkArray(name, call, check);
  else if (name.text === 'from' && first) checkFrom(first, second, check);
  else if (name.text === 'keys' && ts.isIdentifier(expression) && expression.text === 'Object')
    checkKeysOf(call, check);
  if (second && ts.isSpreadElement(second) && /^(max|min)$/.test(name.text)) {
    check.refuse(second, 'a spread stands alone here', 'Math.max(...[first, ...rest])');
  }
}

/** Of `{ length: n }` with a function, or of what can be iterated. */
function checkFrom(source: Expression, call: Expression | undefined, check: Check): void {
  const type = check.type(source);
  const names = type.getProperties().map(({ name }) => name);
  const positions = check.checker.getIndexInfosOfType(type).length > 0;
  const counted = names.length === 1 && names[0] === 'length' && !positions && check.kinds(source).has('object');
  if (counted && !call) {
    check.refuse(source, 'elements of an array may not be undefined', 'Array.from({ length: n }, () => 0)');
  } else if (!counted) checkIterable(source, check);
}

function checkString(name: string, call: CallExpression, check: Check): void {
  const count = { split: 1, replace: 2, replaceAll: 2 }[name];
  for (let i = 0; count !== undefined && i < count; i++) {
    const given = call.arguments[i];
    if (given && check.others(given, 'string').length === 0) continue;
    check.refuse(
      given ?? call,
      `${name} takes ${count === 1 ? 'a string' : 'two strings'} here`,
      STRING_HINTS[i] ?? '',
    );
  }
  const [first] = call.arguments;
  const empty = first && check.ts.isStringLiteralLike(first) && first.text === '';
  if (empty && (name === 'split' || name === 'replaceAll')) {
    check.refuse(
      first,
      'an empty string is found between UTF-16 units in JavaScript, and between bytes in Lua',
      'bytes.at(text, position), bytes.slice(text, from, to)',
    );
  }
}

const STRING_HINTS = ["text.split(','), text.replace('a', 'b')", "text.replace('a', 'b')"];

function checkArray(name: PropertyAccessExpression['name'], call: CallExpression, check: Check): void {
  const { arguments: given } = call;
  const [first] = given;
  if ((name.text === 'sort' || name.text === 'toSorted') && !first) {
    check.refuse(
      name,
      `${name.text} without a comparison orders by UTF-16 text`,
      '(a, b) => a - b, or bytes.compare for strings',
    );
  }
  const arrays = name.text === 'concat' ? given : [];
  for (const one of arrays) {
    if (check.ts.isSpreadElement(one) || check.others(one, 'array').length > 0) {
      check.refuse(one, 'concat takes arrays here: what else is an array is not known in Lua', '[...list, one]');
    }
  }
  const element = check.checker.getIndexTypeOfType(check.type(call), check.ts.IndexKind.Number);
  if (name.text === 'flat' && !elementsAre('array', name.parent, check)) refuseFlat(name, check);
  if (name.text === 'flatMap' && first && element) {
    const [signature] = check.type(first).getCallSignatures();
    const kinds = signature && check.kindsOf(signature.getReturnType());
    if (kinds?.size !== 1 || !kinds.has('array')) refuseFlat(name, check);
  }
  if (/^(includes|indexOf|lastIndexOf)$/.test(name.text) && first && check.kinds(first).has('bytes')) {
    check.refuse(
      first,
      'bytes are compared as objects in JavaScript, and by their content in Lua',
      'list.some((one) => bytes.equal(one, value))',
    );
  }
}

function refuseFlat(name: PropertyAccessExpression['name'], { refuse }: Check): void {
  refuse(
    name,
    `${name.text} is of arrays of arrays here: what else is an array is not known in Lua`,
    'make arrays of all: [one]',
  );
}

function elementsAre(kind: 'array', access: Node, check: Check): boolean {
  if (!check.ts.isPropertyAccessExpression(access)) return false;
  const element = check.checker.getIndexTypeOfType(check.type(access.expression), check.ts.IndexKind.Number);
  const kinds = element && check.kindsOf(element);
  return kinds !== undefined && kinds.size === 1 && kinds.has(kind);
}

/** Fields have no order in Lua: sorted at once, they have one. */
function checkKeysOf(call: CallExpression, check: Check): void {
  const { ts } = check;
  const access = call.parent;
  const counted = ts.isPropertyAccessExpression(access) && access.name.text === 'length';
  const sorted = ts.isPropertyAccessExpression(access) && /^(sort|toSorted)$/.test(access.name.text);
  const compare = sorted && ts.isCallExpression(access.parent) ? access.parent.arguments[0]?.getText() : undefined;
  if (compare !== 'bytes.compare' && !counted)
    check.refuse(call, 'the order of fields is lost in Lua', 'Object.keys(map).sort(bytes.compare)');
  const [map] = call.arguments;
  const values = map && check.checker.getIndexTypeOfType(check.type(map), ts.IndexKind.String);
  if (map && (!values || [...check.kindsOf(values)].some((kind) => kind === 'null' || kind === 'undefined'))) {
    check.refuse(
      map,
      'fields that are null or undefined do not exist in Lua',
      'Object.keys takes a Record<string, T> here',
    );
  }
}
