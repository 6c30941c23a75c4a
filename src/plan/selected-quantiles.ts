/**
 * Medians and quantiles of a whole table that are found by selection: passes that move counts, not values. It pays where values
 * are many; few of them are counted one by one in the same pass as the other aggregates.
 */

import { isCoded } from '../codegen/shape.js';
import { bind, bindBool } from '../expr/bind.js';
import { boundsOf, type ColumnBounds } from '../expr/bounds.js';
import type { AggregateNode } from '../expr/nodes.js';
import { isWhole, type TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from '../storage/types.js';
import type { FoldRelation, Part } from './relation.js';
import { columnBounds } from './rows-spec.js';

/** A quantile of an expression over the rows of a part. */
export interface SelectedQuantile {
  /** Place among the outputs of the fold. */
  readonly output: number;
  /** With the filter of the aggregate. */
  readonly part: Part;
  readonly expr: TypedExpr;
  readonly q: number;
}

export interface SplitFold {
  readonly selected: readonly SelectedQuantile[];
  /** The other aggregates, with their places among the outputs. */
  readonly rest: FoldRelation;
  readonly places: readonly number[];
}

/** Rows from which on passes over them are cheaper than a count a value. */
const FEWEST_ROWS = 131_072;
/** Whole numbers that lie closer together are counted one by one. */
const FEW_VALUES = 65_536;

/** Undefined where nothing is to be selected. @param snapshots one a part */
export function splitQuantiles(relation: FoldRelation, snapshots: readonly TableSnapshot[]): SplitFold | undefined {
  const [only, ...others] = relation.parts;
  const [snapshot] = snapshots;
  if (only === undefined || snapshot === undefined || others.length > 0 || snapshot.rows < FEWEST_ROWS)
    return undefined;
  const { part, keys, aggregates } = only;
  if (keys.length > 0 || part.source.kind !== 'table' || part.lookups.length > 0) return undefined;
  const bounds = columnBounds(snapshot);
  const selected = aggregates.flatMap(({ node }, output): SelectedQuantile[] => {
    const q = quantileOf(node);
    const [arg] = node.args;
    if (q === undefined || arg === undefined) return [];
    const expr = bind(arg, part.scope);
    if (hasFewValues(expr, snapshot.chunks, bounds)) return [];
    return [{ output, part: filtered(part, node), expr, q }];
  });
  if (selected.length === 0) return undefined;
  const taken = new Set(selected.map(({ output }) => output));
  const places = aggregates.flatMap((_, i) => (taken.has(i) ? [] : [i]));
  const rest: FoldRelation = {
    ...relation,
    parts: [{ part, keys, aggregates: aggregates.filter((_, i) => !taken.has(i)) }],
    outputs: relation.outputs.filter((_, i) => !taken.has(i)),
  };
  return { selected, rest, places };
}

function quantileOf({ aggregate, options }: AggregateNode): number | undefined {
  if (aggregate === 'median') return 0.5;
  return aggregate === 'quantile' ? (options?.q as number) : undefined;
}

function filtered(part: Part, { where }: AggregateNode): Part {
  if (where === undefined) return part;
  const right = bindBool(where, part.scope);
  const { filter: left } = part;
  return { ...part, filter: left === undefined ? right : { kind: 'logic', type: 'bool', op: 'and', left, right } };
}

function hasFewValues(expr: TypedExpr, chunks: readonly ChunkMeta[], bounds: ColumnBounds): boolean {
  if (expr.type === 'null') return true;
  if (expr.kind === 'column' && chunks.every((chunk) => isCoded((chunk.columns[expr.index] as ColumnChunk).encoding))) {
    return true;
  }
  if (!isWhole(expr.type)) return false;
  const [low, high] = boundsOf(expr, bounds);
  return high - low <= FEW_VALUES;
}
