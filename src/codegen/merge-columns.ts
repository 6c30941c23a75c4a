/** Merges of states that lie in columns, one a field, printed as JavaScript: shard and coordinator go up one tree with one arithmetic. */

import type { StateField } from '../aggregates/index.js';
import { at, type Stmt, variable } from './ir.js';
import { printJavaScript } from './print.js';
import type { Cells } from './state-code.js';

/** A field of the states of groups: numbers, or what else it is. */
export type StateColumn = Float64Array | StateField[];

/** Which groups of the left side those of the right side are: `to` says where they lie, from `known` on those that are new. */
export interface Meeting {
  readonly to: Uint32Array;
  readonly rows: number;
  readonly known: number;
}

/** The states of y, whose rows come after, into those of x; groups that are new in x are copied. */
export type Merge = (x: readonly StateColumn[], y: readonly StateColumn[], meeting: Meeting) => void;

/** The statements of a merge of group j of the right side into group i of the left one. */
export type MergeText = string | ((a: Cells, b: Cells) => readonly Stmt[]);

const known = new Map<string, Merge>();

/** The source of the function's body, of `x`, `y` and `meeting`. @param body over the fields x0[i], x1[i] …, y0[j], y1[j] … */
export function mergeSource(fields: number, body: MergeText): string {
  const cells = (side: 'x' | 'y') => (field: number) => at(`${side}${field}`, variable(side === 'x' ? 'i' : 'j'));
  const text = typeof body === 'string' ? body : printJavaScript(body(cells('x'), cells('y')));
  const names = Array.from({ length: fields }, (_, field) => field);
  return [
    `const ${names.map((field) => `x${field} = x[${field}], y${field} = y[${field}]`).join(', ')};`,
    'const { to, rows, known } = meeting;',
    'for (let j = 0; j < rows; j++) {',
    'const i = to[j];',
    `if (i < known) { ${text} }`,
    `else { ${names.map((field) => `x${field}[i] = y${field}[j];`).join(' ')} }`,
    '}',
  ].join('\n');
}

/** Compiles a merge; one function for what is written alike. */
export function mergeColumns(fields: number, body: MergeText): Merge {
  const source = mergeSource(fields, body);
  let merge = known.get(source);
  if (merge === undefined) {
    merge = new Function('x', 'y', 'meeting', `'use strict';\n${source}`) as Merge;
    known.set(source, merge);
  }
  return merge;
}
