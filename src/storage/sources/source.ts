/** What every reader of a user's data gives the writer, and the wishes about columns that they share. */
import { type Batch, CHUNK_ROWS, type ColumnType } from '../types.js';

export interface SourceField {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * Data on its way in: its columns, known before the first row is read, and its rows as batches in their own order.
 * Nothing is read ahead of the consumer but one batch.
 */
export interface Source {
  readonly fields: readonly SourceField[];
  readonly batches: AsyncIterable<Batch>;
  /** Number of rows, where it is known beforehand. */
  readonly rows?: number;
}

export interface ColumnWishes {
  /** Column types that replace the inferred ones, by column name (as in the data, or as renamed). */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** New column names by the names in the data. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Cut timestamps finer than a millisecond (towards the past) instead of refusing them. */
  readonly truncate?: boolean;
  /** In CSV a quoted empty field (`""`) is an empty text, and only one without quotes null. Else both are null. */
  readonly emptyText?: boolean;
}

/** Most rows of one batch: a full chunk, so that a writer with the usual chunk size need not join batches. */
export const BATCH_ROWS = CHUNK_ROWS;

const BATCH_VALUES = 2 ** 23;

/** Rows of a batch of so many columns: fewer where there are more than 129, so that wide tables do not fill the memory. */
export function batchRows(columns: number): number {
  return Math.min(BATCH_ROWS, Math.max(1024, Math.floor(BATCH_VALUES / Math.max(1, columns))));
}

/** A batch ends early where its strings weigh more than this, so that long texts do not fill the memory. */
export const BATCH_TEXT_BYTES = 16 * 2 ** 20;
