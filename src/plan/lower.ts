/** From a logical plan to the one fused pass over a table that computes it: names bound, types checked, chunks pruned. */

import { AGGREGATES, type AggregateArg, type StateKind } from '../aggregates/index.js';
import type { FoldArg, FoldSpec } from '../codegen/shape.js';
import { ShardfoldError } from '../errors.js';
import { bind, bindBool, type Scope } from '../expr/bind.js';
import { boundsOf, type ColumnBounds, type Interval } from '../expr/bounds.js';
import { formatNode } from '../expr/nodes.js';
import { columnsOf, type TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk, ColumnType, Schema, TableSnapshot } from '../storage/types.js';
import { closest } from '../suggest.js';
import type { AggregateQuery, NamedAggregate, RowNode, RowsQuery, SortKey } from './nodes.js';
import { canMatch, columnInterval } from './prune.js';

interface Output {
  readonly name: string;
  readonly type: ColumnType;
}

export interface KeyOutput extends Output {
  readonly kind: 'key';
  readonly key: number;
}

export interface AggregateOutput extends Output {
  readonly kind: 'aggregate';
  readonly aggregate: NamedAggregate['aggregate'];
  /** Place of the argument in the fold; undefined for `count()`. */
  readonly arg: number | undefined;
  readonly argument: AggregateArg | undefined;
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
  const args: { text: string; expr: TypedExpr; states: Set<StateKind> }[] = [];
  const outputs: (KeyOutput | AggregateOutput)[] = query.keys.map(({ name }, key) => {
    return { kind: 'key', name, key, type: plainType((keys[key] as TypedExpr).type) };
  });
  for (const each of query.aggregates) outputs.push(lowerOne(each, scope, bounds, args));
  refuseDoubles(outputs.map(({ name }) => name));
  for (const { name } of query.sort) {
    if (!outputs.some((output) => output.name === name)) throw unknownResult(name, outputs);
  }
  const spec: FoldSpec = {
    filter,
    keys,
    args: args.map(({ expr, states }): FoldArg => ({ expr, states: [...states] as FoldArg['states'] })),
    columns: columnsRead([...(filter ? [filter] : []), ...keys, ...args.map(({ expr }) => expr)], snapshot),
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

function lowerOne(
  { name, aggregate, arg }: NamedAggregate,
  scope: Scope,
  bounds: ColumnBounds,
  args: { text: string; expr: TypedExpr; states: Set<StateKind> }[],
): AggregateOutput {
  const definition = AGGREGATES[aggregate];
  if (arg === undefined) {
    return { kind: 'aggregate', name, aggregate, arg: undefined, argument: undefined, type: 'int64' };
  }
  const expr = bind(arg, scope);
  if (!definition.takes(expr.type)) {
    throw new ShardfoldError(
      'TYPE_MISMATCH',
      `${aggregate}(${formatNode(arg)}): ${aggregate} takes ${definition.accepts}, not ${expr.type}`,
      {
        hint: 'aggregate another column, or compare it first',
      },
    );
  }
  const argument: AggregateArg = { type: expr.type, bounds: boundsOf(expr, bounds) };
  // Arguments that are written alike share their states.
  const text = JSON.stringify(expr, (_, value: unknown) =>
    typeof value === 'number' ? `${Object.is(value, -0) ? '-0' : value}` : value,
  );
  let place = args.findIndex((known) => known.text === text);
  if (place < 0) place = args.push({ text, expr, states: new Set() }) - 1;
  for (const kind of definition.requires(argument)) args[place]?.states.add(kind);
  return { kind: 'aggregate', name, aggregate, arg: place, argument, type: definition.resultType(expr.type) };
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

function unknownResult(name: string, outputs: readonly Output[]): ShardfoldError {
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
