/** Rows of keys as batches that are pulled: reading stops while nobody takes them, and ends where nobody wants more. */

import { columnsOf, type Physical, type TypedExpr } from '../../expr/typed.js';
import type { FirstRows, RowsRelation } from '../../plan/relation.js';
import { FirstRowsKept } from '../first-rows.js';
import type { Columns } from '../local-table.js';
import type { Receipt } from '../receipt.js';
import { stoppable } from '../schedule.js';
import { Channel } from './channel.js';
import type { KeysWork } from './pass.js';
import { scanRaw } from './raw-scan.js';
import { scanKeys } from './scan.js';

/** Rows beside those that are wanted before it is looked for the last of them. */
const SPARE_ROWS = 1024;

type Take = (columns: Columns) => Promise<void> | undefined;

/** @param relation one pass over keys, in no order @throws KernelTooLarge */
export async function* keysBatches(
  work: KeysWork,
  relation: RowsRelation,
  first: FirstRows | undefined,
): AsyncGenerator<Columns, Receipt> {
  const { parts, outputs, offset, count } = relation;
  const [part] = parts as readonly [RowsRelation['parts'][number]];
  const kept = first && new FirstRowsKept(first, SPARE_ROWS);
  const limit = count === undefined ? undefined : offset + count;
  const scan = { part, outputs, limit, first, ...(kept && { worst: () => kept.worst }) };
  const receipt = yield* pulledFrom(work, offset, (own, push) =>
    scanKeys(own, scan, (columns) => {
      if (kept === undefined) return push(columns);
      kept.add(columns);
      return undefined;
    }),
  );
  if (kept && (kept.columns[0]?.length ?? 0) > 0) yield kept.columns;
  return receipt;
}

/** Columns as they are, of all rows: their texts come here, and are read here. @param reason why, for the receipt */
export async function* rawBatches(
  work: KeysWork,
  relation: RowsRelation,
  reason: string,
): AsyncGenerator<Columns, Receipt> {
  const { parts, outputs, offset, count } = relation;
  const [part] = parts as readonly [RowsRelation['parts'][number]];
  const indexes = outputs.map(({ name }) => [...columnsOf(part.scope.get(name) as TypedExpr)][0] as number);
  const wanted = [...new Set(indexes)];
  const limit = count === undefined ? undefined : offset + count;
  const receipt = yield* pulledFrom(work, offset, (own, push) =>
    scanRaw(own, wanted, limit, (columns) =>
      push(indexes.map((index) => columns[wanted.indexOf(index)] as readonly Physical[])),
    ),
  );
  const keys = (receipt.keys ?? []).map((each) => ({ ...each, computedOn: 'client' as const, reason }));
  return { ...receipt, keys };
}

async function* pulledFrom(
  work: KeysWork,
  offset: number,
  read: (work: KeysWork, push: Take) => Promise<Receipt>,
): AsyncGenerator<Columns, Receipt> {
  const { context, stop } = stoppable(work.context);
  const channel = new Channel<Columns>();
  const reading = read({ ...work, context }, (columns) => channel.push(columns)).finally(() => channel.end());
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
    return await reading;
  } finally {
    channel.end();
    stop();
  }
}
