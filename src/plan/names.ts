/** Names of columns: found, with the nearest one where there is none, and never given twice. */

import { plainResult } from '../aggregates/index.js';
import { ShardfoldError } from '../errors.js';
import { bind, bindBool, type Scope } from '../expr/bind.js';
import { childNodes, type ExprNode } from '../expr/nodes.js';
import { boundSize } from '../expr/size.js';
import type { TypedExpr } from '../expr/typed.js';
import { closest } from '../suggest.js';

/** Of an expression. A tenth of it is more than Lua holds, and ten times as much takes seconds to write down. */
const MOST_PARTS = 10_000;

/** @throws INVALID_ARGUMENT where a name is given twice */
export function checkNames(names: readonly string[]): void {
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) {
    throw new ShardfoldError('INVALID_ARGUMENT', `two result columns are called "${double}"`, {
      hint: `name one of them otherwise: .as('other')`,
    });
  }
}

/** @throws UNKNOWN_COLUMN */
export function findColumn(name: string, scope: Scope): TypedExpr {
  const found = scope.get(name);
  if (found) return found;
  const near = closest(name, scope.keys());
  throw new ShardfoldError('UNKNOWN_COLUMN', `there is no column "${name}"`, {
    hint: near === undefined ? `the columns are ${[...scope.keys()].join(', ')}` : `did you mean "${near}"?`,
  });
}

/** Binds an expression over columns, some of which may be lists. @throws TYPE_MISMATCH where it reads a list */
export function bindPlain(node: ExprNode, scope: Scope): TypedExpr {
  checkNoList(node, scope);
  return bind(node, scope);
}

/** As `bindPlain`, of a condition. */
export function bindCondition(node: ExprNode, scope: Scope): TypedExpr {
  checkNoList(node, scope);
  return bindBool(node, scope);
}

/** A column of the result: a list may stand there as it is. */
export function bindOutput(node: ExprNode, scope: Scope): TypedExpr {
  return node.kind === 'column' ? findColumn(node.name, scope) : bindPlain(node, scope);
}

/** @throws TYPE_MISMATCH where an expression reads a list, INVALID_ARGUMENT where it is too large, UNKNOWN_COLUMN */
export function checkNoList(node: ExprNode, scope: Scope): void {
  const size = boundSize(node, scope);
  if (size > MOST_PARTS) {
    throw new ShardfoldError(
      'INVALID_ARGUMENT',
      `an expression has ${size.toLocaleString('en')} parts, with those of the columns that it reads: at most ${MOST_PARTS.toLocaleString('en')}`,
      { hint: "write the columns that it reads to a table before, by .into('other'), and go on from that" },
    );
  }
  checkColumns(node, scope);
}

function checkColumns(node: ExprNode, scope: Scope): void {
  if (node.kind === 'column') plainResult(findColumn(node.name, scope).type as never, `column "${node.name}"`);
  for (const child of childNodes(node)) checkColumns(child, scope);
}

/** The name of a column beside others: with the suffix where it is taken. @throws INVALID_ARGUMENT where that is taken too */
export function besideName(name: string, suffix: string, taken: Set<string>): string {
  const beside = taken.has(name) ? `${name}${suffix}` : name;
  if (taken.has(beside)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `two result columns are called "${beside}"`, {
      hint: "choose a suffix for the names that both sides have: { suffix: '_other' }, or rename() columns before",
    });
  }
  taken.add(beside);
  return beside;
}
