/** Methods of strings, arrays and objects whose arguments decide whether they mean the same in Lua. */

import type { CallExpression, Expression, Node, PropertyAccessExpression } from 'typescript';
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
  if (
    name.text === 'push' &&
    call.questionDotToken === undefined &&
    ts.isOptionalChain(call) &&
    !ts.isExpressionStatement(call.parent)
  ) {
    check.refuse(
      name,
      'the length that push returns is not known in an optional chain',
      'push first, and read length behind it',
    );
  }
  if (kinds.has('string')) checkString(name.text, call, check);
  else if (kinds.has('array')) checkArray(name, call, check);
  else if (name.text === 'from' && first && check.others(first, 'array', 'object').length > 0) {
    check.refuse(first, 'an array is made of an array, a Map or a Set here', 'write a loop');
  } else if (name.text === 'keys' && ts.isIdentifier(expression) && expression.text === 'Object')
    checkKeysOf(call, check);
  if (second && ts.isSpreadElement(second) && /^(max|min)$/.test(name.text)) {
    check.refuse(second, 'a spread stands alone here', 'Math.max(...[first, ...rest])');
  }
}

function checkString(name: string, call: CallExpression, { ts, refuse }: Check): void {
  const [first, second] = call.arguments;
  const literal = (node: Expression | undefined) => (node && ts.isStringLiteralLike(node) ? node.text : undefined);
  if (name === 'split' && !literal(first)) {
    refuse(
      first ?? call,
      'what a string is split at must be a string that is written here, and not empty',
      "text.split(',')",
    );
  }
  if (name !== 'replace' && name !== 'replaceAll') return;
  if (!literal(first))
    refuse(
      first ?? call,
      'what is replaced must be a string that is written here, and not empty',
      `text.${name}('a', 'b')`,
    );
  const by = literal(second);
  if (by === undefined || by.includes('$')) {
    refuse(
      second ?? call,
      'what takes its place must be a string that is written here, without $',
      "text.split('a').join(b)",
    );
  }
}

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
  if ((name.text === 'includes' || name.text === 'indexOf') && first && check.kinds(first).has('bytes')) {
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
  const sorted = ts.isPropertyAccessExpression(access) && /^(sort|toSorted)$/.test(access.name.text);
  const compare = sorted && ts.isCallExpression(access.parent) ? access.parent.arguments[0]?.getText() : undefined;
  if (compare !== 'bytes.compare')
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
