/** A result kept in this process in the shape of a table: what stands above it in a plan runs over it on the client side. */

import type { ResultValue } from '../aggregates/index.js';
import type { SliceColumn } from '../codegen/js-kernel.js';
import type { Output } from '../plan/relation.js';
import { CHUNK_ROWS, type ChunkMeta, type ColumnChunk, type ColumnType, type TableSnapshot } from '../storage/types.js';
import { tooManyRows } from './too-many.js';

/** Values of rows, column by column in the order of the outputs. */
export type Columns = readonly (readonly ResultValue[])[];

export interface LocalTable extends TableSnapshot {
  /** By chunk and column. */
  readonly local: readonly (readonly SliceColumn[])[];
}

export const isLocal = (snapshot: TableSnapshot): snapshot is LocalTable => 'local' in snapshot;

/** Values of a result that is kept here at most; numbers take 16 bytes each until it is whole. */
const MAX_LOCAL_VALUES = 2 ** 26;

/** Takes batches up, column by column. */
export class LocalTableBuilder {
  readonly #outputs: readonly Output[];
  readonly #columns: ResultValue[][];
  readonly #most: number;

  constructor(outputs: readonly Output[], most = MAX_LOCAL_VALUES) {
    this.#outputs = outputs;
    this.#columns = outputs.map(() => []);
    this.#most = most;
  }

  /** @throws TOO_MANY_ROWS */
  add(batch: Columns): void {
    const rows = (this.#columns[0]?.length ?? 0) + (batch[0]?.length ?? 0);
    if (rows * this.#columns.length > this.#most) throw tooManyRows(rows, this.#columns.length, this.#most);
    for (const [i, values] of batch.entries()) {
      const column = this.#columns[i] as ResultValue[];
      for (const value of values) column.push(value);
    }
  }

  finish(): LocalTable {
    const rows = this.#columns[0]?.length ?? 0;
    const local: SliceColumn[][] = [];
    const chunks: ChunkMeta[] = [];
    for (let firstRow = 0; firstRow < rows; firstRow += CHUNK_ROWS) {
      const made = this.#columns.map((values, i) =>
        packColumn(this.#outputs[i] as Output, values.slice(firstRow, firstRow + CHUNK_ROWS)),
      );
      local.push(made.map(({ column }) => column));
      chunks.push({
        index: chunks.length,
        slot: 0,
        tag: '',
        writeId: '',
        rows: Math.min(CHUNK_ROWS, rows - firstRow),
        firstRow,
        columns: made.map(({ meta }) => meta),
      });
    }
    const schema = this.#outputs.map(({ name, type }, i) => ({ name, type: type as ColumnType, id: i.toString(36) }));
    const table = { name: '', tableId: '', version: 0, prefix: '', seed: 0, chunkRows: CHUNK_ROWS };
    return { ...table, schema, chunks, rows, local };
  }
}

function packColumn(
  { type }: Output,
  values: readonly ResultValue[],
): { readonly column: SliceColumn; readonly meta: ColumnChunk } {
  const isText = values.some((value) => value !== null && typeof value !== 'number') || type === 'utf8';
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, row) => {
    if (value === null) nullCount += 1;
    else bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    if (typeof value === 'number') [min, max] = [Math.min(min, value), Math.max(max, value)];
  });
  const column: SliceColumn = {
    values: isText ? [] : Float64Array.from(values as readonly number[], (value) => value ?? 0),
    ...(nullCount > 0 && { bits }),
    ...(isText && { text: (row: number) => values[row] as string }),
    base: 0,
    step: 0,
    entries: 0,
  };
  // Bounds serve whole numbers alone; floats and strings are not pruned here.
  const bounded = !isText && type !== 'float64' && type !== 'float32' && nullCount < values.length;
  const meta: ColumnChunk = {
    ...UNSTORED,
    encoding: isText ? 'plain' : 'f64',
    nullCount,
    min: bounded ? min : undefined,
    max: bounded ? max : undefined,
  };
  return { column, meta };
}

/** Nothing of it lies in a server. */
const UNSTORED = {
  base: 0,
  step: 0,
  bytes: 0,
  checksum: 0,
  validityBytes: 0,
  validityChecksum: 0,
  dictionaryBytes: 0,
  dictionaryChecksum: 0,
  dictionaryEntries: 0,
} as const;
