/** Chunks that lie nowhere: packed, described, and computed on in this process alone. */
import { locateNumber } from '../../../src/codegen/constants.js';
import { type RowsFound, type RowsInput, type RowsKernel, rowsKernel } from '../../../src/codegen/js-rows.js';
import { compileJavaScript } from '../../../src/codegen/js-runtime.js';
import { kernelColumns } from '../../../src/codegen/shape.js';
import { sliceColumn } from '../../../src/engine/client-side.js';
import type { ColumnBounds } from '../../../src/expr/bounds.js';
import type { Physical, TypedExpr } from '../../../src/expr/typed.js';
import { type EncodedColumn, encodeColumn } from '../../../src/storage/encode.js';
import { fromPhysical, toPhysical } from '../../../src/storage/schema.js';
import type { BatchColumn, ChunkMeta, ColumnChunk, ColumnType, TableSnapshot } from '../../../src/storage/types.js';
import type { OracleTable, Stored } from './table.js';

export interface PureChunk {
  readonly chunk: ChunkMeta;
  readonly buffers: readonly EncodedColumn[];
}

/** The chunks of a table. */
export function pureChunks({ columns, rows, chunkRows }: OracleTable): {
  snapshot: TableSnapshot;
  chunks: PureChunk[];
} {
  const chunks: PureChunk[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += chunkRows) {
    const end = Math.min(rows, firstRow + chunkRows);
    const buffers = columns.map(({ type, values }) =>
      encodeColumn(type, batchColumn(type, values.slice(firstRow, end))),
    );
    chunks.push({
      buffers,
      chunk: {
        index: chunks.length,
        slot: 0,
        tag: 'tag',
        writeId: 'w',
        rows: end - firstRow,
        firstRow,
        columns: buffers.map(({ meta }) => meta),
      },
    });
  }
  const snapshot: TableSnapshot = {
    name: 'pure',
    tableId: 'pure',
    version: 1,
    prefix: 'sf',
    seed: 0,
    chunkRows,
    schema: columns.map(({ name, type }, i) => ({ name, type, id: String(i) })),
    chunks: chunks.map(({ chunk }) => chunk),
    rows,
  };
  return { snapshot, chunks };
}

function batchColumn(type: ColumnType, values: readonly Stored[]): BatchColumn {
  const checked = values.map((value) =>
    value === null ? null : toPhysical(type, fromPhysical(type, value), { row: 0, column: 'c' }),
  );
  const valid = checked.includes(null) ? { valid: Uint8Array.from(checked, (value) => Number(value !== null)) } : {};
  if (type !== 'utf8')
    return { kind: 'number', values: Float64Array.from(checked, (value) => Number(value ?? 0)), ...valid };
  const dictionary = [...new Set(checked.map((value) => String(value ?? '')))];
  const places = new Map(dictionary.map((text, i) => [text, i]));
  const codes = Int32Array.from(checked, (value) => places.get(String(value ?? '')) as number);
  return { kind: 'string', codes, dictionary, ...valid };
}

/** Values of expressions for the rows of a chunk that pass a filter. */
export function evaluate(
  snapshot: TableSnapshot,
  { chunk, buffers }: PureChunk,
  { filter, exprs, bounds }: { filter?: TypedExpr; exprs: readonly TypedExpr[]; bounds: ColumnBounds },
): readonly (readonly Physical[])[] {
  const columns = kernelColumns({ columns: snapshot.schema.map((_, i) => i) }, snapshot.schema, chunk);
  const kernel: RowsKernel = rowsKernel(columns, filter, exprs, bounds);
  const slice = { chunk, firstRow: 0, rows: chunk.rows };
  const input: RowsInput = {
    from: 0,
    skip: 0,
    limit: Number.POSITIVE_INFINITY,
    rows: chunk.rows,
    columns: columns.map((column, i) => sliceColumn(column, slice, buffers[i] as EncodedColumn)),
    numbers: kernel.constants.numbers,
    strings: kernel.constants.strings,
    sets: kernel.constants.sets.map(({ values }) => values),
    thresholds: kernel.constants.thresholds.flatMap(({ index, value }) =>
      locateNumber(chunk.columns[index] as ColumnChunk, value),
    ),
    strides: [],
  };
  return compileJavaScript<RowsFound>(kernel.source)(input).columns;
}
