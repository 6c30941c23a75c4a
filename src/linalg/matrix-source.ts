/** Which kind of data a matrix is made of. */

import type { CollectOptions } from '../engine/options.js';
import { ShardfoldError, showValue } from '../errors.js';
import {
  checkShape,
  flatSource,
  isNumberArray,
  type MatrixRows,
  type MatrixSource,
  type NumberArray,
  rowLength,
  rowRuns,
} from './matrix-data.js';
import type { Shape } from './matrix-open.js';
import { type ArrowLike, arrowMatrix, isArrow, isQuery, type QueryLike, queryMatrix } from './matrix-tables.js';
import { isNpy, type NpyInput, npySource } from './npy-read.js';

/** What `set` takes: numbers row by row with a shape, rows, a file of NumPy, or columns of numbers. */
export type MatrixData = NumberArray | readonly number[] | MatrixRows | NpyInput | ArrowLike | QueryLike;

/** @throws INVALID_ARGUMENT for what a matrix cannot be made of; SHAPE_MISMATCH, INVALID_VALUE */
export async function matrixSource(
  data: unknown,
  shape: Shape | undefined,
  options: Pick<CollectOptions, 'timeout' | 'signal'>,
): Promise<MatrixSource> {
  if (shape !== undefined) checkShape(shape);
  if (isNumberArray(data) || (Array.isArray(data) && isFlat(data, shape))) {
    if (shape === undefined) throw needsShape();
    return flatSource(data, shape);
  }
  if (isQuery(data)) return queryMatrix(data, shape, options);
  if (isArrow(data)) return arrowMatrix(data, shape);
  if (isNpy(data)) return npySource(data, shape);
  if (isIterable(data)) return rowsSource(data, shape);
  throw new ShardfoldError('INVALID_ARGUMENT', `a matrix cannot be made of ${showValue(data)}`, {
    hint: 'a typed array with its shape, [rows, cols], an array of rows, { npy }, a query, or an Arrow table',
  });
}

/** Numbers; or nothing, where only a shape tells what there is nothing of. */
function isFlat(data: readonly unknown[], shape: Shape | undefined): boolean {
  return data.length === 0 ? shape !== undefined : !(Array.isArray(data[0]) || isNumberArray(data[0]));
}

/** The first row says how many columns there are. */
async function rowsSource(rows: MatrixRows, shape: Shape | undefined): Promise<MatrixSource> {
  const iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const first = await iterator.next();
  if (first.done && shape === undefined) throw needsShape();
  const cols = shape?.[1] ?? rowLength(first.value, 0);
  if (shape === undefined) checkShape([0, cols]);
  return {
    cols,
    runs: rowRuns(resumed(first, iterator), cols, shape),
    close: async () => void (await iterator.return?.()),
  };
}

async function* resumed<T>(first: IteratorResult<T>, iterator: Iterator<T> | AsyncIterator<T>): AsyncGenerator<T> {
  for (let step = first; !step.done; step = await iterator.next()) yield step.value;
}

function isIterable(data: unknown): data is MatrixRows {
  return typeof data === 'object' && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data);
}

const needsShape = (): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', 'these numbers have no shape', { hint: 'set(numbers, [rows, cols])' });
