/** Sums, norms, products and distances of vectors. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { runOptions } from '../engine/options.js';
import { combineReceipts } from '../engine/receipt.js';
import { ShardfoldError, showValue } from '../errors.js';
import { finishCompensated } from '../kernels/compensated.js';
import { distanceMost, distanceSum } from '../kernels/distance.js';
import { KERNELS } from '../kernels/index.js';
import type { Kernel } from '../kernels/kernel.js';
import { isSafe, scaleFor } from '../kernels/norm.js';
import type { TableSnapshot } from '../storage/types.js';
import { openVector } from './open.js';
import { value } from './query.js';
import { reduce } from './reduce.js';
import { contextOf, runOnNewest, type VectorOptions } from './run.js';
import { areAligned, checkLengths, magnitudeOf, Resident, sourceBeside, storedBytes } from './sources.js';
import { numberOf } from './statistics.js';

/** 1: Σ|x|. 2: √Σx². Infinity: the greatest |x|. */
export type NormOrder = number;

/** Two vectors by name. */
export interface Pair {
  readonly name: string;
  readonly other: string;
}

export function sumOf(link: ClusterLink, name: string, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) =>
    work(link, options, context).one(await openVector(link, name, context), KERNELS.sum, undefined),
  );
}

export function meanOf(link: ClusterLink, name: string, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const home = await openVector(link, name, context);
    const { result, receipt } = await work(link, options, context).one(home, KERNELS.sum, undefined);
    return { result: result / home.rows, receipt };
  });
}

/** @throws INVALID_ARGUMENT for another order */
export async function normOf(
  link: ClusterLink,
  name: string,
  order: NormOrder,
  options: VectorOptions,
): Promise<number> {
  checkOrder(order, 'norm');
  if (order === 1) return numberOf(link, name, options, value.abs().sum(), 0);
  if (order !== 2) return numberOf(link, name, options, value.abs().max(), 0);
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const home = await openVector(link, name, context);
    return work(link, options, context).one(home, KERNELS.norm, { scale: scaleFor(magnitudeOf(home)) });
  });
}

/** @throws NOT_ALIGNED where the vectors are of different lengths */
export function dotOf(link: ClusterLink, pair: Pair, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) =>
    work(link, options, context).two(await openPair(link, pair, context), KERNELS.dot, undefined),
  );
}

/** The squares of a scaled vector, summed. */
const squares = { ...KERNELS.norm, finish: finishCompensated } as const;

/** @throws NOT_ALIGNED where the vectors are of different lengths */
export function cosineOf(link: ClusterLink, pair: Pair, options: VectorOptions): Promise<number> {
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const started = performance.now();
    const sides = await openPair(link, pair, context);
    const { one, two } = work(link, options, context);
    const [a, b] = sides.map((side) => scaleFor(magnitudeOf(side))) as [number, number];
    // Each side of the product takes the geometric mean of both scales, so that no product leaves the range.
    const shared = 2 ** Math.round(Math.log2(a) / 2 + Math.log2(b) / 2);
    const parts = [
      await two(sides, KERNELS.dot, shared === 1 ? undefined : { scale: shared }),
      await one(sides[0], squares, { scale: a }),
      await one(sides[1], squares, { scale: b }),
    ] as const;
    const [product, left, right] = parts.map(({ result }) => result) as [number, number, number];
    const cosine = (product * (a / shared) * (b / shared)) / Math.sqrt(left) / Math.sqrt(right);
    const receipts = parts.map(({ receipt }) => receipt);
    const receipt = combineReceipts(receipts, context.tally, performance.now() - started);
    return { result: Math.max(-1, Math.min(1, cosine)), receipt };
  });
}

/** @throws NOT_ALIGNED where the vectors are of different lengths, INVALID_ARGUMENT for another order */
export async function distanceOf(
  link: ClusterLink,
  pair: Pair,
  order: NormOrder,
  options: VectorOptions,
): Promise<number> {
  checkOrder(order, 'distance');
  return runOnNewest(contextOf(link, options), options, async (context) => {
    const started = performance.now();
    const sides = await openPair(link, pair, context);
    const { two } = work(link, options, context);
    if (order === 1) return two(sides, distanceSum, { scale: 1 });
    if (order !== 2) return two(sides, distanceMost, { scale: 1 });
    const plain = await two(sides, KERNELS.distance, { scale: 1 });
    if (isSafe(plain.result) || Number.isNaN(plain.result)) return plain;
    // Squares left the range, or vanished: once more, by a scale that the greatest difference calls for.
    const most = await two(sides, distanceMost, { scale: 1 });
    const scale = scaleFor(most.result);
    const parts = scale === 1 ? [plain, most] : [plain, most, await two(sides, KERNELS.distance, { scale })];
    const receipts = parts.map(({ receipt }) => receipt);
    return {
      result: (parts[2] ?? plain).result,
      receipt: combineReceipts(receipts, context.tally, performance.now() - started),
    };
  });
}

/** Reductions of one vector, or of two side by side. */
function work(link: ClusterLink, options: VectorOptions, context: CallContext) {
  const run = runOptions(options);
  return {
    one: <Params, Partial>(home: TableSnapshot, kernel: Kernel<Params, Partial, number>, params: Params) =>
      reduce(link, home, { kernel, params, sources: [new Resident(home)] }, run, context),
    two: <Params, Partial>([left, right]: Sides, kernel: Kernel<Params, Partial, number>, params: Params) => {
      const more = storedBytes(left) - storedBytes(right);
      // Of equal ones the name decides: a · b and b · a then go by the chunks of the same vector, hence to the same bits.
      const leftStays = areAligned(left, right) || more > 0 || (more === 0 && left.name <= right.name);
      const [home, guest] = leftStays ? [left, right] : [right, left];
      const sources = [new Resident(home), sourceBeside(link, home, guest)];
      return reduce(link, home, { kernel, params, sources }, run, context);
    },
  };
}

type Sides = readonly [TableSnapshot, TableSnapshot];

/** @throws NOT_ALIGNED where the vectors are of different lengths */
export async function openPair(link: ClusterLink, { name, other }: Pair, context: CallContext): Promise<Sides> {
  const left = await openVector(link, name, context);
  const right = other === name ? left : await openVector(link, other, context);
  checkLengths(left, right);
  return [left, right];
}

function checkOrder(order: unknown, method: string): void {
  if (order === 1 || order === 2 || order === Number.POSITIVE_INFINITY) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `the order of the norm is ${showValue(order)}`, {
    hint: `1, 2 or Infinity, before the options: ${method === 'norm' ? 'norm(2, options)' : 'distance(other, 2, options)'}`,
  });
}
