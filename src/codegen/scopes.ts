/** The scopes that a row's statements stand in: what was computed in one, or in one around it, is not computed again. */

import type { TypedExpr } from '../expr/typed.js';
import type { Constants } from './constants.js';
import type { Local, Stmt } from './ir.js';
import type { Made } from './values-heavy.js';

export class Scopes {
  readonly #constants: Constants;
  readonly #outer = new WeakMap<Stmt[], Stmt[]>();
  readonly #made = new WeakMap<Stmt[], Map<TypedExpr, Made>>();
  #locals = 0;

  constructor(constants: Constants) {
    this.#constants = constants;
  }

  inner(outer: Stmt[]): Stmt[] {
    const into: Stmt[] = [];
    this.#outer.set(into, outer);
    return into;
  }

  /** A local with a name that no other of the kernel's rows has. */
  fresh(): Local {
    this.#locals += 1;
    this.#constants.temporaries = Math.max(this.#constants.temporaries, this.#locals);
    this.#constants.locals += 1;
    return { k: 'var', name: `t_${this.#constants.locals}` };
  }

  /** What an expression came to in this scope or in one around it; made, and kept for this scope, where it did not yet. */
  once(expr: TypedExpr, into: Stmt[], make: () => Made): Made {
    for (let scope: Stmt[] | undefined = into; scope !== undefined; scope = this.#outer.get(scope)) {
      const known = this.#made.get(scope)?.get(expr);
      if (known) return known;
    }
    const made = make();
    const known = this.#made.get(into) ?? new Map<TypedExpr, Made>();
    this.#made.set(into, known.set(expr, made));
    return made;
  }
}
