/** A field that is null or undefined does not exist in a Lua table, so it overwrites nothing. */

import type { Node, ObjectLiteralExpression, PropertyName, Type } from 'typescript';
import type { Check, Rule } from './rule.js';

export const objects: Rule = (node, check) => {
  const { ts } = check;
  if (ts.isObjectLiteralExpression(node)) checkLiteral(node, check);
  if ((ts.isBindingElement(node) || ts.isParameter(node)) && node.initializer) checkDefault(node, check);
  if (isNestedDefault(node, check)) {
    check.refuse(node, 'a default of a pattern within a pattern is not compiled right', 'take it apart in two steps');
  }
};

/** `{ a: { b } = {} }` */
function isNestedDefault(node: Node, { ts }: Check): boolean {
  if (ts.isBindingElement(node)) return node.initializer !== undefined && !ts.isIdentifier(node.name);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  const pattern = ts.isObjectLiteralExpression(node.left) || ts.isArrayLiteralExpression(node.left);
  return pattern && (ts.isPropertyAssignment(node.parent) || ts.isArrayLiteralExpression(node.parent));
}

function checkLiteral(node: ObjectLiteralExpression, check: Check): void {
  const { ts } = check;
  // The left side of an assignment is a pattern.
  if (ts.isBinaryExpression(node.parent) && node.parent.left === node) return;
  const before = new Names();
  for (const element of node.properties) {
    const { name } = element;
    if (name && (ts.isNumericLiteral(name) || ts.isBigIntLiteral(name))) {
      check.refuse(name, 'in Lua 1 and "1" are names of different fields', `write '${name.text}'`);
    } else if (name && ts.isComputedPropertyName(name) && check.others(name.expression, 'string').length > 0) {
      check.refuse(name, 'in Lua 1 and "1" are names of different fields', '[String(number)]');
    }
    if (ts.isGetAccessor(element) || ts.isSetAccessor(element)) {
      check.refuse(element, 'Lua tables have no accessors', 'a class may have them');
    } else if (ts.isSpreadAssignment(element)) {
      checkSpread(element.expression, before, check);
      before.addType(check.type(element.expression), check);
    } else if (name) {
      const text = nameOf(name, check);
      if (before.mayHave(text) && isNullable(element, check)) {
        check.refuse(
          element,
          'a field that is null or undefined overwrites nothing in Lua',
          'assign it afterwards: copy.field = value',
        );
      }
      before.add(text);
    }
  }
}

/** Undefined where only a call tells it. */
function nameOf(name: PropertyName, check: Check): string | undefined {
  if (!check.ts.isComputedPropertyName(name)) return name.text;
  const type = check.type(name.expression);
  return type.isStringLiteral() ? type.value : undefined;
}

/** Of the fields that stand before one; those that are not known may be any. */
class Names {
  readonly #known = new Set<string>();
  #any = false;

  add(name: string | undefined): void {
    if (name === undefined) this.#any = true;
    else this.#known.add(name);
  }

  addType(type: Type, { checker }: Check): void {
    for (const property of type.getProperties()) this.#known.add(property.name);
    if (checker.getIndexInfosOfType(type).length > 0 || type.getProperties().length === 0) this.#any = true;
  }

  mayHave(name: string | undefined): boolean {
    return this.#any || (name === undefined ? this.#known.size > 0 : this.#known.has(name));
  }
}

function isNullable(node: Node, check: Check): boolean {
  const { ts } = check;
  const value = ts.isPropertyAssignment(node)
    ? node.initializer
    : ts.isShorthandPropertyAssignment(node)
      ? node.name
      : undefined;
  if (!value) return false;
  const kinds = check.kinds(value);
  return kinds.has('null') || kinds.has('undefined');
}

function checkSpread(node: Node, before: Names, check: Check): void {
  const kinds = check.kinds(node);
  const { symbol } = check.type(node);
  const isOf = check.ts.SymbolFlags.Interface | check.ts.SymbolFlags.Class;
  if (symbol && symbol.flags & isOf && check.isLibrary(symbol) && !kinds.has('array')) {
    check.refuse(
      node,
      `a ${symbol.name} has no fields in JavaScript, and others in Lua`,
      'spread an object of your own',
    );
  }
  if (kinds.has('array') || kinds.has('string') || kinds.has('bytes')) {
    check.refuse(node, `${check.show(node)} in an object makes fields of its positions`, 'spread an object');
  }
  for (const property of check.type(node).getProperties()) {
    if (!before.mayHave(property.name)) continue;
    const type = check.checker.getTypeOfSymbolAtLocation(property, node);
    const inside = check.kindsOf(type);
    // A field that may be left out is not there then, in both; with exactOptionalPropertyTypes it cannot be undefined.
    const optional = (property.flags & check.ts.SymbolFlags.Optional) !== 0;
    if (inside.has('null') || (inside.has('undefined') && !optional)) {
      check.refuse(
        node,
        `its field ${property.name} may be null or undefined, which overwrites nothing in Lua`,
        'name the fields one by one, and assign that one afterwards',
      );
      return;
    }
  }
}

/** A default takes the place of undefined only; in Lua null is the same. */
function checkDefault(node: Node & { readonly initializer?: Node }, check: Check): void {
  const { ts } = check;
  const type =
    ts.isParameter(node) && node.type ? check.checker.getTypeFromTypeNode(node.type) : declaredType(node, check);
  if (type && check.kindsOf(type).has('null')) {
    check.refuse(
      node,
      'in Lua the default takes the place of null, too',
      'write the default as an expression: value ?? …',
    );
  }
}

/** Of an element of a pattern: what the field is in the value that is taken apart. */
function declaredType(node: Node, check: Check) {
  const { ts } = check;
  if (!ts.isBindingElement(node)) return undefined;
  const from = check.type(node.parent);
  const name = node.propertyName ?? node.name;
  const property = ts.isIdentifier(name) ? from.getProperty(name.text) : undefined;
  if (property) return check.checker.getTypeOfSymbolAtLocation(property, node);
  return ts.isArrayBindingPattern(node.parent) ? undefined : check.type(node);
}
