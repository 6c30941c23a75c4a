/** The functions of a kernel's passes. */

import type { BoundPass } from '../aggregates/row-pass.js';
import type { FoldBody } from './body.js';
import { passOf } from './passes/index.js';

/** In Lua, each pass once. */
export function passFunctions({ shape, grouped }: FoldBody): string[] {
  const widths = new Map<string, number>();
  const states = shape.spec.args.flatMap((arg) => arg.states);
  for (const { kind, param } of states) {
    if (kind !== 'pass') continue;
    const { pass, width } = param as BoundPass;
    const known = widths.get(pass) ?? width;
    if (grouped || known !== width) throw new TypeError(`pass ${pass}: of groups, or of two widths`);
    widths.set(pass, width);
  }
  return [...widths].map(([pass, width]) => passOf(pass).lua(width));
}
