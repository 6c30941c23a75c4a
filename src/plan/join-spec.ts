/** Joins of a part as a pass sees them: what they read, what they send, and which chunks their keys rule out. */

import { type KernelLookup, LookupTable } from '../codegen/join-table.js';
import type { TypedExpr, TypedLiteral } from '../expr/typed.js';
import type { Lookup, Part } from './relation.js';

/** What a part reads before its columns are asked for. */
export function readByPart({ filter, lookups }: Part): TypedExpr[] {
  return [...lookups.flatMap(({ keys }) => keys), ...(filter ? [filter] : [])];
}

/** Before the right side is computed its keys are taken to be of one row each. */
const unknown = ({ keys, how, conditions }: Lookup): KernelLookup => {
  const lists = keys.flatMap(({ type }, i) => {
    const own = { text: type === 'utf8', values: [] };
    return i === 0 ? [own] : [own, { text: false, values: [] }];
  });
  return { how, keys, conditions, table: new LookupTable({ lists, columns: [], rows: 0 }) };
};

export function lookupsOf({ lookups }: Part): { readonly lookups?: readonly KernelLookup[] } {
  if (lookups.length === 0) return {};
  return {
    lookups: lookups.map((lookup) => {
      const { how, keys, conditions, table } = lookup;
      return table ? { how, keys, conditions, table } : unknown(lookup);
    }),
  };
}

/** Conditions that hold wherever a row can find a match: its key, a column, lies between those of the right side. */
export function keyConditions({ how, keys, table }: Lookup): TypedExpr[] {
  if (table === undefined || how === 'left' || how === 'anti') return [];
  if (table.rows === 0) return [{ kind: 'literal', type: 'bool', value: 0 }];
  return keys.flatMap((key, i): TypedExpr[] => {
    const list = table.lists[i === 0 ? 0 : 2 * i - 1];
    if (key.kind !== 'column' || list === undefined) return [];
    let [low, high] = [list.values[0], list.values[0]];
    for (const value of list.values) {
      // NaN has no place among numbers: nothing is ruled out.
      if (low === undefined || high === undefined || Number.isNaN(value)) return [];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low === undefined || high === undefined) return [];
    const literal = (value: number | string): TypedLiteral => ({ kind: 'literal', type: key.type, value });
    const compared = (op: 'gtEq' | 'ltEq', value: number | string): TypedExpr => {
      return { kind: 'compare', type: 'bool', op, left: key, right: literal(value) };
    };
    return [compared('gtEq', low), compared('ltEq', high)];
  });
}
