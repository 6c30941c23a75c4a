/** Rows of keys as batches that are pulled: reading stops while nobody takes them, and ends where nobody wants more. */

import type { FirstRows, RowsRelation } from '../../plan/relation.js';
import { FirstRowsKept } from '../first-rows.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { stoppable } from '../schedule.js';
import { Channel } from './channel.js';
import type { KeysWork } from './fold.js';
import { scanKeys } from './scan.js';

/** Rows beside those that are wanted before it is looked for the last of them. */
const SPARE_ROWS = 1024;

/** @param relation one pass over keys, in no order */
export async function* keysBatches(
  work: KeysWork,
  relation: RowsRelation,
  first: FirstRows | undefined,
): AsyncGenerator<Columns, Receipt> {
  const { parts, outputs, offset, count } = relation;
  const [part] = parts as readonly [RowsRelation['parts'][number]];
  const { context, stop } = stoppable(work.context);
  const channel = new Channel<Columns>();
  const kept = first && new FirstRowsKept(first, SPARE_ROWS);
  const limit = count === undefined ? undefined : offset + count;
  const scan = { part, outputs, limit, first, ...(kept && { worst: () => kept.worst }) };
  const reading = scanKeys({ ...work, context }, scan, (columns) => {
    if (kept === undefined) return channel.push(columns);
    kept.add(columns);
    return undefined;
  }).finally(() => channel.end());
  // Whoever leaves early does not hear of it.
  reading.catch(() => undefined);
  let skip = offset;
  try {
    for await (const columns of channel.pieces()) {
      const rows = columns[0]?.length ?? 0;
      const from = Math.min(skip, rows);
      skip -= from;
      if (from < rows) yield from === 0 ? columns : columns.map((values) => values.slice(from));
    }
    const receipt = await reading;
    if (kept && (kept.columns[0]?.length ?? 0) > 0) yield kept.columns;
    return receipt;
  } finally {
    channel.end();
    stop();
  }
}
