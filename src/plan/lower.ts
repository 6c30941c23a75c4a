/** From a logical plan to the one fused pass over a table that computes it: names bound, types checked, chunks pruned. */

import { AggregateTable, type BoundAggregate, exprsOf, plainResult, type ResultType } from '../aggregates/index.js';
import type { FoldSpec } from '../codegen/shape.js';
import { ShardfoldError } from '../errors.js';
import { bind, bindBool, type Scope } from '../expr/bind.js';
import type { ColumnBounds, Interval } from '../expr/bounds.js';
import { columnsOf, type TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, ColumnType, Schema, TableSnapshot } from '../storage/types.js';
import { closest } from '../suggest.js';
import type { AggregateQuery, RowNode, RowsQuery, SortKey } from './nodes.js';
import { canMatch, columnInterval } from './prune.js';

interface Output {
  readonly name: string;
  readonly type: ColumnType;
}

export interface KeyOutput extends Output {
  readonly kind: 'key';
  readonly key: number;
}

export interface AggregateOutput {
  readonly name: string;
  readonly type: ResultType;
  readonly kind: 'aggregate';
  readonly aggregate: BoundAggregate;
}

/** A pass that aggregates. */
export interface FoldPlan {
  readonly kind: 'fold';
  readonly snapshot: TableSnapshot;
  readonly spec: FoldSpec;
  readonly outputs: readonly (KeyOutput | AggregateOutput)[];
  /** Chunks that may hold a row that passes the filter; the others are pruned. */
  readonly chunks: readonly ChunkMeta[];
  readonly sort: readonly SortKey[];
  readonly limit: number | undefined;
}

/** A pass that gives rows back. */
export interface ScanPlan {
  readonly kind: 'scan';
  readonly snapshot: TableSnapshot;
  readonly filter: TypedExpr | undefined;
  readonly columns: readonly number[];
  readonly outputs: readonly (Output & { readonly expr: TypedExpr })[];
  readonly bounds: ColumnBounds;
  readonly chunks: readonly ChunkMeta[];
  readonly limit: number | undefined;
}

/** Names and filter after the row steps of a plan. */
interface Rows {
  readonly scope: Scope;
  readonly filter: TypedExpr | undefined;
}

function lowerRows(node: RowNode, schema: Schema): Rows {
  if (node.kind === 'scan') {
    const columns = schema.map(({ name, type }, index): [string, TypedExpr] => [name, { kind: 'column', type, index }]);
    return { scope: new Map(columns), filter: undefined };
  }
  const { scope, filter } = lowerRows(node.input, schema);
  if (node.kind === 'filter') {
    const right = bindBool(node.predicate, scope);
    return { scope, filter: filter ? { kind: 'logic', type: 'bool', op: 'and', left: filter, right } : right };
  }
  const made = node.columns.map(({ name, node: expr }): [string, TypedExpr] => [name, bind(expr, scope)]);
  refuseDoubles(made.map(([name]) => name));
  return { scope: new Map(node.kind === 'select' ? made : [...scope, ...made]), filter };
}

function refuseDoubles(names: readonly string[]): void {
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) {
    throw new ShardfoldError('INVALID_ARGUMENT', `two result columns are called "${double}"`, {
      hint: `name one of them otherwise: .as('other')`,
    });
  }
}

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT */
export function lowerAggregate(query: AggregateQuery, snapshot: TableSnapshot): FoldPlan {
  const { scope, filter } = lowerRows(query.input, snapshot.schema);
  const bounds = intervals(snapshot);
  const keys = query.keys.map(({ node }) => bind(node, scope));
  const aggregates = new AggregateTable(scope, bounds);
  const outputs: (KeyOutput | AggregateOutput)[] = query.keys.map(({ name }, key) => {
    return { kind: 'key', name, key, type: plainType((keys[key] as TypedExpr).type) };
  });
  for (const { name, node } of query.aggregates) {
    const aggregate = aggregates.add(node);
    outputs.push({ kind: 'aggregate', name, type: aggregate.type, aggregate });
  }
  refuseDoubles(outputs.map(({ name }) => name));
  for (const { name } of query.sort) {
    const output = outputs.find((each) => each.name === name);
    if (output === undefined) throw unknownResult(name, outputs);
    plainResult(output.type, `the result column "${name}"`);
  }
  const { args } = aggregates;
  const spec: FoldSpec = {
    filter,
    keys,
    args,
    columns: columnsRead([...(filter ? [filter] : []), ...keys, ...exprsOf(args)], snapshot),
    bounds,
  };
  return {
    kind: 'fold',
    snapshot,
    spec,
    outputs,
    chunks: kept(filter, snapshot),
    sort: query.sort,
    limit: query.limit,
  };
}

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH */
export function lowerScan(query: RowsQuery, snapshot: TableSnapshot): ScanPlan {
  const { scope, filter } = lowerRows(query.input, snapshot.schema);
  const outputs = [...scope].map(([name, expr]) => ({ name, expr, type: plainType(expr.type) }));
  const exprs = outputs.map(({ expr }) => expr);
  return {
    kind: 'scan',
    snapshot,
    filter,
    columns: columnsRead(filter ? [filter, ...exprs] : exprs, snapshot),
    outputs,
    bounds: intervals(snapshot),
    chunks: kept(filter, snapshot),
    limit: query.limit,
  };
}

const plainType = (type: TypedExpr['type']): ColumnType => (type === 'null' ? 'int32' : type);

function kept(filter: TypedExpr | undefined, { chunks }: TableSnapshot): readonly ChunkMeta[] {
  return filter === undefined ? chunks : chunks.filter((chunk) => canMatch(filter, chunk));
}

function intervals({ schema, chunks }: TableSnapshot): ColumnBounds {
  const bounds = new Map<number, Interval>();
  schema.forEach(({ type }, index) => {
    const interval = columnInterval(type, index, chunks);
    if (interval) bounds.set(index, interval);
  });
  return bounds;
}

/** The columns of the expressions; where they have none, the one with the fewest bytes, so that rows are there to pass over. */
function columnsRead(exprs: readonly TypedExpr[], { schema, chunks }: TableSnapshot): number[] {
  const columns = new Set<number>();
  for (const expr of exprs) columnsOf(expr, columns);
  if (columns.size === 0) {
    const bytes = schema.map((_, index) =>
      chunks.reduce((sum, chunk) => sum + (chunk.columns[index] as ColumnChunk).bytes, 0),
    );
    columns.add(bytes.indexOf(Math.min(...bytes)));
  }
  return [...columns].sort((a, b) => a - b);
}

function unknownResult(name: string, outputs: readonly { readonly name: string }[]): ShardfoldError {
  const near = closest(
    name,
    outputs.map((output) => output.name),
  );
  return new ShardfoldError('UNKNOWN_COLUMN', `there is no result column "${name}" to sort by`, {
    hint:
      near === undefined
        ? `the columns are ${outputs.map((output) => output.name).join(', ')}`
        : `did you mean "${near}"?`,
  });
}
