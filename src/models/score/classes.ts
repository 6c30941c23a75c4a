/** How predicted classes agree with actual ones. */

import { ShardfoldError, showValue } from '../../errors.js';
import { col, count } from '../../expr/expr.js';
import type { Query } from '../../query/query.js';
import { checkScore, isWhole, ratio, runOf, type Scored, type ScoreOptions } from './options.js';
import { noRows } from './regression.js';

export type ClassLabel = string | number | boolean;

export interface ClassScore {
  readonly label: ClassLabel;
  /** Rows of the class. */
  readonly n: number;
  /** NaN where nothing is said to be of the class, or is. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassesScore extends Scored {
  /** All classes, of either column: numbers and texts (by their bytes) ascending, false before true. */
  readonly labels: readonly ClassLabel[];
  /** `matrix[i][j]`: rows of class i that are said to be of class j. */
  readonly matrix: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly classes: readonly ClassScore[];
  /** Mean f1 of the classes; one without rows that is never predicted counts as 0. */
  readonly macroF1: number;
}

const MOST_CLASSES = 1000;

/** @throws INVALID_ARGUMENT (no rows, more than 1,000 classes), UNKNOWN_COLUMN, TYPE_MISMATCH where labels are of two kinds */
export async function classes(query: Query<object>, options: ScoreOptions): Promise<ClassesScore> {
  checkScore(query, options);
  const groups = await query
    .groupBy(col(options.actual).as('actual'), col(options.predicted).as('predicted'), isWhole(options).as('whole'))
    .agg({ n: count() })
    .collect<{ actual: ClassLabel; predicted: ClassLabel; whole: boolean; n: number }>(runOf(options));
  const whole = groups.filter((group) => group.whole);
  const all = groups.reduce((sum, group) => sum + group.n, 0);
  const n = whole.reduce((sum, group) => sum + group.n, 0);
  if (n === 0) throw noRows(all, groups.receipt);
  const labels = labelsOf(whole.flatMap(({ actual, predicted }) => [actual, predicted]));
  const places = new Map(labels.map((label, i) => [label, i]));
  const matrix = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const group of whole) {
    (matrix[places.get(group.actual) as number] as number[])[places.get(group.predicted) as number] = group.n;
  }
  const scores = labels.map((label, i) => classScore(label, i, matrix));
  const right = matrix.reduce((sum, row, i) => sum + (row[i] as number), 0);
  const macroF1 = scores.reduce((sum, { f1 }) => sum + (Number.isNaN(f1) ? 0 : f1), 0) / scores.length;
  const found = { labels, matrix, accuracy: right / n, classes: scores, macroF1 };
  return { ...found, n, dropped: all - n, receipt: groups.receipt };
}

function labelsOf(values: readonly ClassLabel[]): ClassLabel[] {
  const labels = [...new Set(values)];
  const kinds = [...new Set(labels.map((label) => typeof label))];
  const [kind, other] = kinds;
  const odd = labels.find((label) => !['string', 'number', 'boolean'].includes(typeof label));
  if (other !== undefined || odd !== undefined) {
    const what =
      other === undefined ? `classes are ${showValue(odd)}` : `one column holds ${kind}s and the other ${other}s`;
    throw new ShardfoldError('TYPE_MISMATCH', what, { hint: 'texts, numbers or bools, of one kind in both columns' });
  }
  if (labels.length > MOST_CLASSES) {
    throw new ShardfoldError('INVALID_ARGUMENT', `there are ${labels.length} classes: at most ${MOST_CLASSES}`, {
      hint: 'score.regression is for numbers',
    });
  }
  return labels.sort((a, b) =>
    typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b),
  );
}

function classScore(label: ClassLabel, i: number, matrix: readonly (readonly number[])[]): ClassScore {
  const right = matrix[i]?.[i] as number;
  const n = (matrix[i] as readonly number[]).reduce((sum, each) => sum + each, 0);
  const said = matrix.reduce((sum, row) => sum + (row[i] as number), 0);
  return { label, n, precision: ratio(right, said), recall: ratio(right, n), f1: ratio(2 * right, said + n) };
}
