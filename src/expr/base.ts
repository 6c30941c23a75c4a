/** What all expressions are: a frozen node and a name. The methods by which they combine stand in files of their own. */

import { inspect } from 'node:util';
import { ShardfoldError } from '../errors.js';
import type { described, expression, Kind, Made, Term } from './infer.js';
import { type CallNode, type ExprNode, type FunctionName, formatNode, type Literal } from './nodes.js';

/** Anything that may stand where an expression is expected; a bare value is a constant (a string is text, not a column). */
export type Operand = Term<string, string, string> | Literal;

/**
 * @typeParam K the classes that methods return; they are made in another file, which this one must not import
 * @typeParam V tags of the value @typeParam C names of the columns that are read @typeParam N name of the result
 */
export abstract class ExprBase<K extends Kind, V extends string, C extends string, N extends string>
  implements Term<V, C, N>
{
  declare readonly [described]: { readonly value: V; readonly columns: C; readonly name: N };
  declare readonly [expression]: true;
  readonly node: ExprNode;
  readonly alias: string | undefined;

  constructor(node: ExprNode, alias?: string) {
    this.node = Object.freeze(node);
    this.alias = alias;
    Object.freeze(this);
  }

  protected abstract make<Value extends string, Columns extends string>(node: ExprNode): Made<K, Value, Columns>;

  protected call<Value extends string, Columns extends string>(
    fn: FunctionName,
    ...args: readonly Operand[]
  ): Made<K, Value, Columns> {
    return this.make(callNode(fn, [this, ...args]));
  }

  /** JavaScript's own operators would make text or NaN of an expression. @throws INVALID_ARGUMENT */
  [Symbol.toPrimitive](): never {
    throw new PrimitiveError(
      'INVALID_ARGUMENT',
      `${formatNode(this.node)} is an expression, and no text or number yet`,
      {
        hint: 'combine expressions by their methods: .add() for +, .sub(), .mul(), .div(), .gt() for >, .concat() for texts',
      },
    );
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    const kind = this.node.kind === 'aggregate' ? 'Aggregate' : 'Expr';
    return `${kind} ${formatNode(this.node)}${this.alias === undefined ? '' : ` as ${this.alias}`}`;
  }
}

/** An expression where JavaScript wanted a text or a number. */
export class PrimitiveError extends ShardfoldError {}

export function callNode(fn: FunctionName, args: readonly Operand[]): CallNode {
  return { kind: 'call', fn, args: Object.freeze(args.map(toNode)) };
}

/** The node of an operand; a bare value becomes a constant. */
export function toNode(operand: Operand): ExprNode {
  if (operand instanceof ExprBase) return operand.node;
  return Object.freeze({ kind: 'literal', value: toLiteral(operand as Literal) });
}

/** Callers without types may hand in anything: undefined would be taken for NaN. */
export function toLiteral(value: Literal): Literal {
  if (value === null || value instanceof Date) return value;
  if (['number', 'bigint', 'string', 'boolean'].includes(typeof value as string)) return value;
  throw misplaced(value, 'use col(name), or a number, bigint, string, boolean, Date or null');
}

export function misplaced(value: unknown, hint: string): ShardfoldError {
  const text = value instanceof ExprBase ? 'an expression' : String(value);
  return new ShardfoldError('INVALID_ARGUMENT', `${text} cannot stand here`, { hint });
}
