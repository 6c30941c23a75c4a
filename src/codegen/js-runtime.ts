/** What generated JavaScript kernels call: the same functions, by the same names, as in the Lua runtime. */

import { failure } from '../expr/runtime/failure.js';
import { FUNCTIONS } from '../expr/runtime/index.js';
import { AGGREGATE_RUNTIME } from './aggregate-js.js';
import type { JavaScriptKernel } from './js-kernel.js';
import { CAST_TYPES } from './lua-functions/index.js';
import { NumberTable } from './number-table.js';

/** `must_<type>(made, value)`: raises where a cast made nothing of a value. */
const MUST = Object.fromEntries(
  CAST_TYPES.map((type) => [
    `must_${type}`,
    (made: number | string | null, value: number | string) => {
      if (made === null) throw failure('CAST_FAILED', type, value);
      return made;
    },
  ]),
);

const runtime = {
  ...AGGREGATE_RUNTIME,
  ...FUNCTIONS,
  ...MUST,
  INF: Number.POSITIVE_INFINITY,
  NONE: null,
  NULL: null,
  NumberTable,
  floor: Math.floor,
  fmod: (a: number, b: number): number => a % b,
  strlt: (a: string, b: string): boolean => a < b,
  int32(value: number): number {
    if (value > 2147483647 || value < -2147483648) throw failure('NUMERIC_OVERFLOW', 'int32');
    return value;
  },
  int64(value: number): number {
    if (value >= 9007199254740992 || value <= -9007199254740992) throw failure('NUMERIC_OVERFLOW', 'int64');
    return value;
  },
  /** Pairwise sum of 64 values, in place. */
  fold(t: Float64Array): number {
    for (let width = 32; width >= 1; width >>= 1) {
      for (let i = 0; i < width; i++) t[i] = (t[2 * i] as number) + (t[2 * i + 1] as number);
    }
    return t[0] as number;
  },
  /** Entries below a string, entries up to it, its code or -1, in a dictionary sorted by bytes. */
  locate(entry: (code: number) => string, entries: number, text: string): [number, number, number] {
    let [low, high] = [0, entries];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entry(middle + 1) < text) low = middle + 1;
      else high = middle;
    }
    const found = low < entries && entry(low + 1) === text;
    return found ? [low, low + 1, low + 1] : [low, low, -1];
  },
};

const compiled = new Map<string, JavaScriptKernel<unknown>>();
const MAX_COMPILED = 256;

/** The function of a kernel's source; the latest 256 are kept. */
export function compileJavaScript<Result>(source: string): JavaScriptKernel<Result> {
  const known = compiled.get(source);
  if (known) return known as JavaScriptKernel<Result>;
  const factory = new Function('runtime', `'use strict'; return function fold_kernel(input) {\n${source}\n};`);
  const kernel = factory(runtime) as JavaScriptKernel<Result>;
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value as string);
  compiled.set(source, kernel);
  return kernel;
}
