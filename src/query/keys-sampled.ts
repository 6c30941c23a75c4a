/** What a sample of keys says, written as a schema. */

import type { SampledColumn } from '../engine/keys/sample/columns.js';
import type { SampledGroup } from '../engine/keys/sample/groups.js';
import { formatJsonPath } from '../plan/keys/json-path.js';
import type { KeySchema } from './keys-schemas.js';
import type { HashColumn, JsonColumn } from './keys-types.js';

/** Of the kinds that a schema can tell of. */
export function schemasOf(groups: readonly SampledGroup[]): readonly KeySchema[] {
  return groups.flatMap((group): readonly KeySchema[] => {
    const { kind, columns = [], value } = group;
    switch (kind) {
      case 'hashes':
        return columns.length === 0 ? [] : [{ kind, columns: written(columns, hashColumn) }];
      case 'json':
        return columns.length === 0 ? [] : [{ kind, columns: written(columns, jsonColumn) }];
      case 'strings':
      case 'list':
        return value === undefined ? [] : [{ kind, type: value.type }];
      case 'zset':
      case 'set':
        return [{ kind }];
      default:
        return [];
    }
  });
}

/** A name such as `__proto__` is a column like others. */
const written = <Column>(columns: readonly SampledColumn[], as: (column: SampledColumn) => Column) =>
  Object.fromEntries(columns.map((column) => [column.name, as(column)]));

function hashColumn({ name, type, from }: SampledColumn): HashColumn {
  return 'field' in from && from.field !== name ? { field: from.field, type } : type;
}

function jsonColumn({ name, type, from }: SampledColumn): JsonColumn {
  if (!('path' in from) || (from.path.length === 1 && from.path[0] === name)) return type;
  return { path: formatJsonPath(from.path), type };
}
