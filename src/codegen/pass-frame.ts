/** The functions of a kernel's passes. */

import type { BoundPass } from '../aggregates/row-pass.js';
import type { FoldBody } from './body.js';
import { passOf } from './passes/index.js';

/** In Lua, each pass once. */
export function passFunctions({ states, shape, grouped }: FoldBody): string[] {
  const widths = new Map<string, number>();
  for (const { arg, state, kind } of states) {
    if (kind !== 'pass') continue;
    const { pass, width } = shape.spec.args[arg]?.states[state]?.param as BoundPass;
    if (grouped || (widths.get(pass) ?? width) !== width)
      throw new TypeError(`pass ${pass}: of groups, or of two widths`);
    widths.set(pass, width);
  }
  return [...widths].map(([pass, width]) => passOf(pass).lua(width));
}
