/** SQL as a plan that is made when it is run. */

import { ShardfoldError, showValue } from '../errors.js';
import type { PlanNode } from '../plan/nodes.js';
import type { SqlParameter } from './env.js';
import type { KeyShapes } from './keys/look-up.js';
import { translate } from './translate.js';

export type { SqlParameter } from './env.js';

/**
 * @param shapes what is known of keys in FROM without asking them
 * @throws INVALID_ARGUMENT where these are no text and no list of values
 */
export function sqlPlan(text: string, parameters: readonly SqlParameter[], shapes?: KeyShapes): PlanNode {
  if (typeof text !== 'string') throw invalid(`the SQL text is ${showValue(text)}`);
  if (!Array.isArray(parameters)) throw invalid(`the parameters are ${showValue(parameters)}`);
  // What the caller does with the array later changes nothing.
  const values = parameters.map((value: SqlParameter) => (Array.isArray(value) ? [...value] : value));
  return { kind: 'deferred', text, plan: async (catalog) => (await translate(text, values, catalog, shapes)).plan };
}

const invalid = (message: string): ShardfoldError =>
  new ShardfoldError('INVALID_ARGUMENT', message, { hint: "sf.sql('SELECT count(*) FROM t WHERE x > $1', [10])" });
