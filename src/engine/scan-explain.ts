/** What a pass that gives rows back does, in words, and the kernels that it would run. */

import { type RowScript, RowsScripts } from '../codegen/rows-kernel.js';
import { OrderScripts } from '../codegen/rows-scripts.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { RowSpec } from '../plan/rows-spec.js';
import { orderWay } from './order-way.js';
import { FEW_ROWS } from './scan.js';

/** Rows that are asked of a part. */
export interface RowsAskedFor {
  readonly order: readonly OrderBy[];
  readonly offset: number;
  readonly count: number | undefined;
  /** Parts that are merged with this one, itself among them. */
  readonly parts: number;
}

type Way = 'heap' | 'sort' | 'passes' | 'scan' | 'few' | 'pull';

function wayOf(spec: RowSpec, { order, offset, count, parts }: RowsAskedFor): Way {
  const most = count === undefined ? undefined : offset + count;
  if (order.length > 0) return orderWay(spec, { order, most, parts });
  if (spec.filter !== undefined || spec.lookups !== undefined) return 'scan';
  return most !== undefined && most <= FEW_ROWS ? 'few' : 'pull';
}

const TEXTS: Record<Way, string> = {
  heap: 'in the shards: a heap a slice keeps the first rows of the order; of those that are left the columns are fetched',
  sort: 'here: the rows of each chunk are sorted as they come, then merged',
  passes:
    'in passes: ranges of the order that fit into memory are found by counting in the shards, and fetched one by one',
  scan: 'in the shards, unless the rows turn out heavier than half of the columns; then these are pulled',
  few: 'in the shards: few rows are asked for',
  pull: 'on the client side: rows are asked for, so the columns are pulled',
};

export const computedText = (spec: RowSpec, asked: RowsAskedFor): string => TEXTS[wayOf(spec, asked)];

/** Kernels and for how many chunks each of them is. */
export function rowKernels(spec: RowSpec, asked: RowsAskedFor): Map<RowScript, number> {
  const { snapshot, filter, bounds, columns, lookups, chunks } = spec;
  const way = wayOf(spec, asked);
  const made = new Map<RowScript, number>();
  const count = (script: RowScript): void => void made.set(script, (made.get(script) ?? 0) + 1);
  if (way === 'heap') {
    const scripts = new OrderScripts({ filter, order: asked.order, bounds, columns }, snapshot.schema);
    for (const chunk of chunks) count(scripts.top(chunk, { bounded: false, locates: false }).script);
  } else if (way === 'scan' || way === 'few') {
    const exprs = spec.outputs.map(({ expr }) => expr);
    const scripts = new RowsScripts({ filter, exprs, bounds, columns, ...(lookups && { lookups }) }, snapshot.schema);
    for (const chunk of chunks) count(scripts.of(chunk).script);
  }
  return made;
}
