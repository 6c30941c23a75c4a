/** Whether a result can be written where its rows lie, and what is to be done for it. */

import { WriteScripts } from '../../codegen/write-kernel.js';
import { columnsOf, type TypedExpr } from '../../expr/typed.js';
import type { Relation } from '../../plan/relation.js';
import { columnBounds } from '../../plan/rows-spec.js';
import type { ColumnType, TableSnapshot } from '../../storage/types.js';
import type { RunOptions } from '../options.js';
import type { TargetOptions } from './into-types.js';
import { type PlainOutput, plainOutputs } from './values.js';

/** A column that is taken over as it is, or one that a kernel makes. */
export type ColumnWork =
  | { readonly kind: 'copy'; readonly index: number }
  | { readonly kind: 'make'; readonly type: ColumnType; readonly scripts: WriteScripts };

export interface InShardsPlan {
  readonly snapshot: TableSnapshot;
  readonly fields: readonly PlainOutput[];
  /** One a field. */
  readonly columns: readonly ColumnWork[];
  /** Indexes of the columns of the table that are read. */
  readonly read: readonly number[];
}

/**
 * Row for row from one table, in its order, without strings that would have to be made: then every chunk follows from the one in its
 * place. A filter or a join would leave chunks of any length; an append would move their ends.
 */
export function inShardsPlan(relation: Relation, target: TargetOptions, run: RunOptions): InShardsPlan | undefined {
  if (run.side === 'client' || relation.kind !== 'rows' || target.mode === 'append') return undefined;
  const [part, ...others] = relation.parts;
  const isCut = relation.offset > 0 || relation.count !== undefined;
  if (!part || others.length > 0 || isCut || relation.order.some((keys) => keys.length > 0)) return undefined;
  if (part.filter !== undefined || part.lookups.length > 0 || part.source.kind !== 'table') return undefined;
  const { snapshot } = part.source;
  if (snapshot.chunks.length === 0 || !fits(target, snapshot)) return undefined;
  const bounds = columnBounds(snapshot);
  const read = new Set<number>();
  const columns: ColumnWork[] = [];
  const fields = plainOutputs(relation.outputs);
  for (const { name, type } of fields) {
    const expr = part.scope.get(name) as TypedExpr;
    columnsOf(expr, read);
    if (expr.kind === 'column' && isWhole(snapshot, expr.index)) columns.push({ kind: 'copy', index: expr.index });
    else if (type === 'utf8') return undefined;
    else columns.push({ kind: 'make', type, scripts: new WriteScripts(type, expr, bounds, snapshot.schema) });
  }
  return { snapshot, fields, columns, read: [...read] };
}

/** Whether a column has its keys to itself. */
const isWhole = ({ chunks }: TableSnapshot, index: number): boolean => chunks[0]?.columns[index]?.stride === undefined;

/** Whether the target is asked to lie as the table does. */
function fits({ alignWith, chunkRows }: TargetOptions, snapshot: TableSnapshot): boolean {
  return (
    (alignWith === undefined || alignWith === snapshot.name) &&
    (chunkRows === undefined || chunkRows === snapshot.chunkRows)
  );
}
