/** Names of columns: found, with the nearest one where there is none, and never given twice. */

import { ShardfoldError } from '../errors.js';
import type { Scope } from '../expr/bind.js';
import type { TypedExpr } from '../expr/typed.js';
import { closest } from '../suggest.js';

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
