/** What TypeScriptToLua would translate wrongly, translated by ourselves: of these the type of a node decides. */

import type { ArrayLiteralExpression, CallExpression, ElementAccessExpression, Symbol as TsSymbol } from 'typescript';
import type { Expression as LuaExpression, TransformationContext, Visitors } from 'typescript-to-lua';
import type { Compilers } from './compilers.js';
import { isOwn } from './definitions.js';
import { makers } from './rewrite.js';

export function visitors(compilers: Compilers): Visitors {
  const { ts } = compilers;
  return {
    [ts.SyntaxKind.CallExpression]: (node, context) => transformCall(compilers, node, context),
    [ts.SyntaxKind.ArrayLiteralExpression]: (node, context) => transformArray(compilers, node, context),
    [ts.SyntaxKind.ElementAccessExpression]: (node, context) => transformElement(compilers, node, context),
  };
}

function transformCall(compilers: Compilers, node: CallExpression, context: TransformationContext): LuaExpression {
  const { ts, tstl } = compilers;
  const [first] = node.arguments;
  const called = first && ts.isPropertyAccessExpression(node.expression) ? node.expression : undefined;
  const symbol = called && context.checker.getSymbolAtLocation(called.name);
  const lua = (name: string) =>
    tstl.createTableIndexExpression(tstl.createIdentifier('math'), tstl.createStringLiteral(name));
  if (first && called && symbol && !ts.isSpreadElement(first)) {
    const owner = nameOf(context.checker.getTypeAtLocation(called.expression).symbol);
    if (owner === 'Math' && symbol.name === 'round') {
      return tstl.setNodeOriginal(
        makers(compilers).call('____js', 'round', [context.transformExpression(first)]),
        node,
      );
    }
    if (owner === 'Math' && symbol.name === 'log10') {
      return tstl.createCallExpression(lua('log10'), [context.transformExpression(first)], node);
    }
    if (isOwn(symbol) && called.expression.getText() === 'bytes' && symbol.name === 'length') {
      return tstl.createUnaryExpression(context.transformExpression(first), tstl.SyntaxKind.LengthOperator, node);
    }
  }
  return context.superTransformExpression(node);
}

const nameOf = (symbol: TsSymbol | undefined): string => symbol?.name ?? '';

/** With `...`: Lua's own `{ unpack(a) }` ends at 7,999 elements. */
function transformArray(compilers: Compilers, node: ArrayLiteralExpression, context: TransformationContext) {
  const { ts, tstl, expressions } = compilers;
  if (!node.elements.some(ts.isSpreadElement)) return context.superTransformExpression(node);
  const inner = node.elements.map((one) => (ts.isSpreadElement(one) ? one.expression : one));
  const transformed = expressions.transformOrderedExpressions(context, inner);
  const parts: LuaExpression[] = [];
  let row: LuaExpression[] = [];
  const flush = () => {
    if (row.length > 0) parts.push(tstl.createTableExpression(row.map((one) => tstl.createTableFieldExpression(one))));
    row = [];
  };
  for (const [i, element] of node.elements.entries()) {
    const value = transformed[i] as LuaExpression;
    if (ts.isSpreadElement(element)) {
      flush();
      parts.push(value);
    } else row.push(value);
  }
  flush();
  return tstl.setNodeOriginal(makers(compilers).call('____array', 'concat', parts), node);
}

/** An assignment beyond the end would leave a hole: the position is checked where it is made. */
function transformElement(compilers: Compilers, node: ElementAccessExpression, context: TransformationContext) {
  const { tstl } = compilers;
  const made = context.superTransformExpression(node);
  if (!isAssigned(compilers, node) || !tstl.isTableIndexExpression(made)) return made;
  const type = context.checker.getTypeAtLocation(node.expression);
  if (!context.checker.isArrayType(type) && !context.checker.isTupleType(type)) return made;
  made.index = makers(compilers).call('____array', 'slot', [made.table, made.index]);
  return made;
}

/** By `=` or in a pattern. What `+=` reads first is there, or it fails. */
function isAssigned({ ts }: Compilers, node: ElementAccessExpression): boolean {
  // What an optional chain is rewritten to has none.
  const parent = node.parent as ElementAccessExpression['parent'] | undefined;
  if (!parent) return false;
  if (ts.isBinaryExpression(parent) && parent.left === node) {
    return parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }
  return ts.isArrayLiteralExpression(parent) && ts.isBinaryExpression(parent.parent) && parent.parent.left === parent;
}
