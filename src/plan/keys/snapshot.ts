/** Keys in the shape of a table, without chunks: what is known of them before anything is read. */

import type { ColumnBounds, Interval } from '../../expr/bounds.js';
import type { Schema, TableSnapshot } from '../../storage/types.js';
import type { KeySource } from './source.js';

export interface KeysSnapshot extends TableSnapshot {
  readonly keys: KeySource;
}

export const isKeys = (snapshot: TableSnapshot): snapshot is KeysSnapshot => 'keys' in snapshot;

/** `hashes('order:*')` */
export const nameOfKeys = ({ kind, pattern }: KeySource): string => `${kind}(${JSON.stringify(pattern)})`;

export function schemaOfKeys({ columns }: KeySource): Schema {
  return columns.map(({ name, type }, i) => ({ name, type, id: i.toString(36) }));
}

export function keysSnapshot(source: KeySource): KeysSnapshot {
  return {
    name: nameOfKeys(source),
    tableId: '',
    version: 0,
    prefix: '',
    seed: 0,
    chunkRows: 0,
    schema: schemaOfKeys(source),
    chunks: [],
    rows: 0,
    keys: source,
  };
}

const SLOT: Interval = [0, 16_383];
const INT32: Interval = [-(2 ** 31), 2 ** 31 - 1];

/** Between which whole numbers columns must lie, by their types alone. */
export function boundsOfKeys({ columns }: KeySource): ColumnBounds {
  return new Map(
    columns.flatMap(({ type, from }, index): [number, Interval][] => {
      if (from.of === 'slot') return [[index, SLOT]];
      if (type === 'bool') return [[index, [0, 1]]];
      return type === 'int32' ? [[index, INT32]] : [];
    }),
  );
}
