/** Norms of a matrix, its rows and its columns. */

import { checkOptions } from '../engine/check-options.js';
import { ShardfoldError, showValue } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import type { LineParams } from '../kernels/lines.js';
import { scaleFor } from '../kernels/norm.js';
import { joined, reduceColumns } from './matrix-columns.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { CALL_VALUES, stripesOf, walk } from './matrix-walk.js';
import { type Reduced, reduce } from './reduce.js';
import { magnitudeOf, Resident } from './sources.js';

export interface LineNorms {
  readonly axis: 'rows' | 'cols';
  /** The norm, 2 by default: 1, 2 or Infinity. */
  readonly p?: number | undefined;
}

/** @throws INVALID_ARGUMENT */
export function checkNorms(norms: LineNorms): { axis: 'rows' | 'cols'; p: number } {
  if (typeof norms !== 'object' || norms === null) {
    throw new ShardfoldError('INVALID_ARGUMENT', `norms of ${showValue(norms)}`, {
      hint: "of rows or columns: { axis: 'rows' } or { axis: 'cols' }; norm() is that of the whole matrix",
    });
  }
  checkOptions(norms, Object.keys({ axis: true, p: true } satisfies Record<keyof LineNorms, true>));
  const { axis, p = 2 } = norms;
  if (axis !== 'rows' && axis !== 'cols') {
    throw new ShardfoldError('INVALID_ARGUMENT', `axis is ${showValue(axis)}`, { hint: "'rows' or 'cols'" });
  }
  if (p !== 1 && p !== 2 && p !== Number.POSITIVE_INFINITY) {
    throw new ShardfoldError('INVALID_ARGUMENT', `p is ${showValue(p)}`, { hint: '1, 2 or Infinity' });
  }
  return { axis, p };
}

/** A norm a row, or a norm a column. */
export async function lineNorms(
  work: Work,
  matrix: MatrixSnapshot,
  norms: ReturnType<typeof checkNorms>,
): Promise<Reduced<Float64Array>> {
  if (norms.axis === 'rows') return rowNorms(work, matrix, norms.p);
  const { results, receipt } = await reduceColumns(work, matrix, KERNELS.lines, (stripe): LineParams => {
    return { ...stripe, ...norms };
  });
  return { result: joined(results), receipt };
}

async function rowNorms(work: Work, matrix: MatrixSnapshot, p: number): Promise<Reduced<Float64Array>> {
  const { lines } = KERNELS;
  const result = new Float64Array(matrix.rows);
  const stripes = stripesOf(matrix.cols, CALL_VALUES).map((stripe): LineParams => ({ ...stripe, axis: 'rows', p }));
  const parts = new Map<number, Float64Array>();
  const receipt = await walk(work, matrix, {
    kernel: lines,
    stripes,
    take: ({ chunk, firstRow, stripe }, partial) => {
      const left = parts.get(chunk.index);
      const whole = stripe === 0 || left === undefined ? partial : lines.merge(left, partial);
      parts.set(chunk.index, whole);
      if (stripe < stripes.length - 1) return;
      result.set(lines.finish(whole, stripes[0] as LineParams), chunk.firstRow / matrix.cols + firstRow);
      parts.delete(chunk.index);
    },
  });
  return { result, receipt };
}

/**
 * A norm of the whole matrix: `fro`, √Σ a²; 1, the greatest 1-norm of a column; Infinity, the greatest 1-norm of a row.
 * @throws INVALID_ARGUMENT
 */
export async function matrixNorm(work: Work, matrix: MatrixSnapshot, kind: unknown): Promise<Reduced<number>> {
  if (kind === 'fro') return frobenius(work, matrix);
  if (kind !== 1 && kind !== Number.POSITIVE_INFINITY) {
    throw new ShardfoldError('INVALID_ARGUMENT', `the norm is ${showValue(kind)}`, {
      hint: "'fro', 1 or Infinity; the 2-norm is the greatest singular value",
    });
  }
  const { result, receipt } = await lineNorms(work, matrix, { axis: kind === 1 ? 'cols' : 'rows', p: 1 });
  return { result: result.reduce((most, value) => Math.max(most, value), 0), receipt };
}

async function frobenius({ link, run, context }: Work, { table }: MatrixSnapshot): Promise<Reduced<number>> {
  const params = { scale: scaleFor(magnitudeOf(table)) };
  return reduce(link, table, { kernel: KERNELS.norm, params, sources: [new Resident(table)] }, run, context);
}
