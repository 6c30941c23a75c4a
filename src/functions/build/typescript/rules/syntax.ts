/** Syntax that Lua has no like of, or that TypeScriptToLua translates to something else. */

import type { ExportSpecifier, Node, VariableStatement } from 'typescript';
import type { Check, Rule } from './rule.js';

export const syntax: Rule = (node, check) => {
  const { ts } = check;
  const { SyntaxKind } = ts;
  // Not by SyntaxKind[node.kind]: some kinds have several names.
  for (const [name, why] of Object.entries(REFUSED)) {
    if (node.kind === SyntaxKind[name as keyof typeof SyntaxKind]) check.refuse(node, ...why);
  }
  if (ts.canHaveModifiers(node)) {
    for (const modifier of ts.getModifiers(node) ?? []) {
      if (modifier.kind === SyntaxKind.AsyncKeyword)
        check.refuse(modifier, 'nothing waits in a server', 'leave out async and await');
    }
  }
  if (isGenerator(node, check)) check.refuse(node, 'generators are not compiled', 'return an array');
  if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped))
    check.refuse(node, 'var is not compiled', 'write let or const');
  const written = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  if (written && !isWellFormed(node.text)) {
    check.refuse(node, 'half of a surrogate pair cannot be written as UTF-8', 'write the whole character');
  }
  if (ts.isIdentifier(node) && node.text.startsWith('____')) {
    check.refuse(node, 'names that begin with four underscores are those of the compiler', 'give it another name');
  }
  if (ts.isVariableStatement(node)) checkExported(node, check);
  if (ts.isExportSpecifier(node)) checkSpecifier(node, check);
  if (isNamedErr(node, check)) {
    check.refuse(node, 'the field err of an error is what the server answers with', 'give it another name');
  }
  if (ts.isThrowStatement(node)) checkThrow(node.expression, check);
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) checkImport(node, check);
  if (ts.isHeritageClause(node) && node.token === SyntaxKind.ExtendsKeyword && ts.isClassLike(node.parent)) {
    const [base] = node.types;
    const symbol = base && check.symbol(base.expression);
    if (base && (!symbol || (check.isLibrary(symbol) && !symbol.name.endsWith('Error')))) {
      check.refuse(base, `${base.getText()} cannot be extended in Lua`, 'a class with a field of it does');
    }
  }
};

const REFUSED: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  BigIntLiteral: ['Lua 5.1 has no bigint', 'numbers are exact up to 2^53'],
  RegularExpressionLiteral: ['Lua has no regular expressions', 'text.startsWith, endsWith, includes, split'],
  AwaitExpression: ['nothing waits in a server', 'leave out await'],
  YieldExpression: ['generators are not compiled', 'return an array'],
  WithStatement: ['with is not compiled', 'name the object'],
  LabeledStatement: ['labels are not compiled', 'put the inner loop into a function that returns'],
  DebuggerStatement: ['functions cannot be debugged in a server', 'remove it'],
  TaggedTemplateExpression: ['tagged templates are not compiled', 'call a function'],
  Decorator: ['decorators are not compiled', 'call a function'],
  PrivateIdentifier: ['names with # are not compiled', 'write private name'],
  ClassStaticBlockDeclaration: ['static blocks are not compiled', 'initialize the fields'],
  MetaProperty: ['import.meta and new.target are not compiled', 'remove it'],
  JsxElement: ['JSX is not compiled', 'remove it'],
  ModuleDeclaration: ['namespaces are not compiled', 'use modules'],
  ImportEqualsDeclaration: ['import = is not compiled', 'import { name } from …'],
  ExportAssignment: ['a default export has no name', 'export const name = …'],
};

function isGenerator(node: Node, { ts }: Check): boolean {
  return (
    (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node)) &&
    node.asteriskToken !== undefined
  );
}

/** Whoever imports a variable gets its value once. */
function checkExported(node: VariableStatement, check: Check): void {
  const { ts } = check;
  const exported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (exported && (node.declarationList.flags & ts.NodeFlags.Let) !== 0) refuseVariable(node, check);
}

function checkSpecifier(node: ExportSpecifier, check: Check): void {
  const { ts, checker } = check;
  const declared = checker.getExportSpecifierLocalTargetSymbol(node)?.valueDeclaration;
  const list = declared && ts.isVariableDeclaration(declared) ? declared.parent : undefined;
  if (list && (list.flags & ts.NodeFlags.Let) !== 0) refuseVariable(node, check);
}

function refuseVariable(node: Node, { refuse }: Check): void {
  refuse(
    node,
    'who imports a variable has a copy of it in Lua, which does not change',
    'export a function that reads it: export const get = () => value',
  );
}

/** A field `err` of a class of errors. */
function isNamedErr(node: Node, check: Check): boolean {
  const { ts } = check;
  const field =
    ts.isPropertyDeclaration(node) ||
    ts.isGetAccessor(node) ||
    ts.isMethodDeclaration(node) ||
    (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent));
  if (!field || node.name.getText() !== 'err') return false;
  const heritage = ts.findAncestor(node, ts.isClassLike)?.heritageClauses ?? [];
  return heritage.some(({ token, types: [base] }) => {
    const message =
      token === ts.SyntaxKind.ExtendsKeyword && base ? check.type(base).getProperty('message') : undefined;
    return message !== undefined && check.isLibrary(message);
  });
}

const isWellFormed = (text: string): boolean =>
  !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);

function checkThrow(thrown: Node, check: Check): void {
  const { ts } = check;
  const symbol = check.checker.getSymbolAtLocation(thrown);
  const declaration = symbol?.valueDeclaration;
  if (declaration && ts.isVariableDeclaration(declaration) && ts.isCatchClause(declaration.parent)) return;
  const base = check.type(thrown);
  const message = base.getProperty('message');
  if (!message || !check.isLibrary(message))
    check.refuse(thrown, 'only errors are thrown: what is caught has a message', 'throw new Error(text)');
}

function checkImport(
  node: import('typescript').ImportDeclaration | import('typescript').ExportDeclaration,
  check: Check,
): void {
  const { ts } = check;
  const { moduleSpecifier } = node;
  const types = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly : node.isTypeOnly;
  if (!moduleSpecifier || types || !ts.isStringLiteral(moduleSpecifier)) return;
  const { text } = moduleSpecifier;
  if (text !== 'shardfold/functions' && !check.isInside(text, node.getSourceFile().fileName)) {
    check.refuse(
      moduleSpecifier,
      `${text} is not compiled: only modules of the folder are`,
      'move it there; import type { … } takes types from elsewhere',
    );
  }
}
