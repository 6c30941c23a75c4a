/** A whole result as an Arrow table. */

import type { RecordBatch } from 'apache-arrow';
import type { Receipt } from '../receipt.js';
import { arrowSchema, loadArrow, recordBatch } from './arrow-columns.js';
import { drain, onNewest, type ResultSource } from './source.js';
import { plainOutputs } from './values.js';

/**
 * A `Table` of apache-arrow by its shape, for that package is not there for everybody. Where it is:
 * `toArrow<Table>()`, with `import type { Table } from 'apache-arrow'`.
 */
export interface ArrowTableLike {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly nullable: boolean }[] };
  readonly batches: readonly object[];
  readonly numRows: number;
  readonly numCols: number;
  getChild(name: string): (Iterable<unknown> & { get(index: number): unknown }) | null;
  toArray(): unknown[];
}

/** A table of apache-arrow, and behind `receipt` what it accounts for and cost. */
export type ArrowResult<Table extends object = ArrowTableLike> = Table & { readonly receipt: Receipt };

/** One record batch for each batch of the result; an empty result has a schema and no rows. @throws MISSING_DEPENDENCY */
export async function collectArrow(source: ResultSource): Promise<ArrowResult> {
  const arrow = await loadArrow('toArrow()');
  return onNewest(source, async (stream) => {
    const outputs = plainOutputs(stream.outputs);
    const schema = arrowSchema(arrow, outputs);
    const types = outputs.map(({ type }) => type);
    const batches: RecordBatch[] = [];
    const receipt = await drain(stream.batches(), (columns) => {
      batches.push(recordBatch(arrow, schema, types, columns));
    });
    const table = new arrow.Table(schema, batches) satisfies ArrowTableLike;
    return Object.defineProperty(table, 'receipt', { value: receipt }) as ArrowTableLike as ArrowResult;
  });
}
