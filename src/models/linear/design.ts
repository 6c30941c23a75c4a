/** The columns of a regression: found, checked, and the categories looked up. */

import type { ClusterLink } from '../../cluster/types.js';
import { sourceOf } from '../../engine/results/open.js';
import { ShardfoldError } from '../../errors.js';
import { col, count, type Expr, lit } from '../../expr/expr.js';
import type { Output } from '../../plan/relation.js';
import type { Query } from '../../query/query.js';
import { asKey } from '../../storage/schema.js';
import { MOST_COLUMNS, numberHint } from '../common/columns.js';
import type { Fitting } from '../common/fitting.js';
import { noRows } from '../common/rows.js';
import type { LinearSpec } from './options.js';
import { columnsOfTerm, INTERCEPT, type Term } from './terms.js';

/** Rows with all that the passes need. */
export interface Design {
  /** Without rows of weight 0. */
  readonly source: Query;
  readonly terms: readonly Term[];
  /** Of the coefficients, the intercept first. */
  readonly names: readonly string[];
  readonly columns: readonly Expr[];
  readonly y: Expr;
  readonly weight: Expr | undefined;
}

/** Values of a text column that become columns. */
const MOST_CATEGORIES = 50;

const NUMBER = /^(int|float|decimal)/;

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT, INVALID_VALUE, SINGULAR, PLAN_TOO_LARGE */
export async function designOf(link: ClusterLink, fitting: Fitting, spec: LinearSpec): Promise<Design> {
  const { source } = fitting;
  const used = [...new Set([spec.y, ...spec.x, ...(spec.weights === undefined ? [] : [spec.weights])])];
  const types = await typesOf(link, source.select(...used), spec);
  for (const name of [spec.y, spec.weights]) {
    if (name !== undefined) checkNumber(name, types.get(name) as Output['type']);
  }
  const weighted = await withoutZeroWeights(fitting, spec);
  const whole = weighted.filter(used.map((name) => col(name).isNotNull()).reduce((all, each) => all.and(each)));
  const terms: Term[] = [];
  for (const name of spec.x) terms.push(await termOf(fitting, whole, name, types.get(name) as Output['type']));
  const columns = terms.flatMap(columnsOfTerm);
  if (spec.intercept) columns.unshift({ name: INTERCEPT, expr: lit(1) });
  const width = columns.length + 1 + (spec.weights === undefined ? 0 : 1);
  if (width > MOST_COLUMNS) {
    throw new ShardfoldError('PLAN_TOO_LARGE', `the regression has ${columns.length} coefficients`, {
      hint: `at most ${MOST_COLUMNS} columns together with y and weights; a text has one a value but the first`,
    });
  }
  return {
    source: weighted,
    terms,
    names: columns.map(({ name }) => name),
    columns: columns.map(({ expr }) => expr),
    y: col(spec.y),
    weight: spec.weights === undefined ? undefined : col(spec.weights),
  };
}

/** Types of the columns of a query. */
export async function typesOf(
  link: ClusterLink,
  query: Query,
  { run }: Pick<LinearSpec, 'run'>,
): Promise<Map<string, Output['type']>> {
  const { outputs } = await sourceOf(link, query.plan, run).bind();
  return new Map(outputs.map(({ name, type }) => [name, type]));
}

function checkNumber(name: string, type: Output['type']): void {
  if (!NUMBER.test(type)) throw noNumber(name, type, 'a number');
}

function noNumber(name: string, type: string, wanted: string): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${type}, and a regression takes ${wanted} there`, {
    hint: numberHint(name, type),
  });
}

/** What a column of x becomes. @throws TYPE_MISMATCH, INVALID_ARGUMENT, SINGULAR */
/** @param source rows of the fitting's without nulls */
export async function termOf(fitting: Fitting, source: Query, column: string, type: Output['type']): Promise<Term> {
  if (NUMBER.test(type)) return { kind: 'number', column };
  if (type === 'bool') return { kind: 'bool', column };
  if (type !== 'utf8') throw noNumber(column, type, 'numbers, texts and bools');
  const distinct = source
    .select(column)
    .distinct()
    .limit(MOST_CATEGORIES + 1);
  const rows = await fitting.ask<Record<string, string>>(distinct);
  const values = rows.map((row) => row[column] as string);
  if (values.length > MOST_CATEGORIES) {
    throw new ShardfoldError('INVALID_ARGUMENT', `column "${column}" has more than ${MOST_CATEGORIES} values`, {
      hint: `group them into fewer before: .withColumns({ ${asKey(column)}: when(col('${column}').isIn([…])).then(…).otherwise(…) })`,
    });
  }
  if (values.length === 0) {
    const all = await fitting.ask<{ n: number }>(fitting.source.agg({ n: count() }));
    if (all[0]?.n === 0) throw noRows(fitting, { dropped: 0, receipt: all.receipt }, [], 'TOO_FEW_ROWS');
    throw new ShardfoldError('TOO_FEW_ROWS', `column "${column}" has no value in the rows that count`, {
      hint: 'it is null wherever the other columns are not: leave it out, or choose other rows',
    });
  }
  if (values.length === 1) {
    throw new ShardfoldError('SINGULAR', `column "${column}" is "${values[0]}" in all rows`, { hint: 'leave it out' });
  }
  return { kind: 'text', column, values };
}

/** @throws INVALID_VALUE for a weight that is negative, NaN or infinite; TOO_FEW_ROWS where all are 0 */
async function withoutZeroWeights(fitting: Fitting, { weights }: LinearSpec): Promise<Query> {
  const { source } = fitting;
  if (weights === undefined) return source;
  const weight = col(weights).cast('float64');
  const [range] = await fitting.ask<{ least: number | null; most: number | null }>(
    source.agg({ least: weight.min(), most: weight.max() }),
  );
  const { least, most } = range as { least: number | null; most: number | null };
  if (least !== null && most !== null && !(least >= 0 && most < Number.POSITIVE_INFINITY)) {
    throw new ShardfoldError(
      'INVALID_VALUE',
      `weights are from 0 on and finite: column "${weights}" has ${least < 0 ? least : most}`,
      { hint: `.filter(col('${weights}').gtEq(0)), if such rows do not count` },
    );
  }
  if (most === 0) {
    throw new ShardfoldError('TOO_FEW_ROWS', `column "${weights}" has no weight above 0`, {
      hint: 'rows of weight 0 do not count: choose other rows, or leave out the weights',
    });
  }
  return source.filter(weight.gt(0).or(weight.isNull()));
}
