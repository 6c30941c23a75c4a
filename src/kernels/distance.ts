import { type Compensated, decodeCompensated, finishCompensated, mergeCompensated } from './compensated.js';
import { encodeSlice, type Kernel, WIDTH } from './kernel.js';

export interface DistanceParams {
  /** A power of two by which differences are multiplied before they are squared. */
  readonly scale: number;
}

type DistanceKernel = Kernel<DistanceParams, Compensated, number>;

/** The same function of the library, told what to do with the magnitudes of the differences. */
const distanceBy = (way: number, { merge, finish }: Pick<DistanceKernel, 'merge' | 'finish'>) =>
  ({
    name: 'distance',
    operands: 2,
    encode: (slice, operands, { scale }) => encodeSlice(slice, operands, [scale, WIDTH, way]),
    decode: decodeCompensated,
    merge,
    finish,
  }) as const satisfies DistanceKernel;

/** √Σ (a − b)², of scaled differences. 0 for no rows. */
export const distance = distanceBy(2, {
  merge: mergeCompensated,
  finish: (partial, { scale }) => Math.sqrt(finishCompensated(partial)) / scale,
});

/** Σ |a − b|. 0 for no rows. */
export const distanceSum = distanceBy(1, { merge: mergeCompensated, finish: finishCompensated });

/** The greatest |a − b|, NaN where one is. 0 for no rows. */
export const distanceMost = distanceBy(0, {
  merge: (left, right) => ({ sum: Math.max(left.sum, right.sum), compensation: 0 }),
  finish: (partial) => partial?.sum ?? 0,
});
