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
  /** Starts a batch of at most so many rows. */
  begin(capacity: number): void;
  read(vector: Vector, run: Run): void;
  finish(rows: number): BatchColumn;
  /** About how many bytes of strings the batch has added. */
  readonly textBytes: number;
}

export function placeOf(column: string, index: number, run: Run): ValuePlace {
  return { row: run.row + index - run.from, column };
}
