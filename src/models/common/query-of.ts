/** The query that a model adds columns to. */

import { ShardfoldError, showValue } from '../../errors.js';
import type { RowsOf } from '../../query/infer.js';
import { Query } from '../../query/query.js';

/** @throws INVALID_ARGUMENT */
export function queryOf(rows: RowsOf<object>): Query {
  if (rows instanceof Query) return rows as Query;
  throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(rows)} is no query`, {
    hint: "sf.table('trips'), or any query over it",
  });
}
