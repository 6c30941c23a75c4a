/** What a plan that depends on schemas may ask. */

import type { ColumnType } from '../storage/types.js';
import type { KeyShape } from './keys/make-source.js';
import type { KeyKind } from './keys/source.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Catalog {
  /** The columns of a table; undefined where no table is called so. */
  columnsOf(table: string): Promise<readonly Column[] | undefined>;
  /** Names of all tables. */
  tables(): Promise<readonly string[]>;
  /** What keys of this kind under a pattern hold, as some of them say; undefined where there are none to tell of. */
  keyColumns(kind: KeyKind, pattern: string): Promise<KeyShape | undefined>;
}
