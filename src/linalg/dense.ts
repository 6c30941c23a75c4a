/** Small dense algebra in this process: triangular factors as TSQR leaves them (flat, row by row from the diagonal on), and their SVD. */

import { Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { ShardfoldError } from '../errors.js';
import { widthOf } from '../kernels/householder.js';
import type { MatrixSnapshot } from './matrix-open.js';
import type { Dense } from './shapes.js';

/** A flat factor with its zeros. */
export function squareOf(flat: Float64Array): Dense {
  const p = widthOf(flat);
  const data = new Float64Array(p * p);
  let at = 0;
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) data[i * p + j] = flat[at++] as number;
  return { data, shape: [p, p] };
}

/** The inverse of an upper triangular matrix, column by column (Higham 2002, §14.2, method 1). */
export function invertUpper({ data, shape: [p] }: Dense): Dense {
  const inverse = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) sum -= (data[i * p + k] as number) * (inverse[k * p + j] as number);
      inverse[i * p + j] = sum / (data[i * p + i] as number);
    }
  }
  return { data: inverse, shape: [p, p] };
}

/** x of R·x = c by back substitution. */
export function solveUpper({ data, shape: [p] }: Dense, c: Float64Array): Float64Array {
  const x = new Float64Array(p);
  for (let i = p - 1; i >= 0; i--) {
    let sum = c[i] as number;
    for (let j = i + 1; j < p; j++) sum -= (data[i * p + j] as number) * (x[j] as number);
    x[i] = sum / (data[i * p + i] as number);
  }
  return x;
}

/** Each element summed in the order of the inner index, as the kernels do. */
export function multiply(a: Dense, b: Dense): Dense {
  const [m, k] = a.shape;
  const n = b.shape[1];
  const data = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const value = a.data[i * k + l] as number;
      for (let j = 0; j < n; j++) data[i * n + j] = (data[i * n + j] as number) + value * (b.data[l * n + j] as number);
    }
  }
  return { data, shape: [m, n] };
}

export interface Svd {
  readonly u: Dense;
  /** Descending. */
  readonly values: Float64Array;
  /** A right singular vector a column; the entry of greatest magnitude is positive. */
  readonly v: Dense;
}

/** The SVD of a square matrix of finite numbers. */
export function svdOf({ data, shape: [p] }: Dense): Svd {
  const rows = Array.from({ length: p }, (_, i) => Array.from(data.subarray(i * p, (i + 1) * p)));
  const found = new SingularValueDecomposition(new DenseMatrix(rows));
  const [u, v] = [found.leftSingularVectors, found.rightSingularVectors];
  const signs = Array.from({ length: p }, (_, j) => {
    let most = 0;
    for (let i = 0; i < p; i++) if (Math.abs(v.get(i, j)) > Math.abs(most)) most = v.get(i, j);
    return most < 0 ? -1 : 1;
  });
  const signed = (matrix: DenseMatrix): Dense => ({
    data: Float64Array.from(
      { length: p * p },
      (_, at) => (signs[at % p] as number) * matrix.get(Math.floor(at / p), at % p),
    ),
    shape: [p, p],
  });
  return { u: signed(u), values: Float64Array.from(found.diagonal), v: signed(v) };
}

const ROUNDS = 40;

/**
 * The greatest and the least singular value of an upper triangular matrix, to a few per cent, by power iteration with RᵀR and with its
 * inverse (Golub & Van Loan 2013, §8.2.2), and the magnitudes of the right singular vector of the least.
 */
export function extremesByIteration(r: Dense): { greatest: number; least: number; weights: number[] } {
  const [p] = r.shape;
  const start = Float64Array.from({ length: p }, (_, i) => 1 + (i % 7) / 8);
  const iterate = (step: (x: Float64Array) => Float64Array): { growth: number; vector: Float64Array } => {
    let [vector, growth] = [start, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const next = step(vector);
      growth = Math.hypot(...next);
      if (growth === 0 || !Number.isFinite(growth)) break;
      vector = next.map((value) => value / growth);
    }
    return { growth, vector };
  };
  const { data } = r;
  const times = (x: Float64Array): Float64Array => {
    const y = new Float64Array(p);
    for (let i = 0; i < p; i++)
      for (let j = i; j < p; j++) y[i] = (y[i] as number) + (data[i * p + j] as number) * (x[j] as number);
    const z = new Float64Array(p);
    for (let i = 0; i < p; i++)
      for (let j = i; j < p; j++) z[j] = (z[j] as number) + (data[i * p + j] as number) * (y[i] as number);
    return z;
  };
  const over = (x: Float64Array): Float64Array => {
    const y = x.slice();
    for (let i = 0; i < p; i++) {
      y[i] = (y[i] as number) / (data[i * p + i] as number);
      for (let j = i + 1; j < p; j++) y[j] = (y[j] as number) - (data[i * p + j] as number) * (y[i] as number);
    }
    return solveUpper(r, y);
  };
  const greatest = Math.sqrt(iterate(times).growth);
  const { growth, vector } = iterate(over);
  const least = Number.isFinite(growth) && growth > 0 ? 1 / Math.sqrt(growth) : 0;
  return { greatest, least, weights: Array.from(vector, Math.abs) };
}

/** The first columns of a matrix. */
export function leading({ data, shape: [rows, cols] }: Dense, count: number): Dense {
  const part = Float64Array.from({ length: rows * count }, (_, at) => {
    return data[Math.floor(at / count) * cols + (at % count)] as number;
  });
  return { data: part, shape: [rows, count] };
}

/** @throws INVALID_VALUE where a factor tells of NaN or infinities */
export function checkFinite(values: Float64Array, { table }: MatrixSnapshot): void {
  if (values.every(Number.isFinite)) return;
  throw new ShardfoldError(
    'INVALID_VALUE',
    `matrix "${table.name}" (or what stands beside it) holds NaN or infinities, or is near them`,
    {
      hint: 'rows with NaN must be left out, and numbers near 1e308 scaled, before it can be decomposed',
    },
  );
}
