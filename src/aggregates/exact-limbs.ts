/** The part of an exact sum that does not fit in doubles: whole numbers of units of 2^(32 * index), by index. */

export const LIMB_BITS = 32;

/** Index of the sum of what is infinite or NaN, as doubles add it. */
export const NOT_FINITE = 1000;
