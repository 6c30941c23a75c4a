// A decimal column against a constant: the scaled integer decides as exact fractions do.
import fc from 'fast-check';
import { decimalThreshold } from '../../src/expr/decimal-threshold.js';
import type { ComparisonOp } from '../../src/expr/nodes.js';

const OPS = ['eq', 'neq', 'lt', 'ltEq', 'gt', 'gtEq'] as const;

function holds<T extends number | bigint>(op: ComparisonOp, a: T, b: T): boolean {
  const results = { eq: a === b, neq: a !== b, lt: a < b, ltEq: a <= b, gt: a > b, gtEq: a >= b };
  return results[op];
}

/** n / 10^scale against digits * 10^exponent, by whole numbers. */
function exactly(op: ComparisonOp, n: bigint, scale: number, digits: bigint, exponent: number): boolean {
  const shift = exponent + scale;
  return shift >= 0 ? holds(op, n, digits * 10n ** BigInt(shift)) : holds(op, n * 10n ** BigInt(-shift), digits);
}

const edge = fc.bigInt({ min: -30n, max: 30n }).map((n) => (n < 0n ? -(10n * 2n ** 53n) : 10n * 2n ** 53n) + n);
const digits = fc.oneof(edge, fc.bigInt({ min: -999n, max: 999n }), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }));
const value = fc.oneof(
  fc.constantFrom(2n ** 53n, -(2n ** 53n)),
  fc.bigInt({ min: -200n, max: 200n }),
  fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
);

it('random constants, written with exponents', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OPS),
      digits,
      fc.integer({ min: -30, max: 30 }),
      fc.integer({ min: 0, max: 12 }),
      fc.array(value, { minLength: 5 }),
      fc.boolean(),
      (op, number, anyExponent, scale, values, oneMore) => {
        // One place more than the scale: the constant lies between two values of the column.
        const exponent = oneMore ? -scale - 1 : anyExponent;
        const threshold = decimalThreshold(op, `${number}e${exponent}`, scale);
        // The values beside the constant itself decide most.
        const near =
          exponent + scale >= 0 ? number * 10n ** BigInt(exponent + scale) : number / 10n ** BigInt(-exponent - scale);
        const inRange = [near - 1n, near, near + 1n].filter((n) => n <= 2n ** 53n && n >= -(2n ** 53n));
        for (const n of [...values, ...inRange]) {
          const ours = threshold.value === undefined ? op === 'neq' : holds(threshold.op, Number(n), threshold.value);
          expect(`${n} ${ours}`).toBe(`${n} ${exactly(op, n, scale, number, exponent)}`);
        }
      },
    ),
    { numRuns: 400 },
  );
});

it.each([
  ['lt', '1.5', 0, 'ltEq', 1],
  ['gtEq', '1.5', 0, 'gt', 1],
  ['lt', '-1.5', 0, 'ltEq', -2],
  ['eq', '1.005', 2, 'eq', undefined],
  ['eq', '1.10', 1, 'eq', 11],
  ['gt', '1e400', 2, 'gt', 2 ** 54],
  ['gt', '-1e30', 2, 'gt', -(2 ** 54)],
  ['eq', '.5', 1, 'eq', 5],
  ['eq', '5.', 1, 'eq', 50],
  ['lt', '1e-400', 2, 'ltEq', 0],
  // Beside ±2^53 whole numbers are no doubles any more.
  ['lt', '-90071992547409.92001', 2, 'ltEq', -(2 ** 54)],
  ['gt', '90071992547409.93', 2, 'gt', 2 ** 54],
  ['ltEq', '90071992547409.92', 2, 'ltEq', 2 ** 53],
] as const)('%s %s at scale %i', (op, text, scale, wanted, threshold) => {
  expect(decimalThreshold(op, text, scale)).toEqual({ op: wanted, value: threshold });
});
