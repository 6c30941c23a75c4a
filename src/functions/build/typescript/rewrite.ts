/**
 * What TypeScriptToLua prints by Lua's own operators and functions, by ours where they mean something else: `%`, the text of
 * numbers, minimum and maximum, `**`, -0, what `throw` throws and `try` catches.
 */

import type { BinaryExpression, CallExpression, Expression, File, Node, ReturnStatement } from 'typescript-to-lua';
import type { Compilers } from './compilers.js';
import { inPlaceOf, rewriteTree } from './lua-tree.js';
import { type Makers, makers } from './make.js';
import { keepOrder } from './order.js';
import { LOCALS } from './runtime.js';

/** What a test leaves out to show what it is for. */
export type Rewrite = 'modulo' | 'text' | 'sort' | 'order';

const FUNCTIONS: Readonly<Record<string, string>> = {
  'math.max': 'max',
  'math.min': 'min',
  'string.rep': 'rep',
};

export interface Rewriting {
  readonly without: readonly Rewrite[];
  readonly volatile: ReadonlySet<number>;
}

export function rewriteFile(compilers: Compilers, file: File, { without, volatile }: Rewriting): void {
  const { tstl } = compilers;
  const make = makers(compilers);
  if (!without.includes('order')) rewriteTree(file, (node) => keepOrder(compilers, make, volatile, node));
  rewriteTree(file, (node) => rewriteNode(compilers, make, node, without));
  const used = new Set<string>();
  rewriteTree(file, (node) => {
    if (tstl.isIdentifier(node) && LOCALS.has(node.text)) used.add(node.text);
    return node;
  });
  const locals = [...LOCALS].filter(([name]) => used.has(name));
  file.statements.unshift(
    ...locals.map(([name, module]) => {
      const required = tstl.createCallExpression(make.name('require'), [tstl.createStringLiteral(module)]);
      return tstl.createVariableDeclarationStatement(make.name(name), required);
    }),
  );
}

function rewriteNode(compilers: Compilers, make: Makers, node: Node, without: readonly Rewrite[]): Node {
  const { tstl } = compilers;
  const value = constantOf(compilers, node);
  // As one constant, with 0, it would lose its sign.
  if (value !== undefined && Object.is(value, -0)) return inPlaceOf(node, make.field('____numbers', 'negative_zero'));
  if (without.includes('modulo') && tstl.isBinaryExpression(node) && node.operator === tstl.SyntaxKind.ModuloOperator)
    return node;
  if (without.includes('text') && tstl.isCallExpression(node) && pathOf(tstl, node.expression) === 'tostring')
    return node;
  if (tstl.isBinaryExpression(node)) return rewriteBinary(compilers, make, node);
  if (tstl.isCallExpression(node)) return rewriteCall(compilers, make, node);
  if (tstl.isReturnStatement(node)) wrapReturned(compilers, node);
  return node;
}

/**
 * A tail call leaves no trace of who called, which our functions tell in their errors. And luaparse, which checks what is
 * compiled, takes the text in `return "end"` for the end of the block.
 */
function wrapReturned({ tstl }: Compilers, node: ReturnStatement): void {
  const [first] = node.expressions;
  if (!first) return;
  if (tstl.isStringLiteral(first) && first.value === 'end') {
    node.expressions[0] = tstl.createParenthesizedExpression(first);
  }
  if (node.expressions.length > 1) return;
  const put = tstl.isMethodCallExpression(first) && /^(add|set)$/.test(first.name.text);
  if (put) node.expressions = [tstl.createParenthesizedExpression(first)];
  if (!tstl.isCallExpression(first)) return;
  const { expression } = first;
  const local = tstl.isTableIndexExpression(expression) ? expression.table : expression;
  if (tstl.isIdentifier(local) && (LOCALS.has(local.text) || local.text.startsWith('__TS__'))) {
    node.expressions = [tstl.createParenthesizedExpression(first)];
  }
}

function rewriteBinary({ tstl }: Compilers, make: Makers, node: BinaryExpression): Node {
  const { left, right, operator } = node;
  switch (operator) {
    case tstl.SyntaxKind.ModuloOperator:
      return inPlaceOf(node, make.call('____numbers', 'fmod', [left, right]));
    case tstl.SyntaxKind.PowerOperator:
      // What JavaScript makes of constants is known here.
      return tstl.isNumericLiteral(left) && tstl.isNumericLiteral(right)
        ? inPlaceOf(node, tstl.createNumericLiteral(left.value ** right.value))
        : inPlaceOf(node, make.call('____numbers', 'pow', [left, right]));
    case tstl.SyntaxKind.ConcatOperator: {
      const text = (one: Expression) =>
        tstl.isNumericLiteral(one) ? tstl.createStringLiteral(String(one.value)) : one;
      node.left = text(left);
      node.right = text(right);
      return node;
    }
    default:
      return node;
  }
}

function rewriteCall({ tstl }: Compilers, make: Makers, node: CallExpression): Node {
  const { expression, params } = node;
  if (tstl.isIdentifier(expression)) {
    const [first] = params;
    if (expression.text === 'tostring') return inPlaceOf(node, make.call('____strings', 'text', params));
    if (expression.text === 'unpack' && params.length === 1)
      return inPlaceOf(node, make.call('____js', 'spread', params));
    if (expression.text === 'pcall') return inPlaceOf(node, make.call('____errors', 'try', params));
    if (expression.text === 'error' && first) {
      node.params = [make.call('____errors', 'thrown', [first]), tstl.createNumericLiteral(0)];
    }
    return node;
  }
  const name = pathOf(tstl, expression);
  const ours = FUNCTIONS[name];
  if (ours) return inPlaceOf(node, callOurs({ tstl }, make, ours, params));
  if (name === 'table.concat') return inPlaceOf(node, joinOf({ tstl }, make, params));
  return node;
}

type Lua = Pick<Compilers, 'tstl'>;

function callOurs({ tstl }: Lua, make: Makers, ours: string, params: Expression[]): Expression {
  const [first, second] = params;
  if (ours === 'rep' && first && second && tstl.isCallExpression(second)) {
    // The floor of the count comes from TypeScriptToLua; JavaScript cuts towards zero.
    return make.call('____strings', ours, [first, ...second.params]);
  }
  const [list] = first && isUnpack({ tstl }, first) ? first.params : [];
  return params.length === 1 && list
    ? make.call('____numbers', `${ours}_of`, [list])
    : make.call('____numbers', ours, params);
}

const isUnpack = ({ tstl }: Lua, node: Expression): node is CallExpression =>
  tstl.isCallExpression(node) && pathOf(tstl, node.expression) === '____js.spread';

/** `array.join(separator)` of texts or numbers, and `text.concat(…)`. */
function joinOf({ tstl }: Lua, make: Makers, [list, separator]: Expression[]): Expression {
  const by = separator ?? tstl.createStringLiteral('');
  return make.call('____strings', 'join', list ? [list, by] : []);
}

/** `math.max` */
function pathOf(tstl: Compilers['tstl'], node: Expression): string {
  if (tstl.isIdentifier(node)) return node.text;
  if (!tstl.isTableIndexExpression(node) || !tstl.isIdentifier(node.table) || !tstl.isStringLiteral(node.index))
    return '';
  return `${node.table.text}.${node.index.value}`;
}

/** What Lua's compiler would make of an expression of constants. */
function constantOf(compilers: Compilers, node: Node): number | undefined {
  const { tstl } = compilers;
  if (tstl.isNumericLiteral(node)) return node.value;
  if (tstl.isParenthesizedExpression(node)) return constantOf(compilers, node.expression);
  if (tstl.isUnaryExpression(node) && node.operator === tstl.SyntaxKind.NegationOperator) {
    const operand = constantOf(compilers, node.operand);
    return operand === undefined ? undefined : -operand;
  }
  if (!tstl.isBinaryExpression(node)) return undefined;
  const [a, b] = [node.left, node.right].map((one) => constantOf(compilers, one));
  if (a === undefined || b === undefined) return undefined;
  switch (node.operator) {
    case tstl.SyntaxKind.AdditionOperator:
      return a + b;
    case tstl.SyntaxKind.SubtractionOperator:
      return a - b;
    case tstl.SyntaxKind.MultiplicationOperator:
      return a * b;
    case tstl.SyntaxKind.DivisionOperator:
      return a / b;
    default:
      return undefined;
  }
}
