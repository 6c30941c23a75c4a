/** A write over keys, bound: which keys, and what is done to each. Frozen data. */

import type { TypedExpr } from '../../expr/typed.js';
import type { KeySource } from './source.js';

export interface Assignment {
  /** As it was named: a column or a field. */
  readonly name: string;
  readonly field: string;
  /** The text that the field gets, null where the field is removed; of type utf8 or null. */
  readonly value: TypedExpr;
  /** Place among the columns of the source of the field's text as it is. */
  readonly old: number;
}

/** The field that tells that an update was done to a key; its place among the columns of the source. */
export interface Marker {
  readonly field: string;
  readonly column: number;
}

export type KeyAction =
  | { readonly do: 'update'; readonly assignments: readonly Assignment[]; readonly marker: Marker | undefined }
  | { readonly do: 'delete' }
  | { readonly do: 'expire'; readonly seconds: number };

export interface KeyWrite {
  /** Of kind `keys` where members are not looked at, with columns for the texts that fields have. */
  readonly source: KeySource;
  /** What a key must be, where the source's own reader does not see to it; and the place of the column that says what it is. */
  readonly type: { readonly name: string; readonly column: number } | undefined;
  readonly filter: TypedExpr | undefined;
  /** How keys of tables begin, which are left alone; undefined where the pattern means them. */
  readonly spared: string | undefined;
  readonly action: KeyAction;
}
