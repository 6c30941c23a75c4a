import { decodeExtremes, type Extremes, mergeExtremes, type Zone, zoneOf } from './extremes.js';
import { type Kernel, WIDTH } from './kernel.js';
import { bytesOf, encodeRows, type RowsParams } from './rows.js';

export interface ProjectParams extends RowsParams {
  /** What is subtracted from every row first. */
  readonly shift?: Float64Array;
  /** The matrices that the rows are multiplied by, one after the other, as `packStrips` packs them. */
  readonly factors: readonly Buffer[];
  /** Written as float32. */
  readonly narrow: boolean;
  /** Rows of the matrix before the chunk: by them places are told. */
  readonly rowsBefore: number;
}

/** A finite value that is infinite as float32. */
export interface Beyond {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

export interface Projected extends Extremes {
  readonly beyond?: Beyond;
}

/** Bytes of extremes. */
const EXTREMES = 17;

/** Rows times matrices, as `matmul`, written where the rows lie. The result is the zone map of what was written. */
export const project = {
  name: 'project',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params, [
      params.narrow ? WIDTH / 2 : WIDTH,
      params.rowsBefore,
    ]),
    bytesOf(params.shift ?? new Float64Array(0)),
    ...params.factors,
  ],
  decode: (reply): Projected => {
    const extremes = decodeExtremes(reply.subarray(0, EXTREMES));
    if (reply.length === EXTREMES) return extremes;
    const [row, column, value] = [0, 8, 16].map((at) => reply.readDoubleLE(EXTREMES + at)) as [number, number, number];
    return { ...extremes, beyond: { row, column, value } };
  },
  merge: (left: Projected, right: Projected): Projected => {
    const beyond = left.beyond ?? right.beyond;
    return { ...mergeExtremes(left, right), ...(beyond && { beyond }) };
  },
  finish: zoneOf,
} as const satisfies Kernel<ProjectParams, Projected, Zone | undefined>;
