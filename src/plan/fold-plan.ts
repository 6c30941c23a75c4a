/** The fused passes of a fold, one a part: states shared, columns chosen, chunks pruned. */

import { AggregateTable, type BoundAggregate, exprsOf } from '../aggregates/index.js';
import type { FoldSpec } from '../codegen/shape.js';
import type { Interval } from '../expr/bounds.js';
import type { ChunkMeta, TableSnapshot } from '../storage/types.js';
import { lookupsOf, readByPart } from './join-spec.js';
import type { FoldRelation, Output } from './relation.js';
import { columnBounds, columnsRead, matching } from './rows-spec.js';

export interface KeyOutput extends Output {
  readonly kind: 'key';
  readonly key: number;
}

export interface AggregateOutput extends Output {
  readonly kind: 'aggregate';
  readonly aggregate: BoundAggregate;
}

/** One pass over a source that aggregates. */
export interface FoldPass {
  readonly snapshot: TableSnapshot;
  readonly spec: FoldSpec;
  /** Chunks that may hold a row that passes the filter; the others are pruned. */
  readonly chunks: readonly ChunkMeta[];
}

export interface FoldPlan {
  /** Their states are laid out alike, so that their groups merge. */
  readonly passes: readonly FoldPass[];
  readonly outputs: readonly (KeyOutput | AggregateOutput)[];
}

const hull = (intervals: readonly Interval[]): Interval => [
  Math.min(...intervals.map(([low]) => low)),
  Math.max(...intervals.map(([, high]) => high)),
];

/**
 * @param snapshots one a part
 * @param exact whether sums of floats must not depend on the order of rows, because a part has none
 */
export function foldPlan(
  { parts, outputs }: FoldRelation,
  snapshots: readonly TableSnapshot[],
  exact = false,
): FoldPlan {
  const tables = parts.map(({ part }, i) => {
    const bounds = columnBounds(snapshots[i] as TableSnapshot);
    return new AggregateTable(part.scope, bounds, { alike: parts.length > 1, exact });
  });
  const nodes = (parts[0]?.aggregates ?? []).map(({ node }) => node);
  // Which states are kept depends on how large values may be: in any part.
  const intervals = nodes.map((node) => hull(tables.map((table) => table.boundsOf(node))));
  const bound = parts.map(({ part, keys }, i) => {
    const snapshot = snapshots[i] as TableSnapshot;
    const bounds = columnBounds(snapshot);
    const table = tables[i] as AggregateTable;
    const added = nodes.map((node, k) => table.add(node, intervals[k]));
    const { args } = table;
    const read = [...readByPart(part), ...keys, ...exprsOf(args)];
    const columns = columnsRead(read, snapshot);
    const spec: FoldSpec = { ...lookupsOf(part), filter: part.filter, keys, args, columns, bounds };
    return { added, pass: { snapshot, spec, chunks: matching(part, snapshot) } };
  });
  const [first] = bound;
  const keyCount = parts[0]?.keys.length ?? 0;
  const named = outputs.map((output, i): KeyOutput | AggregateOutput => {
    if (i < keyCount) return { ...output, kind: 'key', key: i };
    return { ...output, kind: 'aggregate', aggregate: first?.added[i - keyCount] as BoundAggregate };
  });
  return { passes: bound.map(({ pass }) => pass), outputs: named };
}
