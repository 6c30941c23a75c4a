/**
 * Rows times small matrices, computed and written in the shards: block i of the result lies in the slot of block i of the matrix, and
 * nothing of it travels. The small matrices go along with every call.
 */

import { KERNELS } from '../kernels/index.js';
import type { Projected, ProjectParams } from '../kernels/project.js';
import type { TableSnapshot } from '../storage/types.js';
import { type Change, packedChange } from './change.js';
import type { Work } from './matrix-elementwise.js';
import { chunkValues, type MatrixSnapshot, matrixFields, type Shape } from './matrix-open.js';
import { beyondFloat32, type MatrixWrite } from './matrix-set.js';
import type { VectorReceipt } from './receipt.js';
import { Resident } from './sources.js';
import { type VectorWrite, writeInShards } from './write.js';

/** Matrices of more numbers (64 KiB) do not go along with calls. */
export const SMALL = 8192;
/** What one call of struct.unpack may give. */
export const WIDEST = 4096;
/** Chunks of fewer values would cost more for themselves than for what is in them. */
const LEAST_CHUNK = 4064;
/** Multiply-adds of a call: about a millisecond. Decoding a value takes as long as six of them, writing one as twelve. */
const CALL_WORK = 90_000;
const [DECODING, WRITING] = [6, 12];
/** Rows of the kernel's tiles. */
const TILE = 8;

/** Whether the matrices are small enough to go along with every call, and to be taken apart there. */
export const goAlong = (factors: readonly Shape[]): boolean =>
  factors.every(([inner, width]) => inner * width <= SMALL && inner <= WIDEST);

/** Whether sending them with every call moves fewer numbers than pulling its rows, and sending back what they become. */
export function saveBytes(factors: readonly Shape[]): boolean {
  const [[cols], [, width]] = [factors[0] as Shape, factors.at(-1) as Shape];
  const sent = factors.reduce((sum, [inner, n]) => sum + inner * n, 0);
  return sent <= rowsOfCall(factors) * (cols + width);
}

/** Whether the result's blocks lie well in the slots of the matrix's own: a result that is no wider, in chunks that are not crumbs. */
export function canProject({ table, cols, blockRows }: MatrixSnapshot, factors: readonly Shape[]): boolean {
  const [, width] = factors.at(-1) as Shape;
  const values = blockRows * width;
  const fits = width <= cols && (values >= LEAST_CHUNK || table.chunks.length <= 1);
  return fits && goAlong(factors);
}

export interface Projection {
  readonly change: Change;
  readonly into: string;
  readonly write: MatrixWrite;
  /** Tables that the factors come from. */
  readonly operands?: readonly TableSnapshot[];
}

/**
 * Writes the changed rows as the matrix `into`, aligned with the one that they are made of. What `into` is is for the caller to check.
 * @throws INVALID_VALUE where a result is beyond float32 and that is asked for; WRITE_CONFLICT, … as `writeInShards`
 */
export async function projectInto(
  { link, run, context }: Work,
  matrix: MatrixSnapshot,
  { change, into, write, operands = [] }: Projection,
): Promise<VectorReceipt> {
  const { table, cols } = matrix;
  const factors = change.factors.map(({ shape }) => shape);
  const [, width] = factors.at(-1) as Shape;
  const narrow = write.type === 'float32';
  const params: ProjectParams = { cols, ...packedChange(change), narrow, rowsBefore: 0 };
  const work: VectorWrite<ProjectParams, Projected> = {
    kernel: { ...KERNELS.project, decode: (reply) => checkRange(KERNELS.project.decode(reply)) },
    params,
    paramsOf: (chunk) => ({ ...params, rowsBefore: chunk.firstRow / cols }),
    sources: [new Resident(table)],
    operands,
    partRows: { from: cols, to: width, ofCall: rowsOfCall(factors) },
  };
  const { waitReplicas, graceMs } = write;
  const target = { into, fields: matrixFields(width, write.type), waitReplicas, graceMs };
  // Of one block nothing else tells how long blocks are to be: what is appended shall not come in crumbs.
  const alone = table.chunks.length <= 1 && { chunkRows: chunkValues(width) };
  return writeInShards(link, table, { ...work, ...target, ...alone }, run, context);
}

/**
 * As many rows as take a millisecond; where these are more than a tile of the kernel, whole tiles. Two factors of 64 KiB are worth
 * sending for a tile at least, which takes two milliseconds then.
 */
function rowsOfCall(factors: readonly Shape[]): number {
  const ofRow = factors.reduce((sum, [k, n]) => sum + k * n + DECODING * k, 0);
  const [, width] = factors.at(-1) as Shape;
  const fitting = Math.max(1, Math.floor(CALL_WORK / (ofRow + WRITING * width)));
  if (fitting < TILE) return factors.length > 1 ? TILE : fitting;
  return fitting - (fitting % TILE);
}

function checkRange(projected: Projected): Projected {
  if (projected.beyond) throw beyondFloat32(projected.beyond);
  return projected;
}
