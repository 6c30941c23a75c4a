/** What all expressions are: a frozen node and a name. The methods by which they combine stand in files of their own. */

import { inspect } from 'node:util';
import { ShardfoldError } from '../errors.js';
import { type CallNode, type ExprNode, type FunctionName, formatNode, type Literal } from './nodes.js';

/** Anything that may stand where an expression is expected; a bare value is a constant (a string is text, not a column). */
export type Operand = ExprBase<unknown> | Literal;

/** @typeParam E the class that methods return; it is made in another file, which this one must not import. */
export abstract class ExprBase<E> {
  readonly node: ExprNode;
  readonly alias: string | undefined;

  constructor(node: ExprNode, alias?: string) {
    this.node = Object.freeze(node);
    this.alias = alias;
    Object.freeze(this);
  }

  protected abstract make(node: ExprNode): E;

  protected call(fn: FunctionName, ...args: readonly Operand[]): E {
    return this.make(callNode(fn, [this, ...args]));
  }

  /** What `console.log` shows. */
  [inspect.custom](): string {
    const kind = this.node.kind === 'aggregate' ? 'Aggregate' : 'Expr';
    return `${kind} ${formatNode(this.node)}${this.alias === undefined ? '' : ` as ${this.alias}`}`;
  }
}

export function callNode(fn: FunctionName, args: readonly Operand[]): CallNode {
  return { kind: 'call', fn, args: Object.freeze(args.map(toNode)) };
}

/** The node of an operand; a bare value becomes a constant. */
export function toNode(operand: Operand): ExprNode {
  if (operand instanceof ExprBase) return operand.node;
  return Object.freeze({ kind: 'literal', value: toLiteral(operand) });
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
