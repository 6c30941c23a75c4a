/** The columns of a logistic regression: found, checked, and brought to a like scale. */

import type { ClusterLink } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import { col, type Expr, lit } from '../../expr/expr.js';
import { asKey } from '../../storage/schema.js';
import { allPresent, asNumber, invalid, MOST_COLUMNS } from '../common/columns.js';
import type { Fitting } from '../common/fitting.js';
import { momentsOf } from '../common/moments.js';
import { counted } from '../common/print.js';
import { termOf, typesOf } from '../linear/design.js';
import { columnsOfTerm, INTERCEPT, type Term } from '../linear/terms.js';
import { ofTables } from '../receipt.js';
import type { LogisticOptions } from './options.js';

export interface LogisticDesign {
  readonly terms: readonly Term[];
  /** Of the coefficients, the intercept first. */
  readonly names: readonly string[];
  /** A column a coefficient, then y. */
  readonly columns: readonly Expr[];
  /** What is taken away from each column, and what it is multiplied by then, so that its variance is 1. */
  readonly shifts: readonly number[];
  readonly factors: readonly number[];
  readonly n: number;
  readonly dropped: number;
  /** Rows where y is 1. */
  readonly ones: number;
}

const NUMBER = /^(int|float|decimal|bool)/;

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH, INVALID_ARGUMENT, INVALID_VALUE, OUT_OF_RANGE, SINGULAR, TOO_FEW_ROWS, PLAN_TOO_LARGE */
export async function logisticDesign(
  link: ClusterLink,
  fitting: Fitting,
  options: LogisticOptions,
): Promise<LogisticDesign> {
  const { y, x, intercept = true, nulls, l2 = 0 } = options;
  const { source } = fitting;
  const types = await typesOf(link, source.select(y, ...x), fitting);
  checkTarget(y, types.get(y) as string);
  const whole = source.filter(allPresent([y, ...x].map((name) => col(name))));
  const terms: Term[] = [];
  for (const name of x) terms.push(await termOf(fitting, whole, name, types.get(name) as never));
  const features = terms.flatMap(columnsOfTerm);
  if (features.length + 2 > MOST_COLUMNS) {
    throw new ShardfoldError('PLAN_TOO_LARGE', `the regression has ${features.length} coefficients`, {
      hint: `at most ${MOST_COLUMNS} columns together with the intercept and y; a text has one a value but the first`,
    });
  }
  const target = asNumber(y);
  const moments = await momentsOf(fitting, {
    columns: [...features.map(({ expr }) => expr), share(target, [1]), share(target, [0, 1])],
    names: [...x, y],
    of: [...terms.flatMap((term) => columnsOfTerm(term).map(() => term.column)), y, y],
    nulls,
  });
  const { n, dropped, means, squares } = moments;
  const [ones = 0, either = 0] = means.slice(features.length).map((part) => Math.round(part * n));
  const of = ofTables(fitting.receipt);
  checkClasses({ y, n, ones, zeros: either - ones, of });
  const names = [...(intercept ? [INTERCEPT] : []), ...features.map(({ name }) => name)];
  if (l2 === 0 && n < names.length) {
    throw new ShardfoldError('TOO_FEW_ROWS', `${counted(n)}${of} cannot tell ${names.length} coefficients`, {
      hint: 'more rows than coefficients are needed; fewer columns, or a penalty: l2',
    });
  }
  const sizes = features.map(({ name }, j) => {
    const mean = intercept ? 0 : (means[j] as number);
    return sizeOf(Math.sqrt((squares[j] as number) / n + mean * mean), name, intercept);
  });
  return {
    terms,
    names,
    columns: [...(intercept ? [lit(1)] : []), ...features.map(({ expr }) => expr), target],
    shifts: intercept ? [0, ...features.map((_, j) => means[j] as number)] : features.map(() => 0),
    factors: [...(intercept ? [1] : []), ...sizes.map((size) => 1 / size)],
    ...{ n, dropped, ones },
  };
}

/** 1 where it is one of the values. */
const share = (target: Expr, values: readonly number[]): Expr => target.isIn(values).cast('float64');

function checkTarget(y: string, type: string): void {
  if (NUMBER.test(type)) return;
  throw new ShardfoldError('TYPE_MISMATCH', `column "${y}" is ${type}, and y is a bool, or 0 and 1`, {
    hint:
      type === 'utf8'
        ? `make it one before: .withColumns({ ${asKey(y)}: col('${y}').eq('yes') })`
        : `make it one before: .withColumns({ ${asKey(y)}: col('${y}').gtEq(new Date('2024-01-01')) })`,
  });
}

interface Counted {
  readonly y: string;
  readonly n: number;
  readonly ones: number;
  readonly zeros: number;
  /** The tables, as messages name them. */
  readonly of: string;
}

function checkClasses({ y, n, ones, zeros, of }: Counted): void {
  const others = n - ones - zeros;
  if (others > 0) {
    throw new ShardfoldError('INVALID_VALUE', `column "${y}" is neither 0 nor 1 in ${others} of ${counted(n)}${of}`, {
      hint: `make a condition of it before: .withColumns({ ${asKey(y)}: col('${y}').gt(0) })`,
    });
  }
  if (ones > 0 && zeros > 0) return;
  const where = n === 1 ? `the only row${of}` : `all ${counted(n)}${of}`;
  throw invalid(`column "${y}" is ${ones > 0 ? 1 : 0} in ${where}`, 'both 0 and 1 are needed');
}

function sizeOf(size: number, name: string, intercept: boolean): number {
  if (size > 0) return size;
  throw new ShardfoldError('SINGULAR', `column "${name}" is ${intercept ? 'constant' : '0 in all rows'}`, {
    hint: 'leave it out',
  });
}
