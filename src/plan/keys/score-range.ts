/** What a filter says of the scores of sorted sets: the part that the servers can look for by themselves. */

import { conjuncts } from '../../expr/conditions.js';
import { type ComparisonOp, MIRRORED } from '../../expr/nodes.js';
import type { TypedExpr, TypedLiteral } from '../../expr/typed.js';
import type { KeySource } from './source.js';

/** A part of the scores; both ends belong to it unless they are `open`. */
export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  readonly minOpen?: boolean;
  readonly maxOpen?: boolean;
}

export const ALL_SCORES: ScoreRange = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** A number as ZCOUNT and ZRANGE take it. */
export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score);
  return score > 0 ? '+inf' : '-inf';
}

export interface ScoreFilter {
  readonly range: ScoreRange;
  /** Conditions that are to hold beside. */
  readonly rest: readonly TypedExpr[];
}

/** Comparisons of the score with constants become the range. Scores are never null nor NaN; -0 and 0 are one. */
export function scoreFilter(filter: TypedExpr | undefined, source: KeySource): ScoreFilter {
  let range = ALL_SCORES;
  const rest: TypedExpr[] = [];
  for (const condition of conjuncts(filter)) {
    const compared = comparedScore(condition, source);
    if (compared) range = narrowed(range, compared);
    else rest.push(condition);
  }
  return { range, rest };
}

export const isWhole = ({ min, max, minOpen, maxOpen }: ScoreRange): boolean =>
  min === ALL_SCORES.min && max === ALL_SCORES.max && !minOpen && !maxOpen;

interface Compared {
  readonly op: Exclude<ComparisonOp, 'neq'>;
  readonly value: number;
}

function comparedScore(condition: TypedExpr, source: KeySource): Compared | undefined {
  if (condition.kind !== 'compare') return undefined;
  const { left, right } = condition;
  const op = left.kind === 'literal' ? MIRRORED[condition.op] : condition.op;
  const [column, literal] = left.kind === 'literal' ? [right, left] : [left, right];
  if (op === 'neq' || column.kind !== 'column' || source.columns[column.index]?.from.of !== 'score') return undefined;
  return isNumber(literal) ? { op, value: literal.value } : undefined;
}

/** NaN is greater than all numbers: no score, and no end of a range. */
function isNumber(expr: TypedExpr): expr is TypedLiteral & { readonly value: number } {
  const plain = expr.type === 'float64' || expr.type === 'float32' || expr.type === 'int32' || expr.type === 'int64';
  return expr.kind === 'literal' && plain && typeof expr.value === 'number' && !Number.isNaN(expr.value);
}

function narrowed(range: ScoreRange, { op, value }: Compared): ScoreRange {
  switch (op) {
    case 'eq':
      return narrowed(narrowed(range, { op: 'gtEq', value }), { op: 'ltEq', value });
    case 'gt':
      return value >= range.min ? { ...range, min: value, minOpen: true } : range;
    case 'gtEq':
      return value > range.min ? { ...range, min: value, minOpen: false } : range;
    case 'lt':
      return value <= range.max ? { ...range, max: value, maxOpen: true } : range;
    case 'ltEq':
      return value < range.max ? { ...range, max: value, maxOpen: false } : range;
  }
}
