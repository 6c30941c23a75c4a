/** What the coefficients of a model stand for, as columns that are computed in the shards. */

import { col, type Expr, lit, type Then, when } from '../../expr/expr.js';

/** A number as it is, or the values of a column one-hot: the first has no coefficient. */
export type Term =
  | { readonly kind: 'number'; readonly column: string }
  | { readonly kind: 'text'; readonly column: string; readonly values: readonly string[] }
  | { readonly kind: 'bool'; readonly column: string };

export const INTERCEPT = '(Intercept)';

export interface TermColumn {
  readonly name: string;
  readonly expr: Expr;
}

/** 1 where the condition holds, 0 where it does not; null stays null. */
const indicator = (column: string, condition: Expr): Expr =>
  when(condition).then(1).when(col(column).isNotNull()).then(0);

/** One column a coefficient. */
export function columnsOfTerm(term: Term): TermColumn[] {
  const { column } = term;
  switch (term.kind) {
    case 'number':
      return [{ name: column, expr: col(column) }];
    case 'bool':
      return [{ name: `${column}=true`, expr: indicator(column, col(column)) }];
    case 'text':
      return term.values
        .slice(1)
        .map((value) => ({ name: `${column}=${value}`, expr: indicator(column, col(column).eq(value)) }));
  }
}

export const namesOfTerm = (term: Term): string[] => columnsOfTerm(term).map(({ name }) => name);

/** What a term adds to a prediction; null of a null, and of a text that the model has not seen. */
function contribution(term: Term, coefficients: readonly number[]): Expr {
  const [first = 0] = coefficients;
  switch (term.kind) {
    case 'number':
      return col(term.column).mul(first);
    case 'bool':
      return when(col(term.column)).then(first).when(col(term.column).isNotNull()).then(0);
    case 'text': {
      const [reference = '', ...others] = term.values;
      const start: Then = when(col(term.column).eq(reference)).then(0);
      return others.reduce(
        (chain: Then, value, i): Then => chain.when(col(term.column).eq(value)).then(coefficients[i] as number),
        start,
      );
    }
  }
}

/** The prediction of a model, to be computed in the shards. */
export function predictionOf(intercept: number | undefined, terms: readonly Term[], slopes: readonly number[]): Expr {
  let place = 0;
  let sum: Expr | undefined = intercept === undefined ? undefined : lit(intercept);
  for (const term of terms) {
    const count = namesOfTerm(term).length;
    const part = contribution(term, slopes.slice(place, place + count));
    place += count;
    sum = sum === undefined ? part : sum.add(part);
  }
  // A whole number alone would make whole numbers of it.
  return (sum ?? lit(0)).cast('float64');
}
