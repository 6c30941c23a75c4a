/** The columns of a chunk as JavaScript kernels read them: pulled from the shard that holds it, or kept in this process. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { SliceColumn } from '../codegen/js-kernel.js';
import type { Slice } from '../codegen/kernel.js';
import type { KernelColumn } from '../codegen/shape.js';
import { rowCodes } from '../storage/numbered.js';
import { readColumns } from '../storage/read.js';
import type { ColumnChunk, TableSnapshot } from '../storage/types.js';
import { sliceColumn } from './client-side.js';
import { isLocal } from './local-table.js';

/** @param slice whole chunks alone where the table is local */
export async function chunkColumns(
  link: ClusterLink,
  { snapshot, columns }: { readonly snapshot: TableSnapshot; readonly columns: readonly KernelColumn[] },
  slice: Slice,
  context: CallContext,
): Promise<SliceColumn[]> {
  if (isLocal(snapshot)) {
    const kept = snapshot.local[slice.chunk.index] as readonly SliceColumn[];
    return columns.map(({ index }) => kept[index] as SliceColumn);
  }
  const stored = columns.filter(({ made }) => !made);
  const indexes = stored.map(({ index }) => index);
  const buffers = await readColumns(link, snapshot, slice.chunk, indexes, context);
  return columns.map((column) => {
    if (column.made) return madeColumn(column, slice);
    return sliceColumn(column, slice, buffers[stored.indexOf(column)] as (typeof buffers)[number]);
  });
}

function madeColumn({ index }: KernelColumn, { chunk, firstRow, rows }: Slice): SliceColumn {
  const { base, step } = chunk.columns[index] as ColumnChunk;
  return { values: rowCodes(chunk.rows).subarray(firstRow, firstRow + rows), base, step, entries: 0 };
}
