/** Matrices on their way in. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { IntoReceipt } from '../engine/results/into-types.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { Beyond } from '../kernels/project.js';
import type { Batch } from '../storage/types.js';
import { writeTable } from '../storage/write.js';
import type { MatrixSource } from './matrix-data.js';
import {
  checkMatrixTarget,
  chunkValues,
  type MatrixSnapshot,
  type MatrixType,
  matrixFields,
  openMatrix,
  showShape,
} from './matrix-open.js';
import { checkNewest } from './overtaken.js';
import type { VectorWriteOptions } from './run.js';
import { storedBytes } from './sources.js';

export interface MatrixWrite {
  readonly type: MatrixType;
  /** Name of a matrix of as many columns, beside whose blocks these shall lie. */
  readonly alignWith: string | undefined;
  readonly waitReplicas: number | undefined;
  readonly graceMs: number | undefined;
  /** From this process even where it could be made in the shards: the bits are the same. */
  readonly fromHere?: boolean;
}

/** How a result is written: where the writer chooses. */
export const writeOf = ({
  type,
  waitReplicas,
  graceMs,
}: VectorWriteOptions & { readonly type?: MatrixType }): MatrixWrite => ({
  type: checkType(type),
  alignWith: undefined,
  waitReplicas,
  graceMs,
});

/** Writes numbers as a matrix; readers see it whole or not at all. @returns what a receipt says of it */
export async function writeMatrix(
  link: ClusterLink,
  name: string,
  { cols, runs, operands = [] }: MatrixSource,
  { type, alignWith, waitReplicas, graceMs }: MatrixWrite,
  context: CallContext,
): Promise<IntoReceipt['written']> {
  await checkMatrixTarget(link, name, context);
  const beside = alignWith === undefined ? undefined : await openBeside(link, alignWith, cols, context);
  const write = {
    fields: matrixFields(cols, type),
    mode: 'replace' as const,
    chunkRows: beside ? beside.blockRows * cols : chunkValues(cols),
    ...(alignWith !== undefined && { alignWith }),
    ...(waitReplicas !== undefined && { waitReplicas }),
    ...(graceMs !== undefined && { graceMs }),
  };
  // What it lies beside must be what its blocks are cut by.
  const own = [...operands.filter((operand) => operand.name === name), ...(beside ? [beside.table] : [])];
  async function* flow(): AsyncGenerator<Batch> {
    for (const table of own) await checkNewest(link, table, context);
    yield* batches(runs, cols, type);
  }
  const table = await writeTable(link, name, flow(), write, context);
  return { way: 'client', rows: table.rows / cols, bytes: storedBytes(table) };
}

/** @throws SHAPE_MISMATCH where the blocks of the other matrix are of other rows */
async function openBeside(
  link: ClusterLink,
  name: string,
  cols: number,
  context: CallContext,
): Promise<MatrixSnapshot> {
  const other = await openMatrix(link, name, context);
  if (other.cols === cols) return other;
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `a matrix of ${cols} columns cannot lie beside "${name}" of shape ${showShape(other)}`,
    { hint: 'blocks of as many rows need as many columns: leave alignWith out' },
  );
}

async function* batches(runs: MatrixSource['runs'], cols: number, type: MatrixType): AsyncGenerator<Batch> {
  let first = 0;
  for await (const values of runs) {
    if (type === 'float32') checkRange(values, first, cols);
    first += values.length;
    yield { rows: values.length, columns: [{ kind: 'number', values }] };
  }
}

/** A value beyond float32 would become an infinity in silence. */
function checkRange(values: Float64Array, first: number, cols: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value) || Number.isFinite(Math.fround(value))) continue;
    throw beyondFloat32({ row: Math.floor((first + i) / cols), column: (first + i) % cols, value });
  }
}

export const beyondFloat32 = ({ row, column, value }: Beyond): ShardfoldError =>
  new ShardfoldError('INVALID_VALUE', `row ${row}, column c${column}: ${value} is beyond the range of float32`, {
    hint: "type: 'float64', the default",
  });

/** @throws INVALID_ARGUMENT */
export function checkType(type: unknown): MatrixType {
  if (type === undefined) return 'float64';
  if (type === 'float64' || type === 'float32') return type;
  throw new ShardfoldError('INVALID_ARGUMENT', `type is ${showValue(type)}`, { hint: "'float64' or 'float32'" });
}
