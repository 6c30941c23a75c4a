/** What is scored, and how the query is run. */

import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import type { Receipt } from '../../engine/receipt.js';
import { ShardfoldError, showValue } from '../../errors.js';
import { col, type Expr } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { allPresent, asNumber, invalid, isNumber } from '../common/columns.js';
import { queryOf } from '../common/query-of.js';

export interface ScoreOptions extends CollectOptions {
  /** The column of what is, and that of what a model says. Rows where either is null do not count. */
  readonly actual: string;
  readonly predicted: string;
}

export interface Scored {
  /** Rows that counted, and rows left out for a null. */
  readonly n: number;
  readonly dropped: number;
  readonly receipt: Receipt;
}

const SCORE_OPTIONS = [...COLLECT_OPTIONS, 'actual', 'predicted'];

/** @throws INVALID_ARGUMENT */
export function checkScore(
  query: Query<object>,
  options: ScoreOptions,
  more: readonly string[] = [],
): asserts query is Query {
  queryOf(query, 'a query with the predictions: model.predict(test)');
  checkOptions(options, [...SCORE_OPTIONS, ...more]);
  for (const name of ['actual', 'predicted'] as const) {
    if (typeof options[name] !== 'string')
      throw invalid(`${name} is ${showValue(options[name])}`, 'the name of a column');
  }
}

/** The options without those of the score. */
export function runOf({ actual: _actual, predicted: _predicted, ...run }: ScoreOptions): CollectOptions {
  return run;
}

interface Asked extends Pick<ScoreOptions, 'actual' | 'predicted'> {
  readonly run: CollectOptions;
}

/** Both columns as numbers. @throws UNKNOWN_COLUMN, TYPE_MISMATCH naming the column that holds none, before rows are read */
export async function numbersOf(query: Query, { actual, predicted, run }: Asked, what: string): Promise<[Expr, Expr]> {
  const source = query.select(...new Set([actual, predicted])).resultSource(run);
  for (const { name, type } of (await source.bind()).outputs) {
    if (isNumber(type) || type === 'bool') continue;
    throw new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${type}, and ${what} needs numbers`, {
      hint: 'score.classes is for classes; .cast(…) in withColumns makes numbers of texts',
    });
  }
  return [asNumber(actual), asNumber(predicted)];
}

/** Whether a row counts. */
export const isWhole = ({ actual, predicted }: ScoreOptions): Expr => allPresent([col(actual), col(predicted)]);

/** A part of a whole, which may be nothing. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? Number.NaN : part / whole);
