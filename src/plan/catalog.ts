/** What a plan that depends on schemas may ask. */

import type { ColumnType } from '../storage/types.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Catalog {
  /** The columns of a table; undefined where no table is called so. */
  columnsOf(table: string): Promise<readonly Column[] | undefined>;
  /** Names of all tables. */
  tables(): Promise<readonly string[]>;
}
