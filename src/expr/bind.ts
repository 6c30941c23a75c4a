/** Binds an expression to the columns in scope: names to indexes, types checked by DuckDB's rules, constants made physical. */

import { ShardfoldError } from '../errors.js';
import { closest } from '../suggest.js';
import { arithmetic, negate } from './bind-arithmetic.js';
import { bindCall } from './bind-call.js';
import { cast, unify } from './bind-cast.js';
import { bindCompare, bindIsIn } from './bind-compare.js';
import { typedLiteral } from './bind-literal.js';
import { type Bound, mismatch } from './make.js';
import { type ExprNode, formatNode } from './nodes.js';
import type { TypedExpr } from './typed.js';

/** What the names in an expression stand for. */
export type Scope = ReadonlyMap<string, TypedExpr>;

/**
 * @throws UNKNOWN_COLUMN with the nearest name, TYPE_MISMATCH naming the part of the expression that does not fit,
 *   INVALID_ARGUMENT for an aggregate, a unit or digits that are none
 */
export function bind(node: ExprNode, scope: Scope): TypedExpr {
  const bound = (child: ExprNode): Bound => ({ expr: bind(child, scope), node: child });
  switch (node.kind) {
    case 'column':
      return bindColumn(node.name, scope);
    case 'literal':
      return typedLiteral(node.value, node);
    case 'arithmetic':
      return arithmetic(node.op, bound(node.left), bound(node.right), node);
    case 'negate':
      return negate(bound(node.arg), node);
    case 'compare':
      return bindCompare(node.op, bound(node.left), bound(node.right), node);
    case 'logic':
      return {
        kind: 'logic',
        type: 'bool',
        op: node.op,
        left: bindBool(node.left, scope),
        right: bindBool(node.right, scope),
      };
    case 'not':
      return { kind: 'not', type: 'bool', arg: bindBool(node.arg, scope) };
    case 'isNull':
      return { kind: 'isNull', type: 'bool', arg: bind(node.arg, scope), negated: node.negated };
    case 'isIn':
      return bindIsIn(bound(node.arg), node);
    case 'call':
      return bindCall(node, node.args.map(bound));
    case 'case':
      return bindCase(node, scope);
    case 'cast':
      return cast(bind(node.arg, scope), node.to, node, node.lenient);
    case 'aggregate':
      throw new ShardfoldError(
        'INVALID_ARGUMENT',
        `an aggregate cannot stand in a row expression: ${formatNode(node)}`,
        {
          hint: 'aggregates belong in agg(…); filter what they come to after it',
        },
      );
  }
}

/** Binds an expression that must be true, false or null. */
export function bindBool(node: ExprNode, scope: Scope): TypedExpr {
  const bound = bind(node, scope);
  if (bound.type !== 'bool' && bound.type !== 'null') {
    throw mismatch(node, `is ${bound.type}, where a condition is needed`, 'compare it: .gt(0), .eq(…), .isNotNull()');
  }
  return bound;
}

function bindColumn(name: string, scope: Scope): TypedExpr {
  const found = scope.get(name);
  if (found) return found;
  const near = closest(name, scope.keys());
  throw new ShardfoldError('UNKNOWN_COLUMN', `there is no column "${name}"`, {
    hint: near === undefined ? `the columns are ${[...scope.keys()].join(', ')}` : `did you mean "${near}"?`,
  });
}

function bindCase(node: Extract<ExprNode, { kind: 'case' }>, scope: Scope): TypedExpr {
  const conditions = node.branches.map((branch) => bindBool(branch.when, scope));
  const results = [...node.branches.map(({ then }) => then), node.otherwise];
  const { type, exprs } = unify(
    results.map((result) => ({ expr: bind(result, scope), node: result })),
    node,
  );
  const branches = conditions.map((when, i) => {
    const then = exprs[i] as TypedExpr;
    return { when, then };
  });
  return { kind: 'case', type, branches, otherwise: exprs[branches.length] as TypedExpr };
}
