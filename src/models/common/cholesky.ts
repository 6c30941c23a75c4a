/** The triangular factor of a symmetric matrix that is positive semidefinite, but for rounding. */

export interface Cholesky {
  /** R with RᵀR = A, row by row; zeros under the diagonal, and in the rows of columns that depend on those before. */
  readonly r: readonly (readonly number[])[];
}

/** With the number of the first column that depends on those before. */
type Dependent = Cholesky & { readonly dependent: number };

/**
 * @param upper the upper triangle of A, row by row; NaN stays NaN
 * @param least a pivot that is no greater than this part of its diagonal element counts as 0
 * @param checked columns that `least` holds for; of those behind anything above 0 is enough
 */
export function cholesky(upper: readonly number[], size: number, least: number, checked = size): Cholesky | Dependent {
  const r = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const at = (i: number, j: number): number => (r[i] as number[])[j] as number;
  let dependent: number | undefined;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i <= j; i++) {
      const given = upper[placeOf(i, j, size)] as number;
      let rest = given;
      for (let k = 0; k < i; k++) rest -= at(k, i) * at(k, j);
      if (i < j) {
        (r[i] as number[])[j] = at(i, i) === 0 ? 0 : rest / at(i, i);
        continue;
      }
      const bound = j < checked ? given * least : 0;
      // Also for NaN.
      if (!(rest > bound)) dependent ??= j;
      (r[j] as number[])[j] = rest <= bound ? 0 : Math.sqrt(rest);
    }
  }
  return dependent === undefined ? { r } : { r, dependent };
}

/** Of row i and column j among the numbers of an upper triangle. */
export const placeOf = (i: number, j: number, size: number): number => i * size - (i * (i - 1)) / 2 + (j - i);
