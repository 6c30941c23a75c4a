/** Which columns depend on others, by the R factor. */

import { ShardfoldError } from '../errors.js';
import { extremesByIteration, svdOf } from './dense.js';
import type { MatrixSnapshot } from './matrix-open.js';
import type { Dense } from './shapes.js';

const EPSILON = 2 ** -52;
/** The SVD of more columns takes a second. */
const WIDEST_SVD = 128;

export interface Rank {
  readonly rank: number;
  /** Columns that are combinations of those before them, as far as rounding lets tell. */
  readonly dependent: readonly number[];
  /** σ₁/σₚ of the matrix as it is, not of scaled columns. */
  readonly conditionNumber: number;
}

/**
 * The rank is judged with all columns scaled to length 1, so that units do not matter: singular values up to max(64, 8·p)·2^-52 of the
 * greatest count as 0. Of more than 128 columns only the least singular value is found, and each column that the diagonal betrays.
 */
export function rankOf(r: Dense): Rank {
  const [p] = r.shape;
  const tolerance = Math.max(64, 8 * p) * EPSILON;
  const lengths = Array.from({ length: p }, (_, j) => Math.hypot(...column(r, j)));
  const data = r.data.map((value, at) => (value === 0 ? 0 : value / (lengths[at % p] as number)));
  const small = Array.from({ length: p }, (_, j) => j).filter((j) => Math.abs(data[j * p + j] as number) <= tolerance);
  const plain = extremes(r, 0);
  const conditionNumber = plain.greatest / plain.least;
  const { greatest, zeros, weights } = extremes({ data, shape: [p, p] }, tolerance);
  const rank = greatest === 0 ? 0 : p - Math.max(zeros, small.length);
  if (rank === p || small.length > 0) return { rank, dependent: small, conditionNumber };
  // No single column shows it: the one that weighs most in the combination that is nearest to nothing.
  return { rank, dependent: [weights.indexOf(Math.max(...weights))], conditionNumber };
}

interface Extremes {
  readonly greatest: number;
  readonly least: number;
  /** How many singular values are at most so small a part of the greatest. */
  readonly zeros: number;
  /** How much each column weighs in the combination that is nearest to nothing. */
  readonly weights: readonly number[];
}

function extremes(r: Dense, tolerance: number): Extremes {
  const [p] = r.shape;
  if (p > WIDEST_SVD) {
    const { greatest, least, weights } = extremesByIteration(r);
    return { greatest, least, zeros: Number(!(least > tolerance * greatest)), weights };
  }
  const { values, v } = svdOf(r);
  const greatest = values[0] as number;
  const zeros = values.filter((value) => !(value > tolerance * greatest)).length;
  return { greatest, least: values[p - 1] as number, zeros, weights: column(v, p - 1).map(Math.abs) };
}

const column = ({ data, shape: [rows, cols] }: Dense, j: number): number[] =>
  Array.from({ length: rows }, (_, i) => data[i * cols + j] as number);

const MOST_NAMED = 8;

/** @throws SINGULAR naming the columns */
export function checkFull({ rank, dependent }: Rank, { table, rows, cols }: MatrixSnapshot): void {
  if (rank === cols) return;
  const named = dependent.slice(0, MOST_NAMED).map((j) => `c${j}`);
  const more = dependent.length > MOST_NAMED ? ` and ${dependent.length - MOST_NAMED} more` : '';
  const verb = dependent.length === 1 ? 'is a combination' : 'are combinations';
  throw new ShardfoldError(
    'SINGULAR',
    `matrix "${table.name}" of shape [${rows}, ${cols}] has rank ${rank}: ${named.join(', ')}${more} ${verb} of columns before`,
    { hint: 'leave these columns out' },
  );
}
