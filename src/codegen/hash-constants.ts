/**
 * The hash of HyperLogLog: a value's bits combined linearly and cubed twice modulo a prime, once for the register and once for the
 * rank. The primes are the greatest below 2^26.5 that are 2 modulo 3, so that squares are exact in a double and cubing is a
 * permutation.
 */
export const HASH = {
  p1: 94906247,
  p2: 94906169,
  /** Factors of the high and the low bits of a number, and of its exponent; those of a string's digits are `a`. */
  a: [9627317, 6725133],
  b: [10818343, 15115173],
  c: [5004415, 5409583],
  s: 13184913,
  t: 10329545,
} as const;

/** With more registers than this set, all of them travel. */
export const DENSE_REGISTERS = 1365;
