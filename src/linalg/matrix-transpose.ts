/**
 * Aᵀ by way of this process: some columns of A at a time are cut out of its blocks and written as rows. A is read once; memory is
 * bounded by 16 MiB of numbers and a few blocks on their way.
 */

import { ReceiptBuilder } from '../engine/receipt.js';
import { runTasks } from '../engine/schedule.js';
import { ShardfoldError } from '../errors.js';
import type { Stripe } from '../kernels/stripes.js';
import type { NumberColumn } from '../storage/types.js';
import { readBatch } from '../storage/write.js';
import type { MatrixTarget, Work } from './matrix-elementwise.js';
import { MAX_COLS, type MatrixSnapshot, openMatrix, showShape } from './matrix-open.js';
import { writeMatrix } from './matrix-set.js';
import { readStripe } from './matrix-stripe.js';
import type { Reduced } from './reduce.js';
import { storedBytes } from './sources.js';

/** Numbers of a run of columns: 8 MiB, and as much again until the last ones are on their way. */
const HELD = 2 ** 20;

/** @throws SHAPE_MISMATCH for a matrix of no rows, or of more than a row of the result can hold */
export async function transposeMatrix(work: Work, name: string, target: MatrixTarget): Promise<Reduced<undefined>> {
  const { link, context } = work;
  const matrix = await openMatrix(link, name, context);
  const { table, rows, cols } = matrix;
  if (rows < 1 || rows > MAX_COLS) {
    throw new ShardfoldError(
      'SHAPE_MISMATCH',
      `matrix "${name}" of shape ${showShape(matrix)} has no transposed one, whose shape would be [${cols}, ${rows}]`,
      { hint: `a matrix has from 1 to ${MAX_COLS} columns` },
    );
  }
  const receipt = new ReceiptBuilder(table);
  receipt.because('rows become columns by way of this process');
  const source = { cols: rows, runs: columnRuns(work, matrix, receipt), operands: [table] };
  const { into, type = matrix.type, waitReplicas, graceMs } = target;
  const write = { type, alignWith: undefined, waitReplicas, graceMs };
  const written = await writeMatrix(link, into, source, write, context);
  return { result: undefined, receipt: { ...receipt.finish(context.tally, storedBytes(table)), written } };
}

/** Columns of A, one after the other. Begins once the write is staged. */
async function* columnRuns(work: Work, matrix: MatrixSnapshot, receipt: ReceiptBuilder): AsyncGenerator<Float64Array> {
  const { rows, cols } = matrix;
  const width = Math.max(1, Math.floor(HELD / rows));
  for (let first = 0; first < cols; first += width) {
    const stripe = { cols, first, width: Math.min(width, cols - first) };
    const isLast = first + width >= cols;
    yield await pullStripe(work, matrix, stripe, isLast ? receipt : undefined);
  }
}

/** @param receipt where this is the last stripe */
async function pullStripe(
  { link, run, context }: Work,
  matrix: MatrixSnapshot,
  stripe: Stripe,
  receipt: ReceiptBuilder | undefined,
): Promise<Float64Array> {
  const { table, rows, cols } = matrix;
  const { width } = stripe;
  const columns = new Float64Array(rows * width);
  const schedule = { ...run, sliceUnits: undefined, wholeChunks: () => true, context };
  await runTasks(link, table.chunks, schedule, async ({ chunk }, shard, inner) => {
    const [above, count] = [chunk.firstRow / cols, chunk.rows / cols];
    const values =
      width === cols
        ? ((await readBatch(link, table, chunk.index, inner)).columns[0] as NumberColumn).values
        : await readStripe(link, matrix, { chunk, firstRow: 0, rows: count, stripe }, inner);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < width; j++) columns[j * rows + above + i] = values[i * width + j] as number;
    }
    receipt?.computed(shard, 'client');
    return 0;
  });
  return columns;
}
