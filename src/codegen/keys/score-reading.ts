/** How a fold over sorted sets reads them: only the scores that its filter lets pass, and no members where counts and ends are enough. */

import { exprsOf, type FoldArg } from '../../aggregates/index.js';
import { columnsOf, type TypedExpr } from '../../expr/typed.js';
import { isWhole, type ScoreRange, scoreFilter } from '../../plan/keys/score-range.js';
import type { KeyOrigin, KeySource } from '../../plan/keys/source.js';
import type { FoldSpec } from '../shape.js';

export interface ScoreReading {
  /** Rows with other scores need not be read; undefined for all. */
  readonly range: ScoreRange | undefined;
  /**
   * Whether a key needs only two rows, with its least and its greatest score, that stand for all of the range (`SCORE_WEIGHT`): its
   * rows are counted, their scores' ends are taken, and all else is the same for all of its rows.
   */
  readonly byEnds: boolean;
  /** The fold over what is read. */
  readonly spec: FoldSpec;
}

/** In Lua, how many rows a row stands for. */
export const SCORE_WEIGHT = 'key_w';

const OF_KEY: readonly KeyOrigin['of'][] = ['key', 'slot', 'shard', 'type', 'ttl', 'memory'];
/** Columns that always have a value: a count of it is the number of rows. */
const ENDS: readonly KeyOrigin['of'][] = ['score', 'key', 'shard', 'type'];
/** States that do not mind how often a value comes, or (`valid`, of what always has a value) that are the number of rows. */
const STATES = ['rows', 'valid', 'nans', 'minNumber', 'maxNumber', 'minString', 'maxString'];

/** Undefined for other sources. */
export function scoreReading(spec: FoldSpec, source: KeySource): ScoreReading | undefined {
  if (source.kind !== 'zset') return undefined;
  const { range: found, rest } = scoreFilter(spec.filter, source);
  const range = isWhole(found) ? undefined : found;
  const ofKey = (expr: TypedExpr): boolean =>
    [...columnsOf(expr)].every((index) => OF_KEY.includes(source.columns[index]?.from.of as KeyOrigin['of']));
  const byEnds =
    (spec.lookups ?? []).length === 0 &&
    rest.every(ofKey) &&
    spec.keys.every(ofKey) &&
    spec.args.every((arg) => isOfEnds(arg, source));
  if (!byEnds) return { range, byEnds, spec };
  const filter = rest.reduce<TypedExpr | undefined>(
    (left, right) => (left === undefined ? right : { kind: 'logic', type: 'bool', op: 'and', left, right }),
    undefined,
  );
  const read = new Set<number>();
  for (const expr of [...rest, ...spec.keys, ...exprsOf(spec.args)]) columnsOf(expr, read);
  return { range, byEnds, spec: { ...spec, filter, columns: [...read].sort((a, b) => a - b) } };
}

function isOfEnds({ exprs, where, states }: FoldArg, source: KeySource): boolean {
  if (where !== undefined || !states.every(({ kind }) => STATES.includes(kind))) return false;
  return exprs.every(
    (expr) => expr.kind === 'column' && ENDS.includes(source.columns[expr.index]?.from.of as KeyOrigin['of']),
  );
}
