/** What TypeScriptToLua would translate wrongly, translated by ourselves: of these the type of a node decides. */

import type {
  ArrayLiteralExpression,
  ElementAccessExpression,
  EnumDeclaration,
  Identifier,
  Node,
  TemplateExpression,
} from 'typescript';
import type { Expression as LuaExpression, Statement, TransformationContext, Visitors } from 'typescript-to-lua';
import { transformCall } from './calls.js';
import type { Compilers } from './compilers.js';
import { makers } from './make.js';

export function visitors(compilers: Compilers): Visitors {
  const { ts } = compilers;
  return {
    [ts.SyntaxKind.CallExpression]: (node, context) => transformCall(compilers, node, context),
    [ts.SyntaxKind.ArrayLiteralExpression]: (node, context) => transformArray(compilers, node, context),
    [ts.SyntaxKind.Identifier]: (node, context) => transformName(compilers, node, context),
    [ts.SyntaxKind.ElementAccessExpression]: (node, context) => transformElement(compilers, node, context),
    [ts.SyntaxKind.TemplateExpression]: (node, context) => transformTemplate(compilers, node, context),
    [ts.SyntaxKind.EnumDeclaration]: (node, context) => transformEnum(compilers, node, context),
  };
}

/** TypeScriptToLua leaves a number that is all there is a number. */
function transformTemplate(
  { tstl }: Compilers,
  node: TemplateExpression,
  context: TransformationContext,
): LuaExpression {
  const made = context.superTransformExpression(node);
  return tstl.isNumericLiteral(made) ? tstl.createStringLiteral(String(made.value), node) : made;
}

/** `local Size = Size or {}` asks for a global, which servers answer with an error. */
function transformEnum({ tstl }: Compilers, node: EnumDeclaration, context: TransformationContext): Statement[] {
  const made = context.superTransformStatements(node);
  for (const one of made) {
    const [value] = tstl.isVariableDeclarationStatement(one) ? (one.right ?? []) : [];
    if (value && tstl.isVariableDeclarationStatement(one) && tstl.isBinaryExpression(value)) one.right = [value.right];
  }
  return made;
}

/** TypeScriptToLua takes the name of the library `bit` for a keyword. */
function transformName({ tstl }: Compilers, node: Identifier, context: TransformationContext): LuaExpression {
  if (node.text !== 'bit') return context.superTransformExpression(node);
  const declared = context.checker.getSymbolAtLocation(node)?.valueDeclaration;
  return declared?.getSourceFile().isDeclarationFile
    ? tstl.createIdentifier('bit', node)
    : context.superTransformExpression(node);
}

/** With `...`: Lua's own `{ unpack(a) }` ends at 7,999 elements. */
function transformArray(compilers: Compilers, node: ArrayLiteralExpression, context: TransformationContext) {
  const { ts, tstl } = compilers;
  if (!node.elements.some(ts.isSpreadElement)) return context.superTransformExpression(node);
  const transformed = transformElements(compilers, node, context);
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

/** In the order of JavaScript: a list is copied before what follows it may change it. */
function transformElements(compilers: Compilers, { elements }: ArrayLiteralExpression, context: TransformationContext) {
  const { ts, expressions } = compilers;
  const parts = elements.map((element, i) => {
    const source = ts.isSpreadElement(element) ? element.expression : element;
    context.pushPrecedingStatements();
    const made = context.transformExpression(source);
    const before = context.popPrecedingStatements();
    const copied = source !== element && elements.slice(i + 1).some((later) => mayChange(compilers, later));
    return { source, before, made: copied ? makers(compilers).call('____array', 'list', [made]) : made };
  });
  const last = parts.findLastIndex(({ before }) => before.length > 0);
  return parts.map(({ source, before, made }, i) => {
    context.addPrecedingStatements(before);
    return i < last ? expressions.moveToPrecedingTemp(context, made, source) : made;
  });
}

/** Whether an expression calls or assigns anything. */
function mayChange(compilers: Compilers, node: Node): boolean {
  const { ts } = compilers;
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isPostfixUnaryExpression(node)) return true;
  if (ts.isBinaryExpression(node) && node.operatorToken.getText().endsWith('=')) return true;
  if (ts.isPrefixUnaryExpression(node) && /^(\+\+|--)/.test(node.getText())) return true;
  if (ts.isFunctionLike(node)) return false;
  return ts.forEachChild(node, (child) => mayChange(compilers, child) || undefined) ?? false;
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
