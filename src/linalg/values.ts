/** A vector's values on their way in and out. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RunOptions } from '../engine/options.js';
import { unitProgress } from '../engine/progress.js';
import { ReceiptBuilder } from '../engine/receipt.js';
import { runTasks } from '../engine/schedule.js';
import { ShardfoldError } from '../errors.js';
import { decodeColumn } from '../storage/decode.js';
import { readColumns } from '../storage/read.js';
import { invalidValue } from '../storage/schema.js';
import { type Batch, CHUNK_ROWS, type ColumnChunk, type NumberColumn, type TableSnapshot } from '../storage/types.js';
import type { Reduced } from './reduce.js';
import { storedBytes } from './sources.js';

/** Numbers as a user hands them in. */
export type VectorData = ArrayLike<number> | Iterable<number>;

/** All values, pulled chunk by chunk. */
export async function readValues(
  link: ClusterLink,
  snapshot: TableSnapshot,
  options: RunOptions,
  context: CallContext,
): Promise<Reduced<Float64Array>> {
  const receipt = new ReceiptBuilder(snapshot);
  receipt.because('the values are asked for');
  const values = new Float64Array(snapshot.rows);
  const done = unitProgress(snapshot.chunks, options);
  const schedule = { ...options, sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, snapshot.chunks, schedule, async ({ chunk }, shard, inner) => {
    const [column] = await readColumns(link, snapshot, chunk, [0], inner);
    const meta = chunk.columns[0] as ColumnChunk;
    values.set(
      (decodeColumn(meta, chunk.rows, column as NonNullable<typeof column>) as NumberColumn).values,
      chunk.firstRow,
    );
    receipt.computed(shard, 'client');
    done(chunk.rows);
    return 0;
  });
  return { result: values, receipt: receipt.finish(context.tally, storedBytes(snapshot)) };
}

/** The data as batches of one column. @throws INVALID_VALUE naming the first element that is no number */
export function* vectorBatches(data: VectorData): Generator<Batch> {
  if (isNumberArray(data)) {
    for (let from = 0; from < data.length; from += CHUNK_ROWS) {
      yield batch(Float64Array.from(data.subarray(from, from + CHUNK_ROWS)));
    }
    return;
  }
  let [values, filled, row] = [new Float64Array(CHUNK_ROWS), 0, 0];
  for (const value of iterable(data)) {
    if (typeof value !== 'number') {
      const place = { row, column: 'value' };
      throw invalidValue('float64', String(value), place, 'not a number', 'a vector holds numbers alone; NaN is one');
    }
    values[filled++] = value;
    row += 1;
    if (filled < CHUNK_ROWS) continue;
    yield batch(values);
    [values, filled] = [new Float64Array(CHUNK_ROWS), 0];
  }
  yield batch(values.subarray(0, filled));
}

const batch = (values: Float64Array): Batch => ({ rows: values.length, columns: [{ kind: 'number', values }] });

type NumberArray = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>;

function isNumberArray(data: unknown): data is NumberArray {
  if (!ArrayBuffer.isView(data)) return false;
  return !(data instanceof DataView || data instanceof BigInt64Array || data instanceof BigUint64Array);
}

function iterable(data: VectorData): Iterable<unknown> {
  if (typeof data === 'object' && data !== null) {
    if (Symbol.iterator in data) return data;
    if ('length' in data && Number.isInteger(data.length)) return Array.from(data);
  }
  throw new ShardfoldError('INVALID_ARGUMENT', `a vector cannot be made of ${data === null ? 'null' : typeof data}`, {
    hint: 'a Float64Array, an array of numbers, or an iterable of them',
  });
}
