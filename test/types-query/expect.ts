/** Types that are exactly one another: `expectType<Rows>().is<{ n: number }>(true)` compiles only then. */

import type { RowOf } from '../../src/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

interface Expectation<Actual> {
  is<Expected>(same: Same<Actual, Expected>): void;
}

/** Nothing happens when it runs; the compiler is the test. */
export function expectRows<Q>(_: Q): Expectation<RowOf<Q>> {
  return { is: () => undefined };
}

export function expectType<T>(_: T): Expectation<T> {
  return { is: () => undefined };
}
