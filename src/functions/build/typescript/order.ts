/**
 * JavaScript reads operands from left to right, at once. Lua reads a local where it is used: in `count + next()` after the call,
 * which may have changed it. Such variables are copied in time; and `list.push(f())` looks at the length after f.
 */

import type { Node, SourceFile, Symbol as TsSymbol, TypeChecker } from 'typescript';
import type {
  AssignmentStatement,
  CallExpression,
  Expression,
  Node as LuaNode,
  TransformationContext,
} from 'typescript-to-lua';
import type { Compilers, TypeScript } from './compilers.js';
import { rewriteTree } from './lua-tree.js';
import type { Makers } from './make.js';

/** The local variables that a function other than their own assigns, by the ids that TypeScriptToLua gives them. */
export function volatileIds({ ts }: Compilers, file: SourceFile, context: TransformationContext): ReadonlySet<number> {
  const found = new Set<number>();
  const visit = (node: Node): void => {
    for (const target of targetsOf(ts, node)) {
      const symbol = symbolOf(ts, context.checker, target);
      const declared = symbol?.valueDeclaration;
      const id = symbol && context.symbolIdMaps.get(symbol);
      if (declared && id !== undefined && functionOf(ts, declared) !== functionOf(ts, target)) found.add(id);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Names that a node assigns to. */
function targetsOf(ts: TypeScript, node: Node): Node[] {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
    return [PlusPlusToken, MinusMinusToken].some((kind) => kind === node.operator) ? namesIn(ts, node.operand) : [];
  }
  if (ts.isForOfStatement(node) && !ts.isVariableDeclarationList(node.initializer))
    return namesIn(ts, node.initializer);
  if (!ts.isBinaryExpression(node)) return [];
  const { FirstAssignment, LastAssignment } = ts.SyntaxKind;
  const { kind } = node.operatorToken;
  return kind >= FirstAssignment && kind <= LastAssignment ? namesIn(ts, node.left) : [];
}

function namesIn(ts: TypeScript, target: Node): Node[] {
  if (ts.isIdentifier(target)) return [target];
  const names: Node[] = [];
  ts.forEachChild(target, (child) => {
    names.push(...namesIn(ts, child));
  });
  return names;
}

function symbolOf(ts: TypeScript, checker: TypeChecker, name: Node): TsSymbol | undefined {
  const { parent } = name;
  if (ts.isShorthandPropertyAssignment(parent)) return checker.getShorthandAssignmentValueSymbol(parent);
  return checker.getSymbolAtLocation(name);
}

const functionOf = (ts: TypeScript, node: Node): Node | undefined =>
  ts.findAncestor(node, (one) => ts.isFunctionLike(one) || ts.isSourceFile(one));

/** Called for every node of the Lua tree, inner ones first. */
export function keepOrder({ tstl }: Compilers, make: Makers, volatile: ReadonlySet<number>, node: LuaNode): LuaNode {
  const copied = (one: Expression, later: readonly Expression[]): Expression =>
    tstl.isIdentifier(one) && one.symbolId !== undefined && volatile.has(one.symbolId) && hasCall({ tstl }, later)
      ? make.call('____js', 'copy', [one])
      : one;
  if (tstl.isBinaryExpression(node) && !isLazy({ tstl }, node.operator)) node.left = copied(node.left, [node.right]);
  if (tstl.isTableIndexExpression(node)) node.table = copied(node.table, [node.index]);
  if (tstl.isCallExpression(node)) keepFields({ tstl }, make, node);
  if (!tstl.isAssignmentStatement(node)) return node;
  for (const target of node.left) {
    if (!tstl.isTableIndexExpression(target)) continue;
    target.table = copied(target.table, node.right);
    target.index = copied(target.index, node.right);
  }
  return pushLater({ tstl }, make, node);
}

type Lua = Pick<Compilers, 'tstl'>;

/** `and` and `or` decide by the left side before they look at the right one. */
const isLazy = ({ tstl }: Lua, operator: number): boolean =>
  operator === tstl.SyntaxKind.AndOperator || operator === tstl.SyntaxKind.OrOperator;

function hasCall({ tstl }: Lua, expressions: readonly Expression[]): boolean {
  let found = false;
  for (const expression of expressions) {
    rewriteTree(expression, (node) => {
      found ||= tstl.isCallExpression(node) || tstl.isMethodCallExpression(node);
      return node;
    });
  }
  return found;
}

/** `{ ...object, n: f() }`: what f changes in the object comes too late. */
function keepFields({ tstl }: Lua, make: Makers, { expression, params }: CallExpression): void {
  if (!tstl.isIdentifier(expression) || expression.text !== '__TS__ObjectAssign') return;
  for (const [i, one] of params.entries()) {
    if (!tstl.isTableExpression(one) && hasCall({ tstl }, params.slice(i + 1))) {
      params[i] = make.call('____js', 'clone', [one]);
    }
  }
}

/** `list[#list + 1] = f()`, which f may have made longer. */
function pushLater({ tstl }: Lua, make: Makers, node: AssignmentStatement): LuaNode {
  const [target] = node.left;
  const [value] = node.right;
  if (node.left.length !== 1 || !target || !value || !tstl.isTableIndexExpression(target)) return node;
  const { table, index } = target;
  const pushes =
    tstl.isBinaryExpression(index) &&
    index.operator === tstl.SyntaxKind.AdditionOperator &&
    tstl.isUnaryExpression(index.left) &&
    index.left.operator === tstl.SyntaxKind.LengthOperator &&
    index.left.operand === table;
  if (!pushes || !hasCall({ tstl }, [value])) return node;
  const call = tstl.createExpressionStatement(make.call('____array', 'push', [table, value]));
  tstl.setNodePosition(call, node);
  return call;
}
