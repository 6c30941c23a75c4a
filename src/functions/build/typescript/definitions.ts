/** The `defineFunction` calls of a module, and what they say: read off their types, so that no code of the user's runs. */

import type { CallExpression, Node, SourceFile, Symbol as TsSymbol, Type, TypeChecker } from 'typescript';
import type { SourceFunction } from '../../bundle.js';
import type { Schema } from '../../define/schema.js';
import type { FunctionSpec, KeySchema } from '../../define/spec.js';
import type { Compilers } from './compilers.js';
import type { Problems } from './problems.js';

export interface Reader extends Compilers {
  readonly checker: TypeChecker;
  readonly problems: Problems;
}

/** Whether a call is one of `defineFunction` of shardfold/functions. */
export function isDefinition({ ts, checker }: Reader, node: Node): node is CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const symbol = checker.getSymbolAtLocation(node.expression);
  if (!symbol) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.name === 'defineFunction' && isOwn(target);
}

/** Whether something is declared by shardfold/functions. */
export function isOwn(symbol: TsSymbol): boolean {
  return (symbol.declarations ?? []).some((one) => /[\\/]functions[\\/]define[\\/]/.test(one.getSourceFile().fileName));
}

/** @param module The name that the module is required by. */
export function readDefinitions(reader: Reader, file: SourceFile, module: string): SourceFunction[] {
  const { ts, checker, problems } = reader;
  const symbol = checker.getSymbolAtLocation(file);
  const exported = new Map<Node, string>();
  for (const one of symbol ? checker.getExportsOfModule(symbol) : []) {
    const target = one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
    const declaration = target.valueDeclaration;
    if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer) {
      exported.set(unwrap(ts, declaration.initializer), one.name);
    }
  }
  const found: SourceFunction[] = [];
  const visit = (node: Node): void => {
    if (isDefinition(reader, node)) {
      const field = exported.get(node);
      const spec = readSpec(reader, node);
      if (field === undefined) {
        problems.at(node, 'a function is defined by an exported constant: export const name = defineFunction(…)');
      } else if (spec) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        const { name, flags } = spec;
        const place = { file: problems.shown(file.fileName), line: line + 1 };
        found.push({ name, flags, module, field, spec, named: true, ...place });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function unwrap(ts: Compilers['ts'], node: Node): Node {
  const inner = ts.isSatisfiesExpression(node) || ts.isAsExpression(node) || ts.isParenthesizedExpression(node);
  return inner ? unwrap(ts, node.expression) : node;
}

function readSpec(reader: Reader, call: CallExpression): FunctionSpec | undefined {
  const { checker, problems } = reader;
  const [written = call] = call.arguments;
  const type = checker.getTypeAtLocation(written);
  const value = (name: string): unknown => {
    const property = type.getProperty(name);
    return property && literalOf(reader, checker.getTypeOfSymbolAtLocation(property, written), written, name);
  };
  try {
    const name = value('name');
    if (typeof name !== 'string') throw new NotLiteral('name');
    return {
      name,
      flags: (value('flags') ?? []) as FunctionSpec['flags'],
      keys: (value('keys') ?? {}) as Record<string, KeySchema>,
      args: (value('args') ?? {}) as Record<string, Schema>,
      returns: (value('returns') ?? { kind: 'null' }) as Schema,
    };
  } catch (error) {
    if (!(error instanceof NotLiteral)) throw error;
    problems.at(written, `the type of ${error.message} is not literal: write it as a constant, of t.*`);
    return undefined;
  }
}

class NotLiteral extends Error {}

/** The one value that a type of literals has. */
function literalOf(reader: Reader, type: Type, at: Node, path: string): unknown {
  const { ts, checker } = reader;
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (type.flags & ts.TypeFlags.Undefined) return undefined;
  if (checker.isTupleType(type)) {
    const elements = checker.getTypeArguments(type as Parameters<TypeChecker['getTypeArguments']>[0]);
    return elements.map((one, i) => literalOf(reader, one, at, `${path}[${i}]`));
  }
  const plain = type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection);
  if (!plain || checker.isArrayType(type) || checker.getIndexInfosOfType(type).length > 0) throw new NotLiteral(path);
  const fields: Record<string, unknown> = {};
  for (const property of type.getProperties()) {
    const of = checker.getTypeOfSymbolAtLocation(property, at);
    fields[property.name] = literalOf(reader, of, at, property.name);
  }
  return fields;
}
