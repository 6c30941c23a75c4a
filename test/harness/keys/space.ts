/** Sources over keys, as tests draw them. */
import type { KeyKind, PackedType } from '../../../src/plan/keys/source.js';
import type { ColumnType } from '../../../src/storage/types.js';

/** A column of the user's: a field of hashes, a path in JSON, the value of strings or the elements of lists. */
export interface SpaceColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly unit?: 's' | 'ms';
  readonly field?: string;
  readonly path?: readonly (string | number)[];
}

/** Keys that are read as one source. */
export interface SpaceSource {
  readonly kind: KeyKind;
  readonly pattern: string;
  readonly columns: readonly SpaceColumn[];
  readonly packed?: PackedType;
}
