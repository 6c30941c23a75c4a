/** Which values an expression needs, where some of them cannot be read. */

import { childrenOf, columnsOf, type TypedExpr } from '../../expr/typed.js';
import type { KeySource } from '../../plan/keys/source.js';
import type { KernelColumn } from '../shape.js';

export interface ReadColumns {
  readonly columns: readonly KernelColumn[];
  readonly source: KeySource;
}

/** The columns that expressions read whose values are texts of something: those that may turn out to be no such text. */
export function readTexts({ columns, source }: ReadColumns, exprs: readonly (TypedExpr | undefined)[]): KernelColumn[] {
  const read = new Set<number>();
  for (const expr of exprs) if (expr !== undefined) columnsOf(expr, read);
  return columns.filter(({ index, type }) => {
    const of = source.columns[index]?.from.of;
    const isText = of === 'path' || ((of === 'field' || of === 'value') && type !== 'utf8');
    return isText && read.has(index);
  });
}

/**
 * The parts of an expression that may come to something else than null where an argument is null. Of all others null says that nothing
 * is known yet, and what they come to with a null in it (`false and null`) they come to whatever the value is.
 */
export function needed(expr: TypedExpr): TypedExpr[] {
  if (expr.kind === 'isNull' || expr.kind === 'case' || expr.kind === 'choice') return [expr];
  return childrenOf(expr).flatMap(needed);
}
