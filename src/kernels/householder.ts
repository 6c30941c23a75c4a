/**
 * Householder reflections in JavaScript (Golub & Van Loan 2013, §5.2): the twin of lua/core/householder.lua, operation by operation,
 * and the joining of two R factors. Factors are flat: row by row, each row from its diagonal on.
 */

const [LEAST, MOST] = [1e-280, 1e280];

/** √Σ v², from entry k on, with neither overflow nor underflow on the way. */
function length(v: Float64Array, k: number): number {
  let sum = 0;
  for (let i = k; i < v.length; i++) sum += (v[i] as number) * (v[i] as number);
  if ((sum > LEAST && sum < MOST) || Number.isNaN(sum)) return Math.sqrt(sum);
  let most = 0;
  for (let i = k; i < v.length; i++) {
    const size = Math.abs(v[i] as number);
    if (size > most) most = size;
  }
  if (most === 0 || most === Number.POSITIVE_INFINITY) return most;
  sum = 0;
  for (let i = k; i < v.length; i++) {
    const x = (v[i] as number) / most;
    sum += x * x;
  }
  return most * Math.sqrt(sum);
}

/**
 * Turns v into a reflection that leaves only entry k of those from k on.
 * @returns tau, where H = I - tau · v · vᵀ and v is 1 at k; v holds the new entry there. 0 where nothing is to be done
 */
function reflection(v: Float64Array, k: number): number {
  const norm = length(v, k);
  if (norm === 0) return 0;
  const head = v[k] as number;
  const beta = head > 0 ? -norm : norm;
  const scale = head - beta;
  for (let i = k + 1; i < v.length; i++) v[i] = (v[i] as number) / scale;
  v[k] = beta;
  return (beta - head) / beta;
}

function reflect(v: Float64Array, k: number, tau: number, column: Float64Array): void {
  let sum = column[k] as number;
  for (let i = k + 1; i < v.length; i++) sum += (v[i] as number) * (column[i] as number);
  sum *= tau;
  column[k] = (column[k] as number) - sum;
  for (let i = k + 1; i < v.length; i++) column[i] = (column[i] as number) - sum * (v[i] as number);
}

/** The R factor of rows given column by column, which are changed; rows that there are too few for are zeros. */
export function factorOf(columns: readonly Float64Array[]): Float64Array {
  const p = columns.length;
  const rows = columns[0]?.length ?? 0;
  for (let k = 0; k < Math.min(p, rows - 1); k++) {
    const v = columns[k] as Float64Array;
    const tau = reflection(v, k);
    if (tau === 0) continue;
    for (let j = k + 1; j < p; j++) reflect(v, k, tau, columns[j] as Float64Array);
  }
  const flat = new Float64Array((p * (p + 1)) / 2);
  let at = 0;
  for (let k = 0; k < p; k++) {
    const sign = k < rows && (columns[k]?.[k] as number) < 0 ? -1 : 1;
    for (let j = k; j < p; j++) flat[at++] = k < rows ? sign * (columns[j]?.[k] as number) : 0;
  }
  return flat;
}

/** Columns of a flat factor. */
export const widthOf = (flat: Float64Array): number => Math.round((Math.sqrt(8 * flat.length + 1) - 1) / 2);

/**
 * The R factor of two R factors, one under the other. Each reflection takes one row of the upper and what the triangle leaves of the
 * lower (LAPACK's dtpqrt): p³/3 multiply-adds of 4/3 · p³.
 */
export function joinFactors(upper: Float64Array, lower: Float64Array): Float64Array {
  const p = widthOf(upper);
  // Column j: its entry in the row of the upper factor that is worked on, then its entries in the lower one.
  const start = (k: number): number => k * p - (k * (k - 1)) / 2;
  const below = Array.from({ length: p }, (_, j) =>
    Float64Array.from({ length: j + 1 }, (_, i) => lower[start(i) + j - i] as number),
  );
  const joined = upper.slice();
  for (let k = 0; k < p; k++) {
    const v = new Float64Array(k + 2);
    v[0] = joined[start(k)] as number;
    v.set(below[k] as Float64Array, 1);
    const tau = reflection(v, 0);
    if (tau !== 0) joined[start(k)] = v[0] as number;
    for (let j = k + 1; tau !== 0 && j < p; j++) {
      const column = below[j] as Float64Array;
      let sum = joined[start(k) + j - k] as number;
      for (let i = 0; i <= k; i++) sum += (v[i + 1] as number) * (column[i] as number);
      sum *= tau;
      joined[start(k) + j - k] = (joined[start(k) + j - k] as number) - sum;
      for (let i = 0; i <= k; i++) column[i] = (column[i] as number) - sum * (v[i + 1] as number);
    }
    if ((joined[start(k)] as number) < 0)
      for (let at = start(k); at < start(k + 1); at++) joined[at] = -(joined[at] as number);
  }
  return joined;
}
