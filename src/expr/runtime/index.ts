/** The functions that kernels call on both sides, by the names that they have in kernels. */

import { CASE } from './case-mapping.js';
import { CAST_NUMBERS } from './cast-numbers.js';
import { CAST_TEXT } from './cast-text.js';
import { CHANCE } from './chance.js';
import { MATH } from './math.js';
import { NEAREST } from './nearest.js';
import { TEXT } from './text.js';
import { TIME } from './time.js';

export const FUNCTIONS = {
  ...MATH,
  ...TEXT,
  ...CASE,
  ...TIME,
  ...CAST_NUMBERS,
  ...CAST_TEXT,
  ...CHANCE,
  ...NEAREST,
} as const;

/** Functions of one row's values; null never comes in, and comes out of casts that do not fit alone. */
export type KernelFunction = Extract<keyof typeof FUNCTIONS, `f_${string}`>;

/** Calls a function with values whose types the binder has checked. */
export function applyFunction(fn: KernelFunction, args: readonly (number | string)[]): unknown {
  return (FUNCTIONS[fn] as (...args: readonly unknown[]) => unknown)(...args);
}
