/** Calls that TypeScriptToLua would translate wrongly, or that it does not know: those of methods, of `Math`, of commands. */

import type { CallExpression, Symbol as TsSymbol } from 'typescript';
import type { Expression as LuaExpression, TransformationContext } from 'typescript-to-lua';
import { isCommand, withArguments } from './commands.js';
import type { Compilers } from './compilers.js';
import { isOwn } from './definitions.js';
import { makers } from './make.js';
import { kindsOf } from './rules/kinds.js';

/** A call, with what TypeScriptToLua does not know or translates wrongly. */
export function transformCall(
  compilers: Compilers,
  node: CallExpression,
  context: TransformationContext,
): LuaExpression {
  const { ts, tstl } = compilers;
  const [first] = node.arguments;
  const called = first && ts.isPropertyAccessExpression(node.expression) ? node.expression : undefined;
  const symbol = called && context.checker.getSymbolAtLocation(called.name);
  const lua = (name: string) =>
    tstl.createTableIndexExpression(tstl.createIdentifier('math'), tstl.createStringLiteral(name));
  if (first && called && symbol && !ts.isSpreadElement(first)) {
    if (
      symbol.name === 'push' &&
      isUsed(compilers, node) &&
      !node.arguments.some(ts.isSpreadElement) &&
      context.checker.isArrayType(context.checker.getTypeAtLocation(called.expression))
    ) {
      const [list, ...values] = compilers.expressions.transformOrderedExpressions(context, [
        called.expression,
        ...node.arguments,
      ]);
      return tstl.setNodeOriginal(
        makers(compilers).call('____array', 'push', [list as LuaExpression, ...values]),
        node,
      );
    }
    const added = ADDED.get(symbol.name);
    if (added && kindsOf(ts, context.checker, context.checker.getTypeAtLocation(called.expression)).has('array')) {
      const params = compilers.expressions.transformOrderedExpressions(context, [called.expression, ...node.arguments]);
      return tstl.setNodeOriginal(makers(compilers).call(...added, params), node);
    }
    const owner = nameOf(context.checker.getTypeAtLocation(called.expression).symbol);
    if (owner === 'Math' && symbol.name === 'round') {
      return tstl.setNodeOriginal(
        makers(compilers).call('____numbers', 'round', [context.transformExpression(first)]),
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
  const made = context.superTransformExpression(node);
  return isCommand(compilers, node, context) ? withArguments(compilers, node, made, context) : made;
}

/** Methods of arrays that TypeScriptToLua does not know. */
const ADDED: ReadonlyMap<string, [local: string, of: string]> = new Map([
  ['findLast', ['____each', 'find_last']],
  ['findLastIndex', ['____each', 'find_last_index']],
  ['lastIndexOf', ['____array', 'last_index_of']],
]);

/** Whether somebody looks at the new length. */
const isUsed = ({ ts }: Compilers, { parent }: CallExpression): boolean => parent && !ts.isExpressionStatement(parent);

const nameOf = (symbol: TsSymbol | undefined): string => symbol?.name ?? '';
