/** A bound tree with some of its leaves replaced. */

import type { TypedColumn, TypedExpr, TypedJoined } from './typed.js';

type Leaf = TypedColumn | TypedJoined;

/** The expression with what it reads replaced by what `change` makes of it. */
export function mapReads(expr: TypedExpr, change: (leaf: Leaf) => TypedExpr): TypedExpr {
  const map = (child: TypedExpr): TypedExpr => mapReads(child, change);
  switch (expr.kind) {
    case 'column':
    case 'joined':
      return change(expr);
    case 'literal':
      return expr;
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case 'call':
    case 'choice':
      return { ...expr, args: expr.args.map(map) };
    case 'case': {
      const branches = expr.branches.map(({ when, then }) => ({ when: map(when), then: map(then) }));
      return { ...expr, branches, otherwise: map(expr.otherwise) };
    }
    default:
      return { ...expr, arg: map(expr.arg) };
  }
}
