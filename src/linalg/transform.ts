/** Rows that are changed and written as another matrix: less a row that is the same for all, times small matrices. */

import { KERNELS } from '../kernels/index.js';
import type { TableSnapshot } from '../storage/types.js';
import { callKernel } from './call.js';
import { type Change, changeHere, packedChange } from './change.js';
import type { Work } from './matrix-elementwise.js';
import { checkMatrixTarget, type MatrixSnapshot, type Shape } from './matrix-open.js';
import { readArea } from './matrix-read.js';
import { type MatrixWrite, writeMatrix } from './matrix-set.js';
import { canProject, goAlong, projectInto, saveBytes } from './project.js';
import type { VectorReceipt } from './receipt.js';
import { overRows, RowAccount } from './row-calls.js';
import type { Dense } from './shapes.js';
import { Resident } from './sources.js';
import { addTile } from './tiles.js';

/** Numbers that are held of the result at once: 32 MiB. */
const HELD = 2 ** 22;
/** Multiply-adds of a call, as in matrix-matmul.ts. */
const CALL_WORK = 90_000;

/**
 * Writes the changed rows as the matrix `into`: in the shards where `canProject` says so, else from here, 32 MiB of them at a time. Where
 * the factors weigh more than the rows (Q beyond 31 columns) or take more than 64 KiB each, the rows are pulled and multiplied here.
 */
export async function transformInto(
  work: Work,
  matrix: MatrixSnapshot,
  { change, into, write, held = HELD, operands = [] }: Transformation,
): Promise<VectorReceipt> {
  const shapes = change.factors.map(({ shape }) => shape);
  const small = goAlong(shapes) && saveBytes(shapes);
  if (!write.fromHere && small && canProject(matrix, shapes)) {
    await checkMatrixTarget(work.link, into, work.context);
    return projectInto(work, matrix, { change, into, write, operands });
  }
  const [, cols] = shapes.at(-1) as Shape;
  const account = new RowAccount(work, matrix, 1);
  if (!small) account.receipt.because('the matrices on the right side weigh more than the rows');
  const part = small ? inShards : here;
  const many = Math.max(1, Math.floor(held / Math.max(cols, matrix.cols)));
  async function* runs(): AsyncGenerator<Float64Array> {
    for (let from = 0; from < matrix.rows; from += many) {
      yield await part(work, matrix, { change, account, from, to: Math.min(from + many, matrix.rows) });
    }
  }
  const written = await writeMatrix(
    work.link,
    into,
    { cols, runs: runs(), operands: [matrix.table, ...operands] },
    write,
    work.context,
  );
  return { ...account.finish(), written };
}

interface Transformation {
  readonly change: Change;
  readonly into: string;
  readonly write: MatrixWrite;
  /** Tables that the factors come from. */
  readonly operands?: readonly TableSnapshot[];
  /** Numbers that are held at once. */
  readonly held?: number;
}

interface Part {
  readonly change: Change;
  readonly account: RowAccount;
  readonly from: number;
  readonly to: number;
}

async function inShards(work: Work, matrix: MatrixSnapshot, { change, account, ...rows }: Part): Promise<Float64Array> {
  const { cols, table } = matrix;
  const width = (change.factors.at(-1) as Dense).shape[1];
  const values = new Float64Array((rows.to - rows.from) * width);
  const params = { cols, columns: { from: 0, width: cols }, ...packedChange(change) };
  const source = new Resident(table);
  const products = change.factors.reduce((sum, { shape: [k, n] }) => sum + k * n + 6 * k + 8 * n, 0);
  const rowsOfCall = Math.max(8, 8 * Math.floor(CALL_WORK / products / 8));
  await overRows(work, matrix, { rowsOfCall, rows, account }, async (call, shard, inner) => {
    const kernelCall = { kernel: KERNELS.matmul, params, sources: [source] };
    const { partial, microseconds } = await callKernel(work.link, kernelCall, call, inner);
    account.receipt.call(shard, microseconds);
    addTile(values, width, partial, { row: call.chunk.firstRow / cols + call.firstRow - rows.from, col: 0, width });
    return microseconds;
  });
  return values;
}

async function here(work: Work, matrix: MatrixSnapshot, { change, account, from, to }: Part): Promise<Float64Array> {
  const { cols } = matrix;
  const { result } = await readArea(work.link, matrix, { r0: from, r1: to, c0: 0, c1: cols }, work.context);
  account.pulled(work.link, matrix, { from, to });
  return changeHere({ data: result, shape: [to - from, cols] }, change).data;
}
