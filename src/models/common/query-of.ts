/** The query whose rows a model, a score or a split is given. None of them has a connection to find a table by its name. */

import { ShardfoldError, showValue } from '../../errors.js';
import type { RowsOf } from '../../query/infer.js';
import { Query } from '../../query/query.js';

/** @param otherwise what to hand in, where that is no name of a table @throws INVALID_ARGUMENT */
export function queryOf(rows: RowsOf<object>, otherwise = "sf.table('trips'), or any query over it"): Query {
  if (rows instanceof Query) return rows as Query;
  const given: unknown = rows;
  const hint =
    typeof given === 'string'
      ? `sf.table(${JSON.stringify(given)}): only a connection finds a table by its name, and there is none here`
      : otherwise;
  throw new ShardfoldError('INVALID_ARGUMENT', `${showValue(given)} is no query`, { hint });
}
