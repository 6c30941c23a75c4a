/** Vectors beside a matrix: numbers that the caller has, or a vector of the cluster by name. */

import { ShardfoldError, showValue } from '../errors.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { openVector } from './open.js';
import { checkLength } from './shapes.js';
import { readValues } from './values.js';
import { Vector } from './vector.js';

export type VectorLike = Float64Array | readonly number[] | Vector | string;

/** Beside what a vector stands: how many numbers it needs, and how messages call it. */
export interface Beside {
  readonly what: string;
  readonly length: number;
  readonly matrix: MatrixSnapshot;
}

/**
 * All of its numbers; a vector's are read where their count is right.
 * @throws SHAPE_MISMATCH, INVALID_ARGUMENT, INVALID_VALUE; TABLE_NOT_FOUND, SCHEMA_MISMATCH for what is no vector
 */
export async function numbersOf(work: Work, operand: VectorLike, beside: Beside): Promise<Float64Array> {
  const { what, length, matrix } = beside;
  if (typeof operand === 'string' || operand instanceof Vector) {
    const name = typeof operand === 'string' ? operand : operand.name;
    const vector = await openVector(work.link, name, work.context);
    checkLength(what, vector.rows, length, matrix);
    const { result } = await readValues(work.link, vector, { ...work.run, onProgress: undefined }, work.context);
    return result;
  }
  if (!(operand instanceof Float64Array || Array.isArray(operand))) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${what} is ${showValue(operand)}`, {
      hint: 'a Float64Array, an array of numbers, sf.vector(name), or its name',
    });
  }
  checkLength(what, operand.length, length, matrix);
  if (operand instanceof Float64Array) return operand;
  const wrong = operand.findIndex((value) => typeof value !== 'number');
  if (wrong < 0) return Float64Array.from(operand);
  throw new ShardfoldError('INVALID_VALUE', `element ${wrong} of ${what} is ${showValue(operand[wrong])}`, {
    hint: 'numbers alone; NaN is one',
  });
}
