/** The fused passes of a fold, one a part: states shared, columns chosen, chunks pruned. */

import { AGGREGATES, type AggregateArg, type StateKind } from '../aggregates/index.js';
import type { FoldArg, FoldSpec } from '../codegen/shape.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, TableSnapshot } from '../storage/types.js';
import type { BoundAggregate } from './bind-aggregate.js';
import type { FoldRelation, Output } from './relation.js';
import { columnBounds, columnsRead, commonBounds, matching } from './rows-spec.js';

export interface KeyOutput extends Output {
  readonly kind: 'key';
  readonly key: number;
}

export interface AggregateOutput extends Output {
  readonly kind: 'aggregate';
  readonly aggregate: BoundAggregate['name'];
  /** Place of the argument in the fold; undefined for `count()`. */
  readonly arg: number | undefined;
  readonly argument: AggregateArg | undefined;
}

/** One pass over a source that aggregates. */
export interface FoldPass {
  readonly snapshot: TableSnapshot;
  readonly spec: FoldSpec;
  /** Chunks that may hold a row that passes the filter; the others are pruned. */
  readonly chunks: readonly ChunkMeta[];
}

export interface FoldPlan {
  readonly passes: readonly FoldPass[];
  readonly outputs: readonly (KeyOutput | AggregateOutput)[];
}

/** An argument of the fold, in every part. */
interface SharedArg {
  readonly text: string;
  readonly exprs: readonly TypedExpr[];
  readonly states: Set<StateKind>;
}

/** @param snapshots one a part */
export function foldPlan(relation: FoldRelation, snapshots: readonly TableSnapshot[]): FoldPlan {
  const { parts, outputs } = relation;
  const bounds = snapshots.map(columnBounds);
  const keyCount = parts[0]?.keys.length ?? 0;
  const args: SharedArg[] = [];
  const named = outputs.map((output, i): KeyOutput | AggregateOutput => {
    if (i < keyCount) return { ...output, kind: 'key', key: i };
    const calls = parts.map(({ aggregates }) => aggregates[i - keyCount] as BoundAggregate);
    const { name: aggregate } = calls[0] as BoundAggregate;
    const exprs = calls.flatMap(({ args: [first] }) => (first === undefined ? [] : [first]));
    const [expr] = exprs;
    if (expr === undefined) return { ...output, kind: 'aggregate', aggregate, arg: undefined, argument: undefined };
    const interval = commonBounds(exprs.map((each, part) => [each, bounds[part] as (typeof bounds)[number]]));
    const argument: AggregateArg = { type: expr.type, bounds: interval };
    const arg = placeOf(args, exprs);
    for (const kind of AGGREGATES[aggregate].requires(argument)) args[arg]?.states.add(kind);
    return { ...output, kind: 'aggregate', aggregate, arg, argument };
  });
  const passes = parts.map(({ part, keys }, i): FoldPass => {
    const snapshot = snapshots[i] as TableSnapshot;
    const folded = args.map(
      ({ exprs, states }): FoldArg => ({
        expr: exprs[i] as TypedExpr,
        states: [...states] as FoldArg['states'],
      }),
    );
    const read = [...(part.filter ? [part.filter] : []), ...keys, ...folded.map(({ expr }) => expr)];
    const spec: FoldSpec = {
      filter: part.filter,
      keys,
      args: folded,
      columns: columnsRead(read, snapshot),
      bounds: bounds[i] as (typeof bounds)[number],
    };
    return { snapshot, spec, chunks: matching(part.filter, snapshot) };
  });
  return { passes, outputs: named };
}

/** Arguments that are written alike share their states. */
function placeOf(args: SharedArg[], exprs: readonly TypedExpr[]): number {
  const text = JSON.stringify(exprs, (_, value: unknown) =>
    typeof value === 'number' ? `${Object.is(value, -0) ? '-0' : value}` : value,
  );
  const place = args.findIndex((known) => known.text === text);
  return place >= 0 ? place : args.push({ text, exprs, states: new Set() }) - 1;
}
