/** A filter and expressions framed as JavaScript that gives the values of the rows that pass, column by column. */

import type { ColumnBounds } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import { Constants } from './constants.js';
import { oneRow } from './decode-lua.js';
import { type Stmt, scoped, TRUE, when } from './ir.js';
import { prologue, readRow } from './js-frame.js';
import { printJavaScript, printJavaScriptExpression } from './print.js';
import type { KernelColumn } from './shape.js';
import { Values } from './values.js';

export interface RowsKernel {
  readonly source: string;
  readonly constants: Constants;
}

/** The kernel returns an array of values (null for null) for each expression. */
export function rowsKernel(
  columns: readonly KernelColumn[],
  filter: TypedExpr | undefined,
  exprs: readonly TypedExpr[],
  bounds: ColumnBounds,
): RowsKernel {
  const constants = new Constants();
  const values = new Values(columns, bounds, constants, oneRow);
  const into: Stmt[] = [];
  const passes = filter === undefined ? TRUE : values.isTrue(filter, into);
  const kept = values.inner(into);
  for (const [i, expr] of exprs.entries()) {
    const own = values.inner(kept);
    const value = values.orNull(expr, own);
    const push: Stmt = { s: 'raw', lua: '', js: `out[${i}].push(${printJavaScriptExpression(value)});` };
    kept.push(...scoped([...own, push]));
  }
  const row = printJavaScript([...into, ...when(passes, kept)]);
  const source = [
    ...prologue(columns, constants),
    `const out = [${exprs.map(() => '[]').join(', ')}];`,
    'for (let r = 0; r < n; r++) {',
    ...readRow(columns),
    row,
    '}',
    'return out;',
  ].join('\n');
  return { source, constants };
}
