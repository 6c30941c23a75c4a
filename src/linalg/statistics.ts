/** What the engine's aggregates tell of a vector. */

import type { ClusterLink } from '../cluster/types.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { AggregateExpr } from '../expr/expr.js';
import type { TableSnapshot } from '../storage/types.js';
import { emptyVector } from './open.js';
import { aggregate, value } from './query.js';
import type { VectorOptions } from './run.js';

/** An aggregate that is a number; NaN where there are too few values. */
export async function numberOf(
  link: ClusterLink,
  name: string,
  options: VectorOptions,
  expr: AggregateExpr,
  ofNone = Number.NaN,
): Promise<number> {
  const { result } = await aggregate(link, name, options, () => ({ result: expr }));
  return (result as number | null) ?? ofNone;
}

/** @throws INVALID_ARGUMENT for a q that is none; OUT_OF_RANGE for an empty vector */
export async function quantilesOf(
  link: ClusterLink,
  name: string,
  options: VectorOptions,
  qs: readonly number[],
): Promise<Float64Array> {
  if (qs.length === 0) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'no quantile is asked for', { hint: 'quantile(0.5), [0.25, 0.75]' });
  }
  const row = await aggregate(link, name, options, (home) => {
    checkFilled(home, 'quantiles');
    return Object.fromEntries(qs.map((q, i) => [`${i}`, value.quantile(q)]));
  });
  return Float64Array.from(qs, (_, i) => row[i] as number);
}

/** @throws INVALID_ARGUMENT, OUT_OF_RANGE for more values than there are */
export async function greatestOf(
  link: ClusterLink,
  name: string,
  options: VectorOptions,
  k: number,
): Promise<Float64Array> {
  if (!Number.isInteger(k) || k < 1) {
    throw new ShardfoldError('INVALID_ARGUMENT', `k is ${showValue(k)}`, { hint: 'a whole number from 1' });
  }
  const { top } = await aggregate(link, name, options, (home) => {
    if (k > home.rows) {
      const message = `the ${k} greatest values of vector "${name}" are asked for, which has ${home.rows}`;
      throw new ShardfoldError('OUT_OF_RANGE', message, { hint: `k from 1 to ${home.rows}` });
    }
    return { top: value.topK(k) };
  });
  return Float64Array.from(top as unknown as readonly number[]);
}

/** @throws OUT_OF_RANGE for an empty vector */
export function checkFilled(home: TableSnapshot, what: string): void {
  if (home.rows === 0) throw emptyVector(home.name, what);
}
