/** Aggregates of users' own, written with the same expressions as queries. */

import { ShardfoldError, showValue } from '../errors.js';
import { PrimitiveError } from '../expr/base.js';
import type { AggregateFilter } from '../expr/expr.js';
import { AggregateExpr, col, Expr, type Operand, toNode } from '../expr/expr.js';
import type { ColumnsOf, ValueOf } from '../expr/infer.js';
import type { CustomAggregate, ExprNode } from '../expr/nodes.js';
import { closest } from '../suggest.js';

type Numbers<F extends string> = Readonly<Record<F, number>>;
type Exprs<F extends string> = Readonly<Record<F, Expr<'number', never>>>;
/** Fields for `finish`, which may use them as expressions or as numbers, but not both. */
type Fields<F extends string> = Readonly<Record<F, Expr<'number', never> & number>>;
/** What `finish` may give. */
type Finished = Expr | number | null | undefined;
type Step<F extends string> = Readonly<Record<F, Operand>>;

/** @typeParam F names of the state's fields @typeParam A as many `Expr` as the aggregate has arguments @typeParam R the result */
export interface CustomAggregateSpec<F extends string, A extends readonly Expr[], R = Finished> {
  /** Shown by `explain` and in errors. */
  readonly name?: string;
  /** The state before the first row: a float64 a field. */
  readonly init: Numbers<F>;
  /** The state after a row. Called once, with expressions: it describes the step, and each row takes it. */
  step(state: Exprs<F>, ...args: A): Step<F>;
  /** The state of the rows of `a`, then those of `b`. Called once, with expressions; neither side is ever a state without rows. */
  merge(a: Exprs<F>, b: Exprs<F>): Step<F>;
  /** The result: an expression of the fields, or a plain function of their numbers; null of no rows without being asked. */
  finish(state: Fields<F>): R;
  /** `'skip'` (the default) leaves out rows in which an argument is null; `'pass'` hands them to `step`. */
  readonly nulls?: 'skip' | 'pass';
}

export type CustomAggregateCall<A extends readonly Expr[], R = Finished> = <
  G extends [...{ [K in keyof A]: Operand }, options?: AggregateFilter],
>(
  ...args: G
) => AggregateExpr<ValueOf<R> | 'null', ColumnsOf<G[number]> | WhereOf<G[number]>>;

type WhereOf<Options> = Options extends AggregateFilter<infer W> ? ColumnsOf<W> : never;

let defined = 0;

/**
 * Defines an aggregate by expressions, which run in the shards as Lua, and on the client side as JavaScript, with the same bits.
 * A unit (8,128 rows) is stepped through in the order of the rows, from `init`; units merge by the fixed tree. Where a step
 * gives null for a field, the field stays as it is. Of no rows the result is null.
 *
 *     const sumOfSquares = defineAggregate({
 *       init: { total: 0 },
 *       step: ({ total }, x) => ({ total: total.add(x.mul(x)) }),
 *       merge: (a, b) => ({ total: a.total.add(b.total) }),
 *       finish: ({ total }) => total,
 *     });
 *     table.agg({ squares: sumOfSquares(col('x')) })
 *
 * @throws INVALID_ARGUMENT for unknown fields, or other fields than `init` has
 */
export function defineAggregate<F extends string, A extends readonly Expr[], R extends Finished = Finished>(
  spec: CustomAggregateSpec<F, A, R>,
): CustomAggregateCall<A, R> {
  const { init, nulls = 'skip', name = 'custom' } = spec;
  const fields = Object.keys(init) as F[];
  checkInit(init, nulls);
  const arity = Math.max(0, spec.step.length - 1);
  const args = Array.from({ length: arity }, (_, i) => col(`arg${i + 1}`));
  const node: CustomAggregate = Object.freeze({
    id: ++defined,
    name,
    arity,
    nulls,
    fields,
    init: fields.map((field) => init[field]),
    step: nodesOf('step', fields, spec.step(record('state', fields), ...(args as unknown as A))),
    merge: nodesOf('merge', fields, spec.merge(record('a', fields), record('b', fields))),
    finish: finishOf(spec, fields),
  });
  return (...given) => {
    const last = given.at(-1);
    const options = given.length > arity && isOptions(last) ? last : {};
    const operands = (given.length > arity && isOptions(last) ? given.slice(0, -1) : given) as Operand[];
    if (operands.length !== arity) {
      throw invalid(
        `${name} takes ${arity} argument${arity === 1 ? '' : 's'}, not ${operands.length}`,
        'as many as step has after the state',
      );
    }
    return new AggregateExpr({
      kind: 'aggregate',
      aggregate: 'custom',
      args: Object.freeze(operands.map(toNode)),
      custom: node,
      ...(options.where !== undefined && { where: toNode(options.where) }),
    });
  };
}

const isOptions = (value: unknown): value is AggregateFilter =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function invalid(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}

function checkInit(init: Readonly<Record<string, number>>, nulls: string): void {
  for (const [field, value] of Object.entries(init)) {
    if (typeof value !== 'number') throw invalid(`init: ${field} is ${showValue(value)}`, 'fields are numbers');
  }
  if (Object.keys(init).length === 0) throw invalid('init has no field', 'e.g. init: { total: 0 }');
  if (nulls !== 'skip' && nulls !== 'pass') throw invalid(`nulls is ${showValue(nulls)}`, "'skip' or 'pass'");
}

const fieldOf = (side: string, field: string): Expr<'number', never> =>
  new Expr({ kind: 'column', name: `${side}.${field}` });

/** The fields as expressions; asking for one that there is not is an error, not undefined. */
function record<F extends string>(side: string, fields: readonly F[]): Exprs<F> {
  const exprs = Object.fromEntries(fields.map((field) => [field, fieldOf(side, field)])) as Exprs<F>;
  return new Proxy(exprs, {
    get(target, field) {
      if (typeof field === 'symbol') return Reflect.get(target, field);
      if (Object.hasOwn(target, field)) return target[field as F];
      const near = closest(field, fields);
      throw invalid(
        `the state has no field ${field}`,
        near === undefined ? `the fields are ${fields.join(', ')}` : `did you mean ${near}?`,
      );
    },
  });
}

function nodesOf(what: string, fields: readonly string[], given: Readonly<Record<string, Operand>>): ExprNode[] {
  const names = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const missing = fields.find((field) => !names.includes(field));
  if (missing !== undefined) throw invalid(`${what} does not return ${missing}`, `return all of ${fields.join(', ')}`);
  const unknown = names.find((each) => !fields.includes(each));
  if (unknown !== undefined) throw invalid(`${what} returns ${unknown}, which init lacks`, `add it to init`);
  return fields.map((field) => toNode(given[field] as Operand));
}

function finishOf<F extends string, A extends readonly Expr[]>(
  spec: CustomAggregateSpec<F, A>,
  fields: readonly F[],
): CustomAggregate['finish'] {
  let result: unknown;
  try {
    result = spec.finish(record('state', fields) as Fields<F>);
  } catch (error) {
    if (error instanceof ShardfoldError && !(error instanceof PrimitiveError)) throw error;
    // A function of numbers may fail on expressions; an error of its own shows when it gets its numbers.
    result = undefined;
  }
  if (result instanceof Expr) return result.node;
  return spec.finish as unknown as (state: Readonly<Record<string, number>>) => number | null;
}
