/**
 * The regularised incomplete beta function I_x(a, b), on which Student's t and the F distribution stand: by its continued fraction
 * (Abramowitz & Stegun 26.5.8, DLMF 8.17.22; in the even form of Didonato & Morris, TOMS 708, 1992), with the factor before it in Loader's form (Fast and Accurate
 * Computation of Binomial Probabilities, 2000), which keeps its digits where a and b are large.
 */

const LN_SQRT_2PI = 0.9189385332046727;

/** ln Γ(n + 1) − (n + ½) ln n + n − ln √2π, of n > 0: the error of Stirling's formula. */
function stirlingError(n: number): number {
  if (n < 16) {
    // Γ is multiplied up to where the series holds.
    let [product, m] = [1, n];
    while (m < 16) {
      m += 1;
      product *= m;
    }
    return stirlingError(m) + stirling(m) - stirling(n) - Math.log(product);
  }
  const s = 1 / (n * n);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188) * s) * s) * s) * s) / n;
}

const stirling = (n: number): number => (n + 0.5) * Math.log(n) - n + LN_SQRT_2PI;

/** x ln(x / m) + m − x, without loss where x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** x^a y^b / B(a, b), of x + y = 1, both above 0. */
function factor(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const log = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.exp(log) * Math.sqrt((a * b) / (2 * Math.PI * n));
}

/** The continued fraction of 26.5.8 in its even part, by its recurrence; `lambda` is a − (a + b) x, which keeps the digits that 1 − x lost. */
function fraction(a: number, b: number, [x, y]: readonly [number, number]): number {
  const lambda = a > b ? (a + b) * y - b : a - (a + b) * x;
  let [before, below, value, above] = [0, 1, 1, ((lambda + 1) * a) / (a + 1)];
  for (let n = 1; n <= 1e6; n++) {
    const last = value / above;
    const s = a + 2 * n - 1;
    const w = n * (b - n) * x;
    const alpha = ((a + n - 1) / s) * ((a + b + n - 1) / s) * w * x;
    const beta = n + w / s + ((a + n) / (s + 2)) * (lambda + 1 + n * (1 + y));
    [before, value] = [value, alpha * before + beta * value];
    [below, above] = [above, alpha * below + beta * above];
    if (Math.abs(value / above - last) <= 2 ** -52 * Math.abs(last)) break;
    [before, below, value, above] = [before / above, below / above, value / above, 1];
  }
  return value / above;
}

/** I_x(a, b) of a, b > 0 and x + y = 1: both are given, so that neither loses its digits. */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? x : 0;
  if (!(y > 0)) return Number.isNaN(y) ? y : 1;
  if (x <= a / (a + b)) return factor(a, b, x, y) * fraction(a, b, [x, y]);
  return 1 - factor(b, a, y, x) * fraction(b, a, [y, x]);
}
