/** Rows as plain objects. */

import type { CollectedValue } from '../../aggregates/index.js';
import type { Receipt } from '../receipt.js';
import { type Columns, drain, type Output, onNewest, type ResultSource } from './source.js';
import { collectedOf } from './values.js';

export type ResultRow = Record<string, CollectedValue>;

/** Rows, and behind `receipt` what they account for and cost. */
export type Rows<Row = ResultRow> = Row[] & { readonly receipt: Receipt };

/** All rows of a result. Null is null; timestamps and dates are Dates (UTC), decimals exact strings. */
export function collectRows(source: ResultSource): Promise<Rows> {
  return onNewest(source, async (stream) => {
    const rows: ResultRow[] = [];
    const append = rowAppender(stream.outputs, rows);
    const receipt = await drain(stream.batches(), append);
    return Object.defineProperty(rows, 'receipt', { value: receipt }) as Rows;
  });
}

/** Adds the rows of batches to a list, or to one of its own for each batch. */
export function rowAppender(outputs: readonly Output[], rows: ResultRow[]): (columns: Columns, count: number) => void {
  // Assigning to this name would set the prototype, and the column would be lost.
  const hidden = outputs.some(({ name }) => name === '__proto__');
  return (columns, count) => {
    for (let i = 0; i < count; i++) {
      const row: ResultRow = {};
      for (const [k, { name, type }] of outputs.entries()) {
        const value = collectedOf(type, columns[k]?.[i] ?? null);
        if (hidden) Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
        else row[name] = value;
      }
      rows.push(row);
    }
  };
}
