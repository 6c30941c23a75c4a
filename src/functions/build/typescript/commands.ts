/** Arguments of `redis.call` and `redis.pcall`: numbers become the text that JavaScript makes of them. */

import type { CallExpression, Expression } from 'typescript';
import type { Expression as LuaExpression, TransformationContext } from 'typescript-to-lua';
import type { Compilers } from './compilers.js';
import { makers } from './make.js';
import { kindsOf } from './rules/kinds.js';

/** Whether a call is one of `redis.call`, `redis.pcall`, or the same of `server`. */
export function isCommand(
  { ts }: Compilers,
  { expression }: CallExpression,
  { checker }: TransformationContext,
): boolean {
  if (!ts.isPropertyAccessExpression(expression) || !/^p?call$/.test(expression.name.text)) return false;
  const declared = checker.getSymbolAtLocation(expression.name)?.declarations?.[0];
  return (
    declared?.getSourceFile().isDeclarationFile === true && /^(redis|server)$/.test(expression.expression.getText())
  );
}

/** @param made What TypeScriptToLua makes of the call. */
export function withArguments(
  compilers: Compilers,
  { arguments: given }: CallExpression,
  made: LuaExpression,
  { checker }: TransformationContext,
): LuaExpression {
  const { ts, tstl } = compilers;
  if (!tstl.isCallExpression(made)) return made;
  const make = makers(compilers);
  if (given.some(ts.isSpreadElement)) {
    made.params = [make.call('____js', 'arguments', made.params)];
    return made;
  }
  const textOf = (param: LuaExpression, of: Expression | undefined): LuaExpression => {
    if (tstl.isNumericLiteral(param)) return tstl.createStringLiteral(String(param.value));
    const kinds = of && kindsOf(ts, checker, checker.getTypeAtLocation(of));
    return kinds && !kinds.has('number') && !kinds.has('anything') ? param : make.call('____js', 'argument', [param]);
  };
  made.params = made.params.map((param, i) => (tstl.isStringLiteral(param) ? param : textOf(param, given[i])));
  return made;
}
