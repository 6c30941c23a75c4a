/** Vectors beside a matrix: numbers that the caller has, or a vector of the cluster by name. */

import { ShardfoldError, showValue } from '../errors.js';
import type { Work } from './matrix-elementwise.js';
import { openVector } from './open.js';
import { readValues } from './values.js';
import { Vector } from './vector.js';

export type VectorOperand = Float64Array | readonly number[] | Vector | string;

/** All of its numbers. @throws INVALID_ARGUMENT, INVALID_VALUE; TABLE_NOT_FOUND, SCHEMA_MISMATCH for what is no vector */
export async function numbersOf({ link, run, context }: Work, operand: VectorOperand): Promise<Float64Array> {
  if (operand instanceof Float64Array) return operand;
  if (typeof operand === 'string' || operand instanceof Vector) {
    const name = typeof operand === 'string' ? operand : operand.name;
    const { result } = await readValues(
      link,
      await openVector(link, name, context),
      { ...run, onProgress: undefined },
      context,
    );
    return result;
  }
  if (Array.isArray(operand)) {
    const wrong = operand.findIndex((value) => typeof value !== 'number');
    if (wrong < 0) return Float64Array.from(operand);
    throw new ShardfoldError('INVALID_VALUE', `element ${wrong} of the vector is ${showValue(operand[wrong])}`, {
      hint: 'numbers alone',
    });
  }
  throw new ShardfoldError('INVALID_ARGUMENT', `the vector is ${showValue(operand)}`, {
    hint: 'a Float64Array, an array of numbers, sf.vector(name), or its name',
  });
}
