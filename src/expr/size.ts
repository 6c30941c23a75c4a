/**
 * How large expressions are. A column that was computed stands in others as what computes it, so that steps which each read the
 * one before twice double what has to be computed: that is found out before it is written down.
 */

import { childNodes, type ExprNode } from './nodes.js';
import { childrenOf, type TypedExpr } from './typed.js';

/** Parts are shared in memory: each is counted once, as often as it stands somewhere. */
const known = new WeakMap<TypedExpr, number>();

function sizeOf(expr: TypedExpr): number {
  let size = known.get(expr);
  if (size === undefined) {
    size = childrenOf(expr).reduce((sum, child) => sum + sizeOf(child), 1);
    known.set(expr, size);
  }
  return size;
}

/** Operations, constants and columns of an expression, with those of the columns that it reads. */
export function boundSize(root: ExprNode, scope: ReadonlyMap<string, TypedExpr>): number {
  const sizes = new Map<ExprNode, number>();
  const count = (node: ExprNode): number => {
    if (node.kind === 'column') {
      const column = scope.get(node.name);
      return column === undefined ? 1 : sizeOf(column);
    }
    let size = sizes.get(node);
    if (size === undefined) {
      size = childNodes(node).reduce((sum, child) => sum + count(child), 1);
      sizes.set(node, size);
    }
    return size;
  };
  return count(root);
}
