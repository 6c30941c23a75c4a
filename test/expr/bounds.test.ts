// Interval analysis: no value leaves its interval, and what needs no check cannot overflow. Against BigInt arithmetic.
import fc from 'fast-check';
import { bind } from '../../src/expr/bind.js';
import { boundsOf, mayOverflow, typeBounds } from '../../src/expr/bounds.js';
import { col, type Expr, lit } from '../../src/expr/expr.js';
import type { TypedExpr } from '../../src/expr/typed.js';
import { Draw } from '../harness/oracle/draw.js';
import { SOAK } from '../harness/oracle/world.js';

const TYPES = ['int32', 'int64', 'int64', 'int32'] as const;
const scope = new Map(TYPES.map((type, index): [string, TypedExpr] => [`c${index}`, { kind: 'column', type, index }]));

function drawValue(draw: Draw, type: 'int32' | 'int64'): number {
  const most = type === 'int32' ? 2 ** 31 - 1 : 2 ** 53;
  return (
    draw.pick([() => draw.int(-20, 20), () => draw.wide(-most, most), () => draw.pick([most, -most, 0, 1, -1])])() + 0
  );
}

function drawExpr(draw: Draw, depth: number): Expr {
  if (depth === 0)
    return draw.chance(0.7) ? col(`c${draw.int(0, 3)}`) : lit(drawValue(draw, draw.pick(['int32', 'int64'])));
  const left = drawExpr(draw, depth - 1);
  if (draw.chance(0.15)) return left.neg();
  return left[draw.pick(['add', 'sub', 'mul', 'mod'] as const)](drawExpr(draw, depth - 1));
}

class Overflow extends Error {}

/** The value of an expression by BigInt, with every part checked against its interval and its type. */
function exactValue(
  expr: TypedExpr,
  row: readonly number[],
  bounds: Map<number, readonly [number, number]>,
): bigint | null {
  const value = parts(expr, (part) => exactValue(part, row, bounds), row);
  if (value === null || expr.kind === 'column' || expr.kind === 'literal') return value;
  const [low, high] = boundsOf(expr, bounds);
  const ends = [low, high].map((end) => (Number.isFinite(end) ? BigInt(end) : undefined));
  // Ends from 2^53 on may be rounded.
  const slack = 2n ** 60n;
  const exact = Math.abs(low) < 2 ** 53 && Math.abs(high) < 2 ** 53;
  if (ends[0] !== undefined && value < ends[0] - (exact ? 0n : slack)) throw new Error(`${value} is below ${low}`);
  if (ends[1] !== undefined && value > ends[1] + (exact ? 0n : slack)) throw new Error(`${value} is above ${high}`);
  const [least, most] = typeBounds(expr.type);
  if (value < BigInt(least) || value > BigInt(most)) {
    if (!mayOverflow(expr, bounds)) throw new Error(`${value} leaves ${expr.type} unchecked`);
    throw new Overflow();
  }
  return value;
}

function parts(expr: TypedExpr, of: (part: TypedExpr) => bigint | null, row: readonly number[]): bigint | null {
  switch (expr.kind) {
    case 'column':
      return BigInt(row[expr.index] as number);
    case 'literal':
      return expr.value === null ? null : BigInt(expr.value as number);
    case 'negate': {
      const value = of(expr.arg);
      return value === null ? null : -value;
    }
    case 'arithmetic': {
      const [a, b] = [of(expr.left), of(expr.right)];
      if (a === null || b === null) return null;
      if (expr.op === 'mod') return b === 0n ? null : a % b;
      return expr.op === 'add' ? a + b : expr.op === 'sub' ? a - b : a * b;
    }
    default:
      throw new Error(expr.kind);
  }
}

it('of random expressions over random columns', () => {
  let [values, checked] = [0, 0];
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const draw = new Draw(g);
      const rows = draw.list(8, () => TYPES.map((type) => drawValue(draw, type)));
      const bounds = new Map(
        TYPES.map((_, index) => {
          const column = rows.map((row) => row[index] as number);
          // As from zone maps: 0 counts as a value of every column.
          return [index, [Math.min(0, ...column), Math.max(0, ...column)] as const];
        }),
      );
      const expr = bind(drawExpr(draw, draw.int(1, 4)).node, scope);
      for (const row of rows) {
        try {
          if (exactValue(expr, row, bounds) !== null) values += 1;
        } catch (error) {
          if (!(error instanceof Overflow)) throw error;
          checked += 1;
        }
      }
    }),
    { numRuns: 500 * SOAK, endOnFailure: true },
  );
  expect(values).toBeGreaterThan(500);
  expect(checked).toBeGreaterThan(100);
});
