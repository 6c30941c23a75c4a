/** The rank of keys in a sorted query. */

import type { ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { Literal } from '../expr/nodes.js';
import { isFloat, isInteger, type Physical, type ValueType } from '../expr/typed.js';
import { rowsOfKeys } from '../plan/keys/order.js';
import { lower } from '../plan/lower.js';
import type { PlanNode } from '../plan/nodes.js';
import type { OrderBy, Part, Source } from '../plan/relation.js';
import { rowSpec } from '../plan/rows-spec.js';
import { toPhysical } from '../storage/schema.js';
import type { ColumnType } from '../storage/types.js';
import { checkOptions } from './check-options.js';
import { rankOfKeys } from './keys/page.js';
import { COLLECT_OPTIONS, type CollectOptions, runOptions } from './options.js';
import { openPlan } from './results/open.js';
import { rankOf } from './selection.js';

const HINT = "e.g. table.filter(…).sort('price', 'desc').rank(9.99)";

/** @throws INVALID_ARGUMENT where the query is not sorted rows of one table, or has other keys; INVALID_VALUE */
export async function rankQuery(
  link: ClusterLink,
  plan: PlanNode,
  values: readonly Literal[],
  options: CollectOptions,
): Promise<number> {
  checkOptions(options, COLLECT_OPTIONS);
  const run = runOptions(options);
  const context = link.context({
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(options.signal && { signal: options.signal }),
  });
  const opened = await openPlan(link, plan, context);
  const relation = lower(opened.plan, opened.tables);
  const invalid = (message: string) => new ShardfoldError('INVALID_ARGUMENT', message, { hint: HINT });
  if (relation.kind !== 'rows') throw invalid('rank() of a query that is not sorted');
  const [part, ...others] = relation.parts;
  const order = relation.order[0] ?? [];
  if (order.length === 0) throw invalid('rank() of a query that is not sorted');
  const ofKeys = rowsOfKeys(relation);
  if (ofKeys === undefined && (part?.source.kind !== 'table' || others.length > 0 || part.lookups.length > 0)) {
    throw invalid('rank() takes sorted rows of one table, or of keys');
  }
  if (relation.offset > 0 || relation.count !== undefined) throw invalid('rank() of a query that is cut');
  if (values.length !== order.length)
    throw invalid(`rank() of ${values.length} values, where ${order.length} are sorted by`);
  const keys = order.map(({ expr }: OrderBy, k) => physical(expr.type, values[k] as Literal));
  if (ofKeys) return rankOfKeys({ link, run, context }, ofKeys, order, keys);
  const { source } = part as Part & { source: Extract<Source, { kind: 'table' }> };
  const spec = rowSpec(
    part as Part,
    relation.outputs,
    order.map(({ expr }) => expr),
    source.snapshot,
  );
  return (await rankOf({ link, spec, options: run, context }, order, keys)).rank;
}

function physical(type: ValueType, value: Literal): Physical {
  if (value === null || type === 'null') return null;
  if (typeof value === 'number' && (isFloat(type) || isInteger(type))) return value;
  const stored = toPhysical(type as ColumnType, value, { row: 0, column: 'the key' });
  return typeof stored === 'string' ? Buffer.from(stored).toString('latin1') : stored;
}
