/**
 * Pages of rows of keys, and ranks among them. Keys have no versions, so that pages see them as they are when each is read: rows
 * that stay as they are come exactly once, for a page goes on after the last row of the one before, in a total order.
 */

import type { Physical } from '../../expr/typed.js';
import { foldOf } from '../../plan/build.js';
import { beside, filteredBy, totalOrder } from '../../plan/keys/order.js';
import type { KeysPart } from '../../plan/keys/pulled.js';
import type { OrderBy, RowsRelation } from '../../plan/relation.js';
import { execute } from '../execute.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { boardPlanOf, pageOfBoard } from './board-plan.js';
import type { KeysPage, KeysPageRange, KeysRun } from './page-types.js';

const placeName = (i: number): string => `\u0000place ${i}`;

export async function pageOfKeys(
  work: KeysRun,
  relation: RowsRelation,
  part: KeysPart,
  range: KeysPageRange,
): Promise<KeysPage> {
  const order = totalOrder(part, relation.order[0] ?? []);
  const plan = work.run.side === 'client' ? undefined : boardPlanOf(part, order, relation.outputs);
  const found = plan && (await pageOfBoard(work, plan, part, range));
  if (found && 'places' in found) return found;
  const { last, most } = range;
  const skip = found?.skip ?? range.skip;
  const begun = found === undefined ? part : filteredBy(part, found.rows);
  const rest = last === undefined ? begun : filteredBy(begun, beside(order, last, 'after'));
  const names = order.map((_, i) => placeName(i));
  const scope = new Map([...rest.scope, ...order.map(({ expr }, i) => [placeName(i), expr] as const)]);
  const places = order.map(({ expr }, i) => ({
    name: placeName(i),
    type: expr.type === 'null' ? ('int32' as const) : expr.type,
  }));
  const asked: RowsRelation = {
    ...relation,
    parts: [{ ...rest, scope }],
    outputs: [...relation.outputs, ...places],
    order: [order],
    offset: skip,
    count: most,
  };
  const { columns, receipt } = await collected(work, asked);
  const width = relation.outputs.length;
  const rows = columns[0]?.length ?? 0;
  return {
    columns: columns.slice(0, width),
    places: Array.from({ length: rows }, (_, row) => names.map((_, i) => columns[width + i]?.[row] as Physical)),
    receipt: {
      ...receipt,
      serverMs: receipt.serverMs + (found?.cost.serverMs ?? 0),
      longestCallMs: Math.max(receipt.longestCallMs, found?.cost.longestCallMs ?? 0),
    },
  };
}

/** How many rows come before those with these sort keys. */
export async function rankOfKeys(
  work: KeysRun,
  part: KeysPart,
  order: readonly OrderBy[],
  keys: readonly Physical[],
): Promise<number> {
  const before = filteredBy(part, beside(order, keys, 'before'));
  const rows: RowsRelation = { kind: 'rows', parts: [before], outputs: [], order: [[]], offset: 0, count: undefined };
  const counted = foldOf(rows, [], [{ name: 'rows', node: { kind: 'aggregate', aggregate: 'count', args: [] } }]);
  let rank = 0;
  for await (const batch of execute(work.link, counted, work.run, work.context).batches()) {
    rank = batch[0]?.[0] as number;
  }
  return rank;
}

async function collected(
  { link, run, context }: KeysRun,
  relation: RowsRelation,
): Promise<{ readonly columns: Columns; readonly receipt: Receipt }> {
  const columns: Columns[number][number][][] = relation.outputs.map(() => []);
  const batches = execute(link, relation, run, context).batches();
  let step = await batches.next();
  for (; !step.done; step = await batches.next()) {
    for (const [i, values] of step.value.entries()) for (const value of values) columns[i]?.push(value);
  }
  return { columns, receipt: step.value };
}
