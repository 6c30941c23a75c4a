import { mergeCompensated } from './compensated.js';
import type { Kernel } from './kernel.js';
import { decodeLines, encodeStripe, type Stripe } from './stripes.js';

/** Of some columns over a run of rows; five numbers a column, from `HEAD` on. */
export interface ColumnMoments {
  readonly rows: number;
  /** Sum, compensation, squared deviations from the mean, least and greatest value; column after column. */
  readonly numbers: Float64Array;
}

export interface ColumnSummary {
  readonly means: Float64Array;
  /** Of samples: √(Σ (x − mean)² / (rows − 1)); NaN for fewer than two rows, 0 exactly where all values are equal. */
  readonly deviations: Float64Array;
}

const EACH = 5;

/**
 * Means and deviations of columns. A run's squared deviations are computed in two passes and merged as Chan, Golub & LeVeque 1983
 * have it. A deviation is off by a few 2^-53 of itself, times |mean| / deviation where that is great.
 */
export const col_moments = {
  name: 'col_moments',
  operands: 1,
  encode: (run, operands, stripe) => encodeStripe(run, operands, stripe),
  decode: (reply) => {
    const [rows = 0, ...numbers] = decodeLines(reply, EACH, 1);
    return { rows, numbers: Float64Array.from(numbers) };
  },
  merge: (left, right) => {
    const numbers = new Float64Array(left.numbers.length);
    for (let at = 0; at < numbers.length; at += EACH) {
      numbers.set(mergeColumn(left, right, at), at);
    }
    return { rows: left.rows + right.rows, numbers };
  },
  finish: (partial, { width }) => {
    const [means, deviations] = [new Float64Array(width).fill(Number.NaN), new Float64Array(width).fill(Number.NaN)];
    for (let j = 0; partial !== undefined && j < width; j++) {
      const [sum, compensation, squares, min, max] = columnOf(partial, j * EACH);
      // NaN shows in the sum alone; a sum of great equal values may be infinite.
      const isConstant = min === max && Number.isFinite(min) && !Number.isNaN(sum);
      means[j] = isConstant ? min : (sum + compensation) / partial.rows;
      if (partial.rows > 1) deviations[j] = isConstant ? 0 : Math.sqrt(squares / (partial.rows - 1));
    }
    return { means, deviations };
  },
} as const satisfies Kernel<Stripe, ColumnMoments, ColumnSummary>;

type Column = [sum: number, compensation: number, squares: number, min: number, max: number];

const columnOf = ({ numbers }: ColumnMoments, at: number): Column =>
  [0, 1, 2, 3, 4].map((k) => numbers[at + k] as number) as Column;

function mergeColumn(left: ColumnMoments, right: ColumnMoments, at: number): Column {
  const [leftSum, leftRest, leftSquares, leftMin, leftMax] = columnOf(left, at);
  const [rightSum, rightRest, rightSquares, rightMin, rightMax] = columnOf(right, at);
  const { sum, compensation } = mergeCompensated(
    { sum: leftSum, compensation: leftRest },
    { sum: rightSum, compensation: rightRest },
  );
  const between = (rightSum + rightRest) / right.rows - (leftSum + leftRest) / left.rows;
  const weight = (left.rows * right.rows) / (left.rows + right.rows);
  const squares = leftSquares + rightSquares + between * between * weight;
  // Of a sum that is infinite or NaN the compensation means nothing.
  const rest = Number.isFinite(sum) ? compensation : 0;
  return [sum, rest, squares, Math.min(leftMin, rightMin), Math.max(leftMax, rightMax)];
}
