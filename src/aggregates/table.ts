/**
 * Aggregates of a plan, bound: what each needs goes into one list of arguments and their states, in which those that are
 * written alike are one, and each knows how to finish from there.
 */

import { ShardfoldError } from '../errors.js';
import { bind, bindBool, type Scope } from '../expr/bind.js';
import { boundsOf, type ColumnBounds, type Interval } from '../expr/bounds.js';
import { keyText } from '../expr/key-text.js';
import {
  type AggregateNode,
  type CustomAggregate,
  type ExprNode,
  formatNode,
  type RowPassNode,
} from '../expr/nodes.js';
import { type Physical, type TypedExpr, usesLibm } from '../expr/typed.js';
import { closest } from '../suggest.js';
import type { Aggregate, AggregateArg, Requirement, StateField, StateKind, StateSpec } from './aggregate.js';
import { bindCustom } from './custom.js';
import { asFloat, numbers } from './numbers.js';
import { AGGREGATES } from './registry.js';
import type { ResultType, ResultValue } from './result-type.js';

/** Arguments of aggregates, the rows that count for them, and the states that are kept of them. */
export interface FoldArg {
  readonly exprs: readonly TypedExpr[];
  readonly where: TypedExpr | undefined;
  /** Whether rows in which one of the arguments is null take part. */
  readonly nulls: 'skip' | 'pass';
  readonly states: readonly StateSpec[];
}

/** Where a state stands: of which argument, and which of its states. */
export interface StatePlace {
  readonly arg: number;
  readonly state: number;
}

/** The fields of a merged state; without a place, the number of rows alone. */
export type ReadState = (place: StatePlace | undefined) => readonly StateField[];

/** An aggregate ready to be finished. */
export interface BoundAggregate {
  readonly type: ResultType;
  /** @throws NUMERIC_OVERFLOW, OUT_OF_RANGE */
  finish(read: ReadState): ResultValue;
}

interface Entry {
  readonly text: string;
  readonly arg: Omit<FoldArg, 'states'>;
  readonly states: StateSpec[];
}

/** An aggregate as it is added, and which of its requirements is meant. */
interface Own {
  readonly node: AggregateNode;
  readonly nth: number;
  readonly exprs: readonly TypedExpr[];
  readonly where: TypedExpr | undefined;
}

/** What is true of all aggregates of a table. */
export interface AggregateTableOptions {
  /**
   * Whether other tables of the same aggregates are to get the same list of states, over other sources: then those of one argument
   * are shared where it is written alike, and all must be told the same bounds.
   */
  readonly alike?: boolean;
  /** Whether sums, means, variances and covariances of floats are correctly rounded, for rows that have no order. */
  readonly exact?: boolean;
}

export class AggregateTable {
  readonly #scope: Scope;
  readonly #bounds: ColumnBounds;
  readonly #alike: boolean;
  readonly #exact: boolean;
  readonly #entries: Entry[] = [];

  /** @param scope what the names in arguments stand for */
  constructor(scope: Scope, bounds: ColumnBounds, { alike = false, exact = false }: AggregateTableOptions = {}) {
    this.#scope = scope;
    this.#bounds = bounds;
    this.#alike = alike;
    this.#exact = exact;
  }

  /** Between what the first argument of an aggregate must lie. */
  boundsOf({ args: [first] }: AggregateNode): Interval {
    return first === undefined ? [0, 0] : boundsOf(bind(first, this.#scope), this.#bounds);
  }

  /** What the kernels are to keep, for all aggregates added. */
  get args(): readonly FoldArg[] {
    return this.#entries.map(({ arg, states }) => ({ ...arg, states }));
  }

  /**
   * @param bounds between what the first argument lies wherever the states are kept
   * @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT
   */
  add(node: AggregateNode, bounds: Interval = this.boundsOf(node)): BoundAggregate {
    const where = node.where === undefined ? undefined : bindBool(node.where, this.#scope);
    const exprs = node.args.map((arg) => bind(arg, this.#scope));
    if (node.pass !== undefined) return this.#pass(node.pass, { node, nth: 0, exprs, where });
    if (node.custom !== undefined) return this.#custom(node.custom, { node, nth: 0, exprs, where });
    if (node.aggregate === 'count' && exprs.length === 0) return this.#rows({ node, nth: 0, exprs: [], where });
    const definition = AGGREGATES[node.aggregate as Aggregate['name']];
    check(definition, node, exprs);
    const [first] = exprs as [TypedExpr];
    const arg: AggregateArg = {
      type: first.type,
      bounds,
      exprs,
      options: node.options ?? {},
      exact: this.#exact,
    };
    const places = definition.requires(arg).map((each, nth) => {
      const requirement: Requirement = typeof each === 'string' ? { kind: each } : each;
      return { kind: requirement.kind, place: this.#place(requirement, { node, nth, exprs, where }) };
    });
    const byKind = new Map<StateKind, StatePlace[]>();
    for (const { kind, place } of places) byKind.set(kind, [...(byKind.get(kind) ?? []), place]);
    return {
      type: definition.resultType(first.type),
      finish: (read) => definition.finish((kind, nth = 0) => read(byKind.get(kind)?.[nth]), arg),
    };
  }

  /** `count()`: of all rows the kernel keeps count itself. */
  #rows(own: Own): BoundAggregate {
    const place = own.where && this.#place({ kind: 'valid' }, own);
    return { type: 'int64', finish: (read) => read(place)[0] as number };
  }

  #custom(definition: CustomAggregate, own: Own): BoundAggregate {
    const exprs = own.exprs.map(asFloat);
    const param = bindCustom(definition, exprs, own.node.args.map(formatNode));
    const { nulls, fields, finish } = definition;
    const place = this.#place({ kind: 'custom', param, exprs, ...(nulls === 'pass' && { nulls }) }, own);
    return {
      type: param.finish === undefined || param.finish.type === 'null' ? 'float64' : param.finish.type,
      finish: (read) => {
        // An expression is computed where the states are merged: its value stands behind the fields.
        const [n, ...numbers] = read(place) as [number, ...number[]];
        if (n === 0) return null;
        if (typeof finish !== 'function') return numbers[fields.length] as Physical;
        return finish(Object.fromEntries(fields.map((field, i) => [field, numbers[i] as number]))) ?? null;
      },
    };
  }

  /** [rows that counted, what the pass ended in]; null of no rows. */
  #pass({ name, list }: RowPassNode, own: Own): BoundAggregate {
    const other = own.exprs.findIndex(({ type }) => !numbers.takes(type));
    if (other >= 0) {
      const what = `${formatNode(own.node.args[other] as ExprNode)} is ${own.exprs[other]?.type}`;
      throw new ShardfoldError('TYPE_MISMATCH', `${what}, and ${name} takes ${numbers.accepts}`, {
        hint: 'cast it, or leave it out',
      });
    }
    const exprs = own.exprs.map(asFloat);
    const place = this.#place({ kind: 'pass', param: { pass: name, width: exprs.length, list }, exprs }, own);
    return {
      type: 'list(float64)',
      finish: (read) => {
        const [n, flat] = read(place) as [number, readonly number[]];
        return n === 0 ? null : [n, ...flat];
      },
    };
  }

  #place(requirement: Requirement, own: Own): StatePlace {
    const { kind, exprs = own.exprs, and, nulls = 'skip', param } = requirement;
    const arg: Entry['arg'] = { exprs, where: both(own.where, and), nulls };
    const text = this.#alike ? writtenText(requirement, own) : keyText(arg);
    let at = this.#entries.findIndex((entry) => entry.text === text);
    if (at < 0) at = this.#entries.push({ text, arg, states: [] }) - 1;
    const { states } = this.#entries[at] as Entry;
    const wanted: StateSpec = param === undefined ? { kind } : { kind, param };
    let state = states.findIndex((each) => stateText(each) === stateText(wanted));
    if (state < 0) state = states.push(wanted) - 1;
    return { arg: at, state };
  }
}

/** Equal for what is written alike, whatever the columns are that its names stand for. */
function writtenText({ exprs, and, nulls }: Requirement, { node, nth }: Own): string {
  const derived = exprs === undefined && and === undefined ? undefined : [node.aggregate, node.options, nth];
  return keyText([node.args, node.where, nulls, derived]);
}

function both(a: TypedExpr | undefined, b: TypedExpr | undefined): TypedExpr | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { kind: 'logic', type: 'bool', op: 'and', left: a, right: b };
}

function stateText({ kind, param }: StateSpec): string {
  if (typeof param === 'object' && 'definition' in param) return `${kind} ${param.definition.id}`;
  return `${kind} ${keyText(param)}`;
}

/** @throws INVALID_ARGUMENT, TYPE_MISMATCH */
function check(definition: Aggregate, node: AggregateNode, exprs: readonly TypedExpr[]): void {
  const { name, more = [], options = [] } = definition;
  const text = formatNode(node);
  const fail = (code: 'TYPE_MISMATCH' | 'INVALID_ARGUMENT', message: string, hint: string): never => {
    throw new ShardfoldError(code, `${text}: ${message}`, { hint });
  };
  if (exprs.length !== more.length + 1) {
    fail('INVALID_ARGUMENT', `${name} takes ${more.length + 1} arguments, not ${exprs.length}`, 'see its description');
  }
  for (const given of Object.keys(node.options ?? {})) {
    if (options.includes(given)) continue;
    const near = closest(given, [...options, 'where']);
    const hint = near === undefined ? `the options are ${[...options, 'where'].join(', ')}` : `did you mean ${near}?`;
    fail('INVALID_ARGUMENT', `there is no option ${given}`, hint);
  }
  [definition, ...more].forEach((accepted, i) => {
    const { type } = exprs[i] as TypedExpr;
    if (!accepted.takes(type)) {
      const hint = 'aggregate another column, or compare it first';
      fail('TYPE_MISMATCH', `${name} takes ${accepted.accepts}, not ${type}`, hint);
    }
  });
  definition.check?.(node.options ?? {});
}

/** All expressions that a kernel computes for the arguments: what they read, and whether they depend on libm. */
export function exprsOf(args: readonly FoldArg[]): readonly TypedExpr[] {
  return args.flatMap(({ exprs, where }) => (where === undefined ? exprs : [...exprs, where]));
}

/** Whether bits of the aggregates depend on where they are computed. */
export function aggregatesUseLibm(args: readonly FoldArg[]): boolean {
  const custom = args.flatMap(({ states }) =>
    states.flatMap(({ param }) =>
      typeof param === 'object' && 'definition' in param
        ? [...param.step, ...param.merge, ...(param.finish ? [param.finish] : [])]
        : [],
    ),
  );
  return [...exprsOf(args), ...custom].some(usesLibm);
}
