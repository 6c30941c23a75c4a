/** What a solver finds, whichever it is. */

export interface Solution {
  readonly beta: readonly number[];
  /** Undefined with a penalty, where there is no accepted answer. */
  readonly standardErrors: readonly number[] | undefined;
  /** Σ w r². */
  readonly rss: number;
  /** What the model explains of the sum of squares, about the mean where there is an intercept; and that sum. */
  readonly explained: number;
  readonly total: number;
  /** Digits of every coefficient, and of every standard error, that are right. */
  readonly digits: number;
  readonly standardErrorDigits: number;
  readonly solver: 'refined' | 'exact' | 'normal';
}

/** Digits that a double has. */
export const MOST_DIGITS = 15;

/** A value that moves y by less than this part of its length counts as this part. */
const NEGLIGIBLE = 1e-9;

/**
 * Digits of the worst value: of errors relative to the values, or to what would move y by 1e-9 of its length where that is more.
 * @param norms of the columns, and of y behind them
 */
export function digitsOf(values: readonly number[], errors: readonly number[], norms: readonly number[]): number {
  const y = norms[values.length] as number;
  const relative = values.map((value, j) => {
    const least = (NEGLIGIBLE * y) / (norms[j] as number);
    const error = errors[j] as number;
    return error === 0 ? 0 : error / Math.max(Math.abs(value), least);
  });
  return digitsOfError(Math.max(0, ...relative));
}

export function digitsOfError(relative: number): number {
  if (!(relative < 1)) return 0;
  return Math.min(MOST_DIGITS, Math.floor(-Math.log10(relative)));
}
