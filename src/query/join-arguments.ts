/** What is handed in to joins, checked and made a plan. */

import { showValue } from '../errors.js';
import { Expr } from '../expr/expr.js';
import type { JoinKey, PlanNode } from '../plan/nodes.js';
import { type ColumnOperand, invalid, named } from './arguments.js';

/** @typeParam C names of the columns that there are */
export type JoinOperand<C extends string = string> = ColumnOperand<C> | readonly ColumnOperand<C>[];

/** The sides have no name in common: match `leftOn` with `rightOn`. */
export interface NoColumnInBoth<L, R> {
  readonly noColumnInBoth: { readonly left: L; readonly right: R };
}

/** What rows are matched by: names that both sides have, or one list for each side. */
export type JoinKeys<L extends string = string, R extends string = string> =
  | { readonly on: [L & R] extends [never] ? NoColumnInBoth<L, R> : JoinOperand<L & R> }
  | { readonly leftOn: JoinOperand<L>; readonly rightOn: JoinOperand<R> };

/** Keys of which the compiler has said already whether they are columns. */
type GivenKeys = { readonly on: unknown } | { readonly leftOn: JoinOperand; readonly rightOn: JoinOperand };

interface RowOptions {
  /** Rows without a match are dropped (`inner`, the default) or kept with nulls (`left`). */
  readonly how?: 'inner' | 'left';
  /** Behind names of the right side that the left side has too; `_right` by default. */
  readonly suffix?: string;
}

export type JoinOptions<L extends string = string, R extends string = string> = JoinKeys<L, R> & RowOptions;

export interface ZipOptions<Suffix extends string = string> {
  readonly suffix?: Suffix;
}

const HINT = "{ on: 'id' }, { on: ['x', 'y'] } or { leftOn: 'id', rightOn: 'key' }";
const SUFFIX = '_right';

export function joinPlan(left: PlanNode, right: PlanNode, options: GivenKeys & RowOptions): PlanNode {
  const { how = 'inner', suffix = SUFFIX, ...keys } = checked(options, 'join');
  if (how !== 'inner' && how !== 'left') {
    throw invalid(
      `join(): how is ${showValue(how)}`,
      "'inner' or 'left'; a right join is a left join with its sides swapped; semiJoin() and antiJoin() are steps of their own",
    );
  }
  return { kind: 'join', left, right, how, on: joinKeys(keys, 'join'), suffix: checkSuffix(suffix) };
}

export function existsPlan(left: PlanNode, right: PlanNode, how: 'semi' | 'anti', options: GivenKeys): PlanNode {
  const step = `${how}Join`;
  return { kind: 'join', left, right, how, on: joinKeys(checked(options, step), step), suffix: '' };
}

export function zipPlan(left: PlanNode, right: PlanNode, options: ZipOptions): PlanNode {
  const { suffix = SUFFIX, ...others } = options ?? {};
  noOthers(others, 'zip', "{ suffix: '_right' }");
  return { kind: 'zip', left, right, suffix: checkSuffix(suffix) };
}

function checked<Options extends object>(options: Options, step: string): Options {
  if (typeof options !== 'object' || options === null) throw invalid(`${step}() names no key`, HINT);
  return options;
}

function joinKeys(keys: GivenKeys, step: string): readonly JoinKey[] {
  if ('on' in keys) {
    const { on, ...others } = keys;
    noOthers(others, step, HINT);
    return Object.freeze(operands(on, step).map((node) => ({ left: node, right: node })));
  }
  const { leftOn, rightOn, ...others } = keys;
  noOthers(others, step, HINT);
  if (leftOn === undefined || rightOn === undefined) throw invalid(`${step}() names no key of one side`, HINT);
  const [left, right] = [operands(leftOn, step), operands(rightOn, step)];
  if (left.length !== right.length) {
    throw invalid(`${step}(): ${left.length} keys on the left, ${right.length} on the right`, HINT);
  }
  return Object.freeze(left.map((node, i) => ({ left: node, right: right[i] as JoinKey['right'] })));
}

function operands(on: unknown, step: string): JoinKey['left'][] {
  const list = typeof on === 'string' || on instanceof Expr ? [on] : on;
  if (!Array.isArray(list) || list.length === 0) throw invalid(`${step}() names no key`, HINT);
  return (list as readonly ColumnOperand[]).map((each) => named(each).node);
}

function noOthers(others: object, step: string, hint: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${step}() has no option "${unknown}"`, hint);
}

function checkSuffix(suffix: string): string {
  if (typeof suffix === 'string' && suffix !== '') return suffix;
  throw invalid(`the suffix is ${showValue(suffix)}`, "text, e.g. '_right'");
}
