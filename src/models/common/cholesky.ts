/** The triangular factor of a symmetric positive definite matrix. */

export interface Cholesky {
  /** R with RᵀR = A, row by row; zeros under the diagonal. */
  readonly r: readonly (readonly number[])[];
}

/**
 * @param upper the upper triangle of A, row by row
 * @param least a pivot that is smaller than this part of its diagonal element counts as 0
 * @returns R, or the number of the first column that depends on those before
 */
export function cholesky(
  upper: readonly number[],
  size: number,
  least: number,
): Cholesky | { readonly dependent: number } {
  const r = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const at = (i: number, j: number): number => (r[i] as number[])[j] as number;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i <= j; i++) {
      const given = upper[i * size - (i * (i - 1)) / 2 + (j - i)] as number;
      let rest = given;
      for (let k = 0; k < i; k++) rest -= at(k, i) * at(k, j);
      // Also for NaN.
      if (i === j && !(rest > given * least)) return { dependent: j };
      (r[i] as number[])[j] = i === j ? Math.sqrt(rest) : rest / at(i, i);
    }
  }
  return { r };
}
