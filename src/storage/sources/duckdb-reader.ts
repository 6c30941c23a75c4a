/** How one column of DuckDB's data chunks comes into batches. */
import type { ValuePlace } from '../schema.js';
import type { BatchColumn } from '../types.js';
import type { Vector } from './duckdb-vector.js';

/** Rows [from, to) of a vector, to be put at row `at` of the batch; `row` is the number of the first in the source. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly row: number;
}

export interface ColumnReader {
  /** Starts a batch of at most BATCH_ROWS rows. */
  begin(): void;
  read(vector: Vector, run: Run): void;
  finish(rows: number): BatchColumn;
  /** Bytes of strings held by the batch. */
  readonly textBytes: number;
}

export function placeOf(column: string, index: number, run: Run): ValuePlace {
  return { row: run.row + index - run.from, column };
}
