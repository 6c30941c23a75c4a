/** What a result written as a table is told, and tells. */

import type { ColumnType, TableSnapshot } from '../../storage/types.js';
import type { WriteOptions } from '../../storage/write.js';
import type { Receipt } from '../receipt.js';

export interface TargetOptions extends Omit<WriteOptions, 'fields' | 'mode' | 'onProgress'> {
  /** `create` (the default) fails where the table exists; `append` where it does not; `replace` makes it if need be. */
  readonly mode?: WriteOptions['mode'];
}

/** The table as it is now, and what the query cost. */
export interface IntoResult {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly chunks: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly receipt: IntoReceipt;
}

/** Where an append id counted already nothing was read, and the receipt accounts for nothing. */
export interface IntoReceipt extends Receipt {
  readonly written: {
    /** `shards`: each chunk was computed and written where the one that it was made of lies; `client`: by way of this process. */
    readonly way: 'shards' | 'client';
    readonly rows: number;
    /** Bytes of the values written, as they are stored. */
    readonly bytes: number;
  };
}

/** The options with the mode filled in. */
export type Target = TargetOptions & Pick<WriteOptions, 'mode'>;

export function describe({ name, version, rows, chunks, schema }: TableSnapshot): Omit<IntoResult, 'receipt'> {
  const columns = schema.map((field) => ({ name: field.name, type: field.type }));
  return { name, version, rows, chunks: chunks.length, columns };
}
