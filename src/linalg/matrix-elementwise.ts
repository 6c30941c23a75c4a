/** Matrices computed from matrices, number by number, and written where they lie. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { RunOptions } from '../engine/options.js';
import { ShardfoldError, showValue } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import type { ColumnChunk } from '../storage/types.js';
import {
  checkMatrixTarget,
  type MatrixSnapshot,
  type MatrixType,
  matrixFields,
  openMatrix,
  showShape,
} from './matrix-open.js';
import type { VectorReceipt } from './receipt.js';
import type { Reduced } from './reduce.js';
import { Resident, type Source, sourceBeside } from './sources.js';
import { type VectorWrite, writeInShards } from './write.js';

/** What becomes of the result. */
export interface MatrixTarget {
  readonly into: string;
  /** By default float64, but float32 where all operands are. */
  readonly type: MatrixType | undefined;
  readonly waitReplicas: number | undefined;
  readonly graceMs: number | undefined;
}

export interface Work {
  readonly link: ClusterLink;
  readonly run: RunOptions;
  readonly context: CallContext;
}

/** @throws SHAPE_MISMATCH with both shapes */
export async function combine(
  work: Work,
  [name, other]: readonly [string, string],
  operator: '+' | '-' | '*',
  target: MatrixTarget,
): Promise<Reduced<undefined>> {
  const { link, context } = work;
  const home = await openMatrix(link, name, context);
  const guest = other === name ? home : await openMatrix(link, other, context);
  checkSameShape(home, guest);
  const narrow = resultType([home, guest], target) === 'float32';
  const sources = [new Resident(home.table), sourceBeside(link, home.table, guest.table)];
  return writeFrom(work, home, { kernel: KERNELS.combine, sources, params: { operator, narrow } }, target);
}

export async function scaleMatrix(
  work: Work,
  name: string,
  factor: number,
  target: MatrixTarget,
): Promise<Reduced<undefined>> {
  if (typeof factor !== 'number') {
    throw new ShardfoldError('INVALID_ARGUMENT', `the factor is ${showValue(factor)}`, { hint: 'a number' });
  }
  const home = await openMatrix(work.link, name, work.context);
  const narrow = resultType([home], target) === 'float32';
  const call = { kernel: KERNELS.scale, sources: [new Resident(home.table)], params: { factor, narrow } };
  return writeFrom(work, home, call, target);
}

/** Writes what a kernel makes of the numbers of `home`, which keeps its shape. */
export async function writeFrom<Params extends { readonly narrow?: boolean }>(
  { link, run, context }: Work,
  home: MatrixSnapshot,
  call: VectorWrite<Params>,
  { into, waitReplicas, graceMs }: MatrixTarget,
): Promise<Reduced<undefined>> {
  if (into !== home.table.name) await checkMatrixTarget(link, into, context);
  const fields = matrixFields(home.cols, call.params.narrow ? 'float32' : 'float64');
  const checkChunk = call.params.narrow && call.sources.every(hasFinite) ? refuseInfinite(into) : undefined;
  const whole = { ...call, into, fields, waitReplicas, graceMs, ...(checkChunk && { checkChunk }) };
  const receipt = await writeInShards(link, home.table, whole, run, context);
  const { bytes } = receipt.written as NonNullable<VectorReceipt['written']>;
  return { result: undefined, receipt: { ...receipt, written: { way: 'shards', rows: home.rows, bytes } } };
}

/** Whether no value is infinite. (Of NaN the zone map hides what else there is.) */
const hasFinite = ({ snapshot }: Source): boolean =>
  snapshot.chunks.every(({ columns: [column] }) => [column?.min, column?.max].every((end) => Number.isFinite(end)));

/** A value beyond float32 would become an infinity in silence. @throws INVALID_VALUE */
const refuseInfinite =
  (name: string) =>
  ({ min, max }: ColumnChunk): void => {
    if (min !== Number.NEGATIVE_INFINITY && max !== Number.POSITIVE_INFINITY) return;
    throw new ShardfoldError('INVALID_VALUE', `"${name}": a result is beyond the range of float32`, {
      hint: "{ type: 'float64' }",
    });
  };

export function resultType(operands: readonly MatrixSnapshot[], { type }: Pick<MatrixTarget, 'type'>): MatrixType {
  return type ?? (operands.every((operand) => operand.type === 'float32') ? 'float32' : 'float64');
}

function checkSameShape(a: MatrixSnapshot, b: MatrixSnapshot): void {
  if (a.rows === b.rows && a.cols === b.cols) return;
  throw new ShardfoldError(
    'SHAPE_MISMATCH',
    `matrix "${a.table.name}" has the shape ${showShape(a)} and "${b.table.name}" ${showShape(b)}`,
    { hint: 'number by number, both need the same shape' },
  );
}
