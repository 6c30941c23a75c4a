/** A filter and expressions framed as JavaScript that gives the values of the rows that pass, column by column. */

import type { ColumnBounds } from '../expr/bounds.js';
import type { Physical, TypedExpr } from '../expr/typed.js';
import type { Constants } from './constants.js';
import { oneRow } from './decode-lua.js';
import { type Stmt, scoped, TRUE, when } from './ir.js';
import { prologue, readRow } from './js-frame.js';
import type { KernelInput } from './js-kernel.js';
import { printJavaScript, printJavaScriptExpression } from './print.js';
import { RowParts } from './rows-shape.js';
import type { KernelColumn } from './shape.js';

export interface RowsKernel {
  readonly source: string;
  readonly constants: Constants;
}

/** What is asked of the kernel beside the rows themselves. */
export interface RowsInput extends KernelInput {
  /** The first row that counts, how many that pass are left out, and how many are wanted at most. */
  readonly from: number;
  readonly skip: number;
  readonly limit: number;
  /** Rows that are wanted; then nothing is filtered. */
  readonly list?: readonly number[];
}

export interface RowsFound {
  /** Rows that pass, also those that were left out; beyond the limit none is counted. */
  readonly passed: number;
  readonly rows: readonly number[];
  /** Values of each expression (null for null) for each of the rows. */
  readonly columns: readonly (readonly Physical[])[];
}

const BLOCK = 64;

/** The kernel looks as far as the Lua one does: to the end of the block of 64 rows in which it has enough. */
export function rowsKernel(
  columns: readonly KernelColumn[],
  filter: TypedExpr | undefined,
  exprs: readonly TypedExpr[],
  bounds: ColumnBounds,
): RowsKernel {
  const parts = new RowParts(columns, bounds);
  const values = parts.values(oneRow);
  const into: Stmt[] = [];
  const passes = filter === undefined ? TRUE : values.isTrue(filter, into);
  const found: Stmt = { s: 'raw', lua: '', js: 'R.push(r);' };
  const test = printJavaScript([...into, ...when(passes, [found])]);
  const outputs = exprs.flatMap((expr, i) => {
    const own: Stmt[] = [];
    const value = parts.values(oneRow).orNull(expr, own);
    const store: Stmt = { s: 'raw', lua: '', js: `O${i}[i] = ${printJavaScriptExpression(value)};` };
    return [
      `const O${i} = new Array(m);`,
      'for (let i = 0; i < m; i++) { const r = R[i];',
      ...readRow(parts.columnsOf(expr)),
      printJavaScript([...scoped([...own, store])]),
      '}',
    ];
  });
  const whole = passes === TRUE;
  const source = [
    ...prologue(columns, parts.constants),
    'const { from, skip, limit, list } = input, want = skip + limit;',
    'let R = [];',
    'if (list !== undefined) R = list;',
    ...(whole
      ? ['else for (let r = from, last = Math.min(n, from + want); r < last; r++) R.push(r);']
      : [
          `else for (let first = floor(from / ${BLOCK}) * ${BLOCK}; first < n; first += ${BLOCK}) {`,
          `for (let r = first, last = Math.min(first + ${BLOCK}, n); r < last; r++) {`,
          ...readRow(parts.columnsOf(filter)),
          test,
          '}',
          'if (first < from) R = R.filter((r) => r >= from);',
          'if (R.length >= want) break;',
          '}',
        ]),
    'const passed = R.length;',
    'if (list === undefined && (skip > 0 || R.length > want)) R = R.slice(skip, want);',
    'const m = R.length;',
    ...outputs,
    `return { passed, rows: R, columns: [${exprs.map((_, i) => `O${i}`).join(', ')}] };`,
  ].join('\n');
  return { source, constants: parts.constants };
}
