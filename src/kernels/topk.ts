import type { Kernel } from './kernel.js';
import { bytesOf, decodeDoubles, encodeRows, type RowsParams } from './rows.js';

export type Metric = 'dot' | 'cosine' | 'euclidean';

export interface TopkParams extends RowsParams {
  readonly k: number;
  readonly metric: Metric;
  readonly query: Float64Array;
  /** The query's length; 1 where the metric does not ask for it. */
  readonly norm: number;
}

export interface RowScore {
  readonly row: number;
  readonly score: number;
}

/** The k rows that score best; rows are counted within the chunk as they come in, and by whoever shifts them after that. */
export const topk = {
  name: 'topk',
  operands: 1,
  encode: (slice, operands, params) => [
    ...encodeRows(slice, operands[0] as (typeof operands)[0], params, [params.k, params.norm]),
    Buffer.from(params.metric),
    bytesOf(params.query),
  ],
  decode: (reply) => {
    const values = decodeDoubles(reply);
    return Array.from({ length: values.length / 2 }, (_, i) => ({
      score: values[2 * i] as number,
      row: values[2 * i + 1] as number,
    }));
  },
  merge: (left, right) => [...left, ...right],
  finish: (partial, { k, metric }) => [...(partial ?? [])].sort(byScore(metric)).slice(0, k),
} as const satisfies Kernel<TopkParams, RowScore[], RowScore[]>;

/** Best first: the greatest product or cosine, the least distance; of equal ones the lower row; NaN last. */
export function byScore(metric: Metric): (a: RowScore, b: RowScore) => number {
  const sign = metric === 'euclidean' ? 1 : -1;
  return (a, b) => {
    const [x, y] = [sign * a.score, sign * b.score];
    if (x < y) return -1;
    if (x > y) return 1;
    const missing = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return missing === 0 ? a.row - b.row : missing;
  };
}
