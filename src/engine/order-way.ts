/** How rows of an order are found: by heaps in the shards where few are asked for, else sorted here, or in passes where they are many. */

import { indexesOf, type OrderBy } from '../codegen/rows-shape.js';
import { mayFail } from '../expr/conditions.js';
import type { RowSpec } from '../plan/rows-spec.js';
import { CHUNK_ROWS, type ColumnChunk } from '../storage/types.js';
import { isLocal } from './local-table.js';
import type { RunOptions } from './options.js';
import { bytesStored } from './receipt.js';

/** Rows that a heap keeps at most; for more, all rows are sorted. */
export const MAX_TOP_ROWS = CHUNK_ROWS;
/** Bytes of rows that a sort holds at once. */
export const SORT_MEMORY = 512 * 2 ** 20;
/** What a value takes while it is held, however narrow it is stored: its place in an array, and in the copy that a sort makes. */
const VALUE_BYTES = 16;
/** Heaps pay as long as their keys weigh no more than this share of the columns that they come from. */
const HEAP_SHARE = 0.5;
/** Rows up to which they pay where the columns are pulled anyway. */
const FEW_PULLED_ROWS = 4096;

export interface OrderAsked {
  readonly order: readonly OrderBy[];
  /** Rows from the start of the order; undefined for all. */
  readonly most: number | undefined;
  readonly side?: RunOptions['side'];
  /** Parts of a union, which share the memory. */
  readonly parts: number;
}

export function orderWay(spec: RowSpec, { order, most, side = 'auto', parts }: OrderAsked): 'heap' | 'sort' | 'passes' {
  const fits = isLocal(spec.snapshot) || bytesHeld(spec, order) <= SORT_MEMORY / parts;
  if (most === undefined || most > MAX_TOP_ROWS) return fits ? 'sort' : 'passes';
  // Outputs that may fail must be computed of the rows that the limit leaves, and of no others.
  const fails = spec.outputs.some(({ expr }) => mayFail(expr));
  if (!fits || fails || side === 'shards' || isLocal(spec.snapshot)) return 'heap';
  if (side === 'client') return most > FEW_PULLED_ROWS ? 'sort' : 'heap';
  // How many rows pass a filter is not known; those that do not weigh nothing on either way.
  if (spec.filter !== undefined) return 'heap';
  const keys = indexesOf(
    order.map(({ expr }) => expr),
    spec.columns,
  );
  const weight = spec.chunks.reduce((sum, chunk) => sum + bytesStored(chunk, keys), 0);
  return heapBytes(spec, order, most) > HEAP_SHARE * weight ? 'sort' : 'heap';
}

/** What the rows of an order take while they are held here, were none of them filtered out: values, and the bytes of strings. */
export function bytesHeld(spec: RowSpec, order: readonly OrderBy[]): number {
  const { filter, outputs, columns: read, chunks } = spec;
  const columns = indexesOf([filter, ...outputs.map(({ expr }) => expr), ...order.map(({ expr }) => expr)], read);
  const values = outputs.length + order.length;
  return chunks.reduce((sum, chunk) => sum + chunk.rows * values * VALUE_BYTES + bytesStored(chunk, columns), 0);
}

/**
 * Bytes of the entries that heaps send, where good rows lie anywhere: all of the first k rows, and then those that are better than
 * the kth so far, of which there is one among k in the next row, fewer and fewer: k (1 + ln(n / k)).
 */
export function heapBytes({ chunks }: RowSpec, order: readonly OrderBy[], most: number): number {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const [first] = chunks;
  if (first === undefined || rows === 0 || most === 0) return 0;
  const widths = order.map(({ expr }) =>
    expr.kind === 'column' ? (first.columns[expr.index] as ColumnChunk).bytes / first.rows : 8,
  );
  const entry = ROW_BYTES + widths.reduce((sum, width) => sum + width, 0);
  return Math.min(most, rows) * (1 + Math.log(Math.max(1, rows / most))) * entry;
}

/** Of the number of a row within its slice. */
const ROW_BYTES = 2;
