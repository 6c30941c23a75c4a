import { nearest } from '../../src/aggregates/dyadic.js';

/** Weighted least squares of three columns by Cramer's rule in whole numbers; l2 on all but the first. */
export function cramer(rows: readonly { x: readonly number[]; w: number; y: number }[], l2 = 0): number[] {
  // Multiples of 2^-120 all of them.
  const whole = (x: number): bigint => BigInt(x * 2 ** 120);
  const given = rows.map(({ x, w, y }) => ({ x: x.map(whole), w: BigInt(w), y: whole(y) }));
  const sum = (of: (row: (typeof given)[number]) => bigint): bigint =>
    given.reduce((total, row) => total + of(row), 0n);
  const normal = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => {
      const penalty = i === j && i > 0 ? whole(l2) << 120n : 0n;
      return sum(({ x, w }) => w * (x[i] as bigint) * (x[j] as bigint)) + penalty;
    }),
  );
  const right = [0, 1, 2].map((i) => sum(({ x, w, y }) => w * (x[i] as bigint) * y));
  const det = (m: readonly (readonly bigint[])[]): bigint => {
    const [[a, b, c], [d, e, f], [g, h, i]] = m as [
      [bigint, bigint, bigint],
      [bigint, bigint, bigint],
      [bigint, bigint, bigint],
    ];
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  };
  return [0, 1, 2].map((k) => {
    const replaced = normal.map((row, i) => row.map((x, j) => (j === k ? (right[i] as bigint) : x)));
    const [top, bottom] = [det(replaced), det(normal)];
    return nearest(bottom < 0n ? -top : top, bottom < 0n ? -bottom : bottom);
  });
}
