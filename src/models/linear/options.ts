/** What a linear regression is asked for. */

import { checkOptions } from '../../engine/check-options.js';
import { COLLECT_OPTIONS, type CollectOptions } from '../../engine/options.js';
import { showValue } from '../../errors.js';
import { checkNames, invalid } from '../common/columns.js';

export interface LinearOptions extends CollectOptions {
  /** The column that is explained: numbers. */
  readonly y: string;
  /** Columns that explain it: numbers, and columns of texts or bools, which become one 0/1 column a value but the first (by bytes; false). */
  readonly x: readonly string[];
  /** Whether there is a constant term; true by default. */
  readonly intercept?: boolean;
  /** A column of weights ≥ 0: squares of residuals are summed with them. Rows of weight 0 do not count. */
  readonly weights?: string;
  /** λ ≥ 0: λ Σ β² over all coefficients but the intercept is added to the sum of squares (as scikit-learn's Ridge); 0 by default. */
  readonly l2?: number;
  /** `qr` (the default), refined until its digits are known; `normal`: centred normal equations, faster, with fewer digits. */
  readonly method?: 'qr' | 'normal';
  /** Rows with a null in one of these columns are dropped and counted (the default), or an error. */
  readonly nulls?: 'drop' | 'error';
}

/** With all defaults, and the options of the passes apart. */
export interface LinearSpec {
  readonly y: string;
  readonly x: readonly string[];
  readonly intercept: boolean;
  readonly weights: string | undefined;
  readonly l2: number;
  readonly method: 'qr' | 'normal';
  readonly nulls: 'drop' | 'error';
  readonly run: CollectOptions;
}

const OWN = Object.keys({
  y: true,
  x: true,
  intercept: true,
  weights: true,
  l2: true,
  method: true,
  nulls: true,
} satisfies Record<Exclude<keyof LinearOptions, keyof CollectOptions>, true>);

/** @throws INVALID_ARGUMENT */
export function linearSpec(options: LinearOptions): LinearSpec {
  checkOptions(options, [...OWN, ...COLLECT_OPTIONS]);
  const { y, x, intercept = true, weights, l2 = 0, method = 'qr', nulls = 'drop', ...run } = options;
  checkColumns(y, x, weights);
  check(typeof intercept === 'boolean', 'intercept', intercept, 'true or false');
  check(typeof l2 === 'number' && l2 >= 0 && l2 < Number.POSITIVE_INFINITY, 'l2', l2, 'a number from 0');
  check(method === 'qr' || method === 'normal', 'method', method, "'qr' or 'normal'");
  check(nulls === 'drop' || nulls === 'error', 'nulls', nulls, "'drop' or 'error'");
  if (x.length === 0 && !intercept) throw invalid('x names no column, and there is no intercept', EXAMPLE);
  return { y, x: [...x], intercept, weights, l2, method, nulls, run };
}

const EXAMPLE = "e.g. { y: 'price', x: ['area', 'rooms'] }";

function checkColumns(y: unknown, x: unknown, weights: unknown): void {
  check(typeof y === 'string', 'y', y, `the name of a column, ${EXAMPLE}`);
  check(weights === undefined || typeof weights === 'string', 'weights', weights, 'the name of a column');
  // The intercept may be alone.
  if (Array.isArray(x) && x.length === 0) return;
  checkNames(x, 'x');
  if (x.includes(y as string)) throw invalid(`"${String(y)}" is y and among x`, 'a column cannot explain itself');
}

function check(holds: boolean, name: string, value: unknown, hint: string): void {
  if (!holds) throw invalid(`${name} is ${showValue(value)}`, hint);
}
