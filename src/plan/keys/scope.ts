/** Columns that a query has but does not show: they are found by name, and come into no result unless they are asked for. */

import type { Scope } from '../../expr/bind.js';
import type { TypedExpr } from '../../expr/typed.js';

class ScopeWithHidden extends Map<string, TypedExpr> {
  readonly hidden: Scope;

  constructor(shown: Iterable<readonly [string, TypedExpr]>, hidden: Scope) {
    super(shown);
    this.hidden = hidden;
  }

  override get(name: string): TypedExpr | undefined {
    return super.get(name) ?? this.hidden.get(name);
  }
}

export const scopeWithHidden = (shown: Scope, hidden: Scope): Scope => new ScopeWithHidden(shown, hidden);

/** Other columns of the same rows: what is hidden of them stays so. */
export function keepingHidden(of: Scope, shown: Scope): Scope {
  return of instanceof ScopeWithHidden ? scopeWithHidden(shown, of.hidden) : shown;
}

/** With what is hidden, which a shown column of the same name stands before. */
export const wholeScope = (scope: Scope): Scope =>
  scope instanceof ScopeWithHidden ? new Map([...scope.hidden, ...scope]) : scope;

/** Without what is hidden. */
export const shownOf = (scope: Scope): Scope => new Map(scope);
