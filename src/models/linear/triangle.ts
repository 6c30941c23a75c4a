/** What the triangular factor R of [X, y] says: the first solution, ranks and conditions. */

import { Matrix, SingularValueDecomposition } from 'ml-matrix';

export type Rows = readonly (readonly number[])[];

export const at = (rows: Rows, i: number, j: number): number => rows[i]?.[j] as number;

/** Length of a vector, where squares may leave the range of doubles. */
export function norm(x: readonly number[]): number {
  const most = x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  if (most === 0 || !Number.isFinite(most)) return most;
  return most * Math.sqrt(x.reduce((sum, v) => sum + (v / most) * (v / most), 0));
}

/** Norms of the columns of X, and of y: those of R are the same. */
export const columnNorms = (r: Rows): number[] =>
  r.map((_, j) => norm(r.slice(0, j + 1).map((row) => row[j] as number)));

/** The solution z of R z = v, of the leading part of R that has the size of v. */
export function solveUpper(r: Rows, v: readonly number[]): number[] {
  const z = [...v];
  for (let i = z.length - 1; i >= 0; i--) {
    let sum = z[i] as number;
    for (let j = i + 1; j < z.length; j++) sum -= at(r, i, j) * (z[j] as number);
    z[i] = sum / at(r, i, i);
  }
  return z;
}

/** The solution z of Rᵀ z = v. */
export function solveLower(r: Rows, v: readonly number[]): number[] {
  const z = [...v];
  for (let i = 0; i < z.length; i++) {
    let sum = z[i] as number;
    for (let j = 0; j < i; j++) sum -= at(r, j, i) * (z[j] as number);
    z[i] = sum / at(r, i, i);
  }
  return z;
}

/** Lengths of the rows of R⁻¹: their squares are the diagonal of (RᵀR)⁻¹. */
export function inverseNorms(r: Rows, p: number): number[] {
  const columns = Array.from({ length: p }, (_, k) =>
    solveUpper(
      r,
      Array.from({ length: p }, (_value, i) => (i === k ? 1 : 0)),
    ),
  );
  return columns.map((_, i) => norm(columns.map((column) => column[i] as number)));
}

/** Condition number in the 2-norm of the first p columns, each scaled to length 1. */
export function scaledCondition(r: Rows, p: number, norms: readonly number[]): number {
  const scaled = Array.from({ length: p }, (_, i) =>
    Array.from({ length: p }, (_value, j) => (j < i ? 0 : at(r, i, j) / (norms[j] as number))),
  );
  const values = new SingularValueDecomposition(new Matrix(scaled)).diagonal;
  return Math.max(...values) / Math.min(...values);
}

/** A column that is a combination of columns before it, as far as doubles tell; those with a part in it. */
export interface Dependence {
  readonly column: number;
  readonly of: readonly number[];
}

/** A column whose part outside of the others is within what rounding alone makes of it. */
export function dependences(r: Rows, p: number, norms: readonly number[]): Dependence[] {
  const least = p * 2 ** -46;
  const independent: number[] = [];
  const found: Dependence[] = [];
  for (let j = 0; j < p; j++) {
    const length = norms[j] as number;
    if (length > 0 && at(r, j, j) > least * length) {
      independent.push(j);
      continue;
    }
    const upper = independent.map((i) => independent.map((k) => at(r, i, k)));
    const shares = solveUpper(
      upper,
      independent.map((i) => at(r, i, j)),
    );
    const of = independent.filter((k, i) => Math.abs(shares[i] as number) * (norms[k] as number) > 1e-8 * length);
    found.push({ column: j, of });
  }
  return found;
}
