/**
 * Hints of the rooms below, which are written for chains of methods, as SQL. Exprs and kernels do not know who asks, so that
 * their words are translated where a statement's errors come by.
 */

import { ShardfoldError } from '../errors.js';
import { quoted } from './scope.js';

/** As a CAST names them. */
const TYPES: Readonly<Record<string, string>> = {
  int32: 'integer',
  int64: 'bigint',
  float64: 'double precision',
  float32: 'real',
  bool: 'boolean',
  utf8: 'text',
};

const typeIn = (type: string): string => TYPES[type] ?? type.replace(/^decimal\((\d+)\)$/, 'numeric(18, $1)');

const PHRASES: readonly (readonly [RegExp, string | ((...parts: string[]) => string)])[] = [
  [/when\(x\.gtEq\(0\)\)\.then\(x\.sqrt\(\)\)/, 'CASE WHEN x >= 0 THEN sqrt(x) END'],
  [/when\(col\(name\)\.gt\(0\)\)\.then\(col\(name\)\.ln\(\)\)/, 'CASE WHEN x > 0 THEN ln(x) END'],
  [/with when\(…\)/, 'with CASE WHEN … THEN … END'],
  [/col\(name\)\.div\(1\) is a float64/, 'x / 1 is a double precision'],
  [/store the column as float64/, 'cast to it: CAST(x AS double precision)'],
  [/sum float64 values instead, e\.g\. col\(name\)\.div\(1\)\.sum\(\)/, 'sum floats instead, e.g. sum(x / 1)'],
  [/tryCast gives null/, 'TRY_CAST(x AS …) gives null'],
  [/col\('(.*)'\)\.cast\('([^']*)'\)/, (_, name = '', type = '') => `CAST(${quoted(name)} AS ${typeIn(type)})`],
  [/\.cast\('([^']*)'\)/, (_, type = '') => `CAST(x AS ${typeIn(type)})`],
  [/\.cast\(…\)/, 'CAST(x AS …)'],
  [/\.gt\(0\), \.eq\(…\), \.isNotNull\(\)/, 'x > 0, x = …, x IS NOT NULL'],
  [/sub\(new Date\(0\)\), year\(\), …/, "date_diff('second', TIMESTAMP '1970-01-01', x), EXTRACT(year FROM x), …"],
  [/div\(…\)\.floor\(\)/, 'floor(a / b)'],
  [
    /times are subtracted .*addTime\(3, 'hour'\)/,
    "times are moved by intervals: x + INTERVAL '3 hours'; what lies between two is date_diff('day', a, b)",
  ],
  [/aggregate twice: \.agg\(…\)\.agg\(…\)/, 'aggregate in a subquery, and what it gives around it'],
  [/aggregates belong in agg\(…\); filter what they come to after it/, 'filter what aggregates come to by HAVING'],
  [/round\(2\), round\(-3\)/, 'round(x, 2), round(x, -3)'],
  [/countDistinct, median and quantile hold/, 'count(DISTINCT x), median and quantile_cont hold'],
  [/approxCountDistinct or approxQuantile/, 'approx_count_distinct or approx_quantile'],
  // Options of methods, for which SQL has no words.
  [/, or give \{ max\w+ \}, up to [\d,]+/, ''],
  [/, or collect\(\{.*?\}.*\)$/, ''],
];

export function sqlHint(hint: string | undefined): string | undefined {
  return hint && PHRASES.reduce((text, [from, to]) => text.replace(from, to as string), hint);
}

/** The error with its hint as SQL; the same one where there is nothing to translate. */
export function inSql(error: unknown): unknown {
  if (!(error instanceof ShardfoldError)) return error;
  const hint = sqlHint(error.hint);
  if (hint === undefined || hint === error.hint) return error;
  const { code, message, shard, slot, kernel, place } = error;
  return new ShardfoldError(code, message, {
    hint,
    ...(shard !== undefined && { shard }),
    ...(slot !== undefined && { slot }),
    ...(kernel !== undefined && { kernel }),
    ...(place !== undefined && { place }),
    cause: error,
  });
}
