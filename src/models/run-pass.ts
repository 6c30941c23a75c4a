/** A pass over the rows of a query: in the shards or here, as the planner finds best, with the same bits. */

import type { CollectOptions } from '../engine/options.js';
import type { Receipt } from '../engine/receipt.js';
import { AggregateExpr, count, type Expr, toNode } from '../expr/expr.js';
import type { Query } from '../query/query.js';

/** The columns of a pass. */
export interface PassColumns {
  readonly columns: readonly Expr[];
  /** Constants of the pass; not all of them need to be known when the columns are. */
  readonly list: readonly number[];
}

export interface PassResult {
  /** What the pass ended in; empty where no row counted. */
  readonly flat: readonly number[];
  /** Rows that counted, and rows with a null in one of the columns, which did not. */
  readonly rows: number;
  readonly dropped: number;
  readonly receipt: Receipt;
}

/** @throws TYPE_MISMATCH where a column is no number; whatever `collect` throws */
export async function runPass(
  source: Query,
  pass: string,
  { columns, list }: PassColumns,
  options: CollectOptions = {},
): Promise<PassResult> {
  const walked = new AggregateExpr({
    kind: 'aggregate',
    aggregate: 'rowPass',
    args: columns.map((column) => toNode(column)),
    pass: { name: pass, list },
  });
  const result = await source.agg({ flat: walked, all: count() }).collect<{
    flat: readonly number[] | null;
    all: number;
  }>(options);
  const { flat, all } = result[0] as { flat: readonly number[] | null; all: number };
  const [rows = 0, ...numbers] = flat ?? [];
  return { flat: numbers, rows, dropped: all - rows, receipt: result.receipt };
}
