/** The expression tree as a user wrote it: frozen data, not yet bound to a schema. */

import type { ColumnType } from '../storage/types.js';

export type ArithmeticOp = 'add' | 'sub' | 'mul' | 'div' | 'mod';
export type ComparisonOp = 'eq' | 'neq' | 'lt' | 'ltEq' | 'gt' | 'gtEq';
export type LogicOp = 'and' | 'or';

export type MathFunction =
  | 'abs'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'sqrt'
  | 'exp'
  | 'ln'
  | 'log2'
  | 'log10'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'atan2'
  | 'sign'
  | 'pow'
  | 'intDiv'
  | 'isNaN'
  /** Of models alone: k, the columns, then the coordinates of k centers. */
  | 'nearest';
export type TextFunction =
  | 'length'
  | 'lower'
  | 'upper'
  | 'startsWith'
  | 'endsWith'
  | 'contains'
  | 'like'
  | 'slice'
  | 'substring'
  | 'concat'
  | 'append'
  | 'trim'
  | 'trimStart'
  | 'trimEnd'
  | 'replace'
  | 'splitPart';
export type TimeFunction =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'dayOfWeek'
  | 'truncate'
  | 'dateDiff'
  | 'addTime';
export type FunctionName = MathFunction | TextFunction | TimeFunction | 'least' | 'greatest' | 'coalesce';

export type AggregateName =
  | 'count'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'var'
  | 'std'
  | 'varPop'
  | 'stdPop'
  | 'first'
  | 'last'
  | 'argMin'
  | 'argMax'
  | 'median'
  | 'quantile'
  | 'approxQuantile'
  | 'countDistinct'
  | 'approxCountDistinct'
  | 'any'
  | 'all'
  | 'corr'
  | 'covar'
  | 'covarPop'
  | 'weightedMean'
  | 'histogram'
  | 'topK'
  | 'collectList'
  /** One of the user's, which stands in the node's `custom`. */
  | 'custom'
  /** Of this package's models, which stands in the node's `pass`. */
  | 'rowPass';

/** What an aggregate is told besides its arguments, as plain data. */
export type AggregateOptions = Readonly<Record<string, Literal | readonly Literal[]>>;

/** An aggregate that a user has defined: fields of a state, all of them float64, and trees over their names. */
export interface CustomAggregate {
  /** Tells definitions apart. */
  readonly id: number;
  readonly name: string;
  readonly arity: number;
  readonly nulls: 'skip' | 'pass';
  readonly fields: readonly string[];
  readonly init: readonly number[];
  /** A field each, of columns `state.<field>` and `arg<n>` (from 1). */
  readonly step: readonly ExprNode[];
  /** A field each, of columns `a.<field>` (the rows before) and `b.<field>`. */
  readonly merge: readonly ExprNode[];
  /** Of columns `state.<field>`, or of the numbers by their names. */
  readonly finish: ExprNode | ((state: Readonly<Record<string, number>>) => number | null);
}

/** `a op b` is `b MIRRORED[op] a`. */
export const MIRRORED: Readonly<Record<ComparisonOp, ComparisonOp>> = {
  eq: 'eq',
  neq: 'neq',
  lt: 'gt',
  ltEq: 'gtEq',
  gt: 'lt',
  gtEq: 'ltEq',
};

/** A constant as it may stand in an expression. Dates compare with timestamps and dates; strings also stand for those and for decimals. */
export type Literal = number | bigint | string | boolean | Date | null;

export type ExprNode =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'arithmetic'; readonly op: ArithmeticOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'negate'; readonly arg: ExprNode }
  | { readonly kind: 'compare'; readonly op: ComparisonOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'logic'; readonly op: LogicOp; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'not'; readonly arg: ExprNode }
  | { readonly kind: 'isNull'; readonly arg: ExprNode; readonly negated: boolean }
  | { readonly kind: 'isIn'; readonly arg: ExprNode; readonly values: readonly Literal[] }
  | CallNode
  | { readonly kind: 'case'; readonly branches: readonly BranchNode[]; readonly otherwise: ExprNode }
  /** `lenient`: null where the value does not fit, instead of CAST_FAILED. */
  | { readonly kind: 'cast'; readonly arg: ExprNode; readonly to: ColumnType; readonly lenient: boolean }
  | AggregateNode;

/** Units of time, the digits of `round` and such are constants among the arguments. */
export interface CallNode {
  readonly kind: 'call';
  readonly fn: FunctionName;
  readonly args: readonly ExprNode[];
}

export interface BranchNode {
  readonly when: ExprNode;
  readonly then: ExprNode;
}

/** An aggregate over rows; `where` leaves out the rows for which it is not true. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly aggregate: AggregateName;
  readonly args: readonly ExprNode[];
  readonly where?: ExprNode;
  readonly options?: AggregateOptions;
  readonly custom?: CustomAggregate;
  readonly pass?: RowPassNode;
}

/** A pass over rows of numbers, by its name, and its constants. */
export interface RowPassNode {
  readonly name: string;
  readonly list: readonly number[];
}

const SYMBOLS: Record<ArithmeticOp | ComparisonOp, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  eq: '=',
  neq: '<>',
  lt: '<',
  ltEq: '<=',
  gt: '>',
  gtEq: '>=',
};

function formatLiteral(value: Literal): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (!(value instanceof Date)) return String(value);
  return Number.isNaN(value.getTime()) ? 'an invalid Date' : `'${value.toISOString()}'`;
}

/** Kinds whose text holds together without brackets. */
const BARE = new Set<ExprNode['kind']>(['column', 'literal', 'call', 'case', 'cast', 'aggregate']);

/** The node in SQL-like text, for `explain` and error messages. */
export function formatNode(node: ExprNode): string {
  const operand = (child: ExprNode): string => {
    const text = formatNode(child);
    return BARE.has(child.kind) ? text : `(${text})`;
  };
  switch (node.kind) {
    case 'column':
      return node.name;
    case 'literal':
      return formatLiteral(node.value);
    case 'arithmetic':
    case 'compare':
      return `${operand(node.left)} ${SYMBOLS[node.op]} ${operand(node.right)}`;
    case 'negate':
      return `-${operand(node.arg)}`;
    case 'logic':
      return `${operand(node.left)} ${node.op} ${operand(node.right)}`;
    case 'not':
      return `not ${operand(node.arg)}`;
    case 'isNull':
      return `${operand(node.arg)} is ${node.negated ? 'not ' : ''}null`;
    case 'isIn':
      return `${operand(node.arg)} in (${node.values.map(formatLiteral).join(', ')})`;
    case 'call':
      return `${node.fn}(${node.args.map(formatNode).join(', ')})`;
    case 'case': {
      const branches = node.branches.map((branch) => `when ${formatNode(branch.when)} then ${formatNode(branch.then)}`);
      return `case ${branches.join(' ')} else ${formatNode(node.otherwise)} end`;
    }
    case 'cast':
      return `${node.lenient ? 'try_cast' : 'cast'}(${formatNode(node.arg)} as ${node.to})`;
    case 'aggregate':
      return formatAggregate(node);
  }
}

function formatAggregate({ aggregate, args, where, options = {}, custom, pass }: AggregateNode): string {
  const show = (value: Literal | readonly Literal[]): string =>
    Array.isArray(value) ? `[${value.map(formatLiteral).join(', ')}]` : formatLiteral(value as Literal);
  const named = Object.entries(options).map(([name, value]) => `${name} => ${show(value)}`);
  const list = [...args.map(formatNode), ...named].join(', ');
  const filter = where === undefined ? '' : ` filter (where ${formatNode(where)})`;
  return `${custom?.name ?? pass?.name ?? aggregate}(${list || '*'})${filter}`;
}

/** The nodes directly below a node, in the order in which they are written. */
export function childNodes(node: ExprNode): readonly ExprNode[] {
  switch (node.kind) {
    case 'column':
    case 'literal':
      return [];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [node.left, node.right];
    case 'call':
      return node.args;
    case 'case':
      return [...node.branches.flatMap((branch) => [branch.when, branch.then]), node.otherwise];
    case 'aggregate':
      return node.where === undefined ? node.args : [...node.args, node.where];
    default:
      return [node.arg];
  }
}
