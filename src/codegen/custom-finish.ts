/** The coordinator's part of a user's aggregate: its trees compiled as JavaScript. */

import type { BoundCustom } from '../aggregates/index.js';
import type { TypedExpr } from '../expr/typed.js';
import { Constants } from './constants.js';
import { type Ir, int, type Stmt } from './ir.js';
import { prologue } from './js-frame.js';
import { compileJavaScript } from './js-runtime.js';
import { type Merge, mergeSource } from './merge-columns.js';
import { printJavaScript, printJavaScriptExpression } from './print.js';
import type { KernelColumn } from './shape.js';
import { customState, fake } from './states-custom.js';
import { Values } from './values.js';

/** Where a compiled function finds the constants that it was printed with. */
function compile<F>(constants: Constants, body: string): F {
  const source = [...prologue([], constants), body].join('\n');
  const { numbers, strings, sets } = constants;
  return compileJavaScript<F>(source)({
    rows: 0,
    columns: [],
    numbers,
    strings,
    sets: sets.map(({ values }) => values),
    thresholds: [],
    strides: [],
  });
}

/** Merges the columns of y into those of x. */
export function customMerge(custom: BoundCustom): Merge {
  const constants = new Constants();
  const { fields, merge = () => [] } = customState(custom, constants);
  const body = mergeSource(fields.length, merge);
  return compile(constants, `return (x, y, meeting) => { ${body} };`);
}

/** The value of a `finish` that is an expression, from an array of the fields. */
export function customFinish(finish: TypedExpr, fields: number): (x: readonly number[]) => number | string | null {
  const constants = new Constants();
  const columns = Array.from({ length: fields }, (_, i) => fake(i, 'float64', false));
  const read = ({ index }: KernelColumn): Ir => ({ k: 'at', table: 'x', index: int(index) });
  const values = new Values(columns, new Map(), constants, { code: read, text: read, present: read });
  const into: Stmt[] = [];
  const value = values.orNull(finish, into);
  return compile(constants, `return (x) => { ${printJavaScript(into)} return ${printJavaScriptExpression(value)}; };`);
}
