/** Batches of another size: what is written in groups of rows should not be in crumbs where a filter left few of each chunk. */

import type { Physical } from '../../expr/typed.js';
import type { Receipt } from '../receipt.js';
import { type Columns, drain, rowsOf } from './source.js';

/** Joins small batches until `rows` are there; a batch that is larger stays as it is. @returns the receipt */
export async function joined(
  batches: AsyncGenerator<Columns, Receipt>,
  rows: number,
  take: (columns: Columns, rows: number) => Promise<void>,
): Promise<Receipt> {
  let held: Columns[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (count === 0) return;
    const columns = held.length === 1 ? (held[0] as Columns) : concat(held);
    [held, count] = [[], 0];
    await take(columns, rowsOf(columns));
  };
  const receipt = await drain(batches, async (columns, more) => {
    if (count + more > rows) await flush();
    held.push(columns);
    count += more;
    if (count >= rows) await flush();
  });
  await flush();
  return receipt;
}

function concat(parts: readonly Columns[]): Columns {
  const [first = []] = parts;
  return first.map((_, k) => parts.flatMap((part) => part[k] as readonly Physical[]));
}
