/** Sources as queries of ours. */
import type { Query } from '../../../src/query/query.js';
import type { Shardfold } from '../../../src/shardfold.js';
import type { SpaceColumn, SpaceSource } from './space.js';

/** The calls that make queries over keys, for schemas that are drawn: they have no type of their own. */
export interface KeyCalls {
  hashes(pattern: string, schema: Readonly<Record<string, unknown>>, options?: { strict?: boolean }): Query;
  strings(pattern: string, type: string, options?: { strict?: boolean }): Query;
  jsonStrings(pattern: string, schema: Readonly<Record<string, unknown>>, options?: { strict?: boolean }): Query;
  packed(pattern: string, type: string): Query;
  zset(pattern: string): Query;
  list(pattern: string, type: string, options?: { strict?: boolean }): Query;
  set(pattern: string): Query;
  keys(pattern: string): Query;
}

export const typeText = ({ type, unit }: SpaceColumn): string => (unit === undefined ? type : `${type}(${unit})`);

export function schemaOf(columns: readonly SpaceColumn[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((column) => {
      const { name, field, path } = column;
      const type = typeText(column);
      if (path !== undefined) return [name, path.length === 1 && path[0] === name ? type : { path, type }];
      return [name, field === name ? type : { field, type }];
    }),
  );
}

export function queryOf(shardfold: Shardfold, { kind, pattern, columns, packed = 'float64' }: SpaceSource): Query {
  const sf = shardfold as unknown as KeyCalls;
  const [first] = columns;
  switch (kind) {
    case 'hashes':
      return sf.hashes(pattern, schemaOf(columns));
    case 'json':
      return sf.jsonStrings(pattern, schemaOf(columns));
    case 'strings':
    case 'list':
      return sf[kind](pattern, first === undefined ? 'utf8' : typeText(first));
    case 'packed':
      return sf.packed(pattern, packed);
    default:
      return sf[kind](pattern);
  }
}
