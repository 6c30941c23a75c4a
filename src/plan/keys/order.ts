/** Rows of keys in a total order, and what stands before or after a place in it. */

import type { Physical, TypedExpr } from '../../expr/typed.js';
import type { OrderBy, RowsRelation } from '../relation.js';
import { type KeysPart, ofKeys } from './pulled.js';
import { schemaOfKeys } from './snapshot.js';
import type { KeyOrigin } from './source.js';

/** What tells the rows of a source apart. */
const IDENTITY: readonly KeyOrigin['of'][] = ['key', 'member', 'index'];

/** Rows of one source of keys, neither joined nor aggregated; undefined for anything else. */
export function rowsOfKeys(relation: RowsRelation): KeysPart | undefined {
  const [part, ...others] = relation.parts;
  const single = part !== undefined && others.length === 0 && part.lookups.length === 0;
  return single && ofKeys(part) ? part : undefined;
}

/** The order that is asked for, and then by key (and member or index): so that no two rows are equal. */
export function totalOrder({ source: { keys } }: KeysPart, order: readonly OrderBy[]): readonly OrderBy[] {
  const schema = schemaOfKeys(keys);
  const ties = keys.columns.flatMap(({ from }, index): OrderBy[] => {
    if (!IDENTITY.includes(from.of)) return [];
    const { type } = schema[index] as (typeof schema)[number];
    return [{ expr: { kind: 'column', type, index }, descending: false, nullsFirst: false }];
  });
  return [...order, ...ties];
}

/** Which rows come before a place in an order, or after it. @param keys of the place, one for each of the order */
export function beside(order: readonly OrderBy[], keys: readonly Physical[], side: 'before' | 'after'): TypedExpr {
  const conditions = order.map((by, i): TypedExpr => {
    const same = order.slice(0, i).map((each, k) => isSame(each.expr, keys[k] as Physical));
    return all([...same, stands(by, keys[i] as Physical, side)]);
  });
  return conditions.reduce(either);
}

function isSame(expr: TypedExpr, key: Physical): TypedExpr {
  if (key === null) return isNull(expr, false);
  return { kind: 'compare', type: 'bool', op: 'eq', left: expr, right: literal(expr, key) };
}

function stands({ expr, descending, nullsFirst }: OrderBy, key: Physical, side: 'before' | 'after'): TypedExpr {
  const nullsThere = nullsFirst === (side === 'before');
  if (key === null) return nullsThere ? NEVER : isNull(expr, true);
  const op = descending === (side === 'before') ? 'gt' : 'lt';
  const there: TypedExpr = { kind: 'compare', type: 'bool', op, left: expr, right: literal(expr, key) };
  return nullsThere ? either(isNull(expr, false), there) : there;
}

const NEVER: TypedExpr = { kind: 'literal', type: 'bool', value: 0 };
const literal = ({ type }: TypedExpr, value: number | string): TypedExpr => ({ kind: 'literal', type, value });
const isNull = (arg: TypedExpr, negated: boolean): TypedExpr => ({ kind: 'isNull', type: 'bool', arg, negated });
const either = (left: TypedExpr, right: TypedExpr): TypedExpr => ({
  kind: 'logic',
  type: 'bool',
  op: 'or',
  left,
  right,
});

/** The rows of a part for which a condition holds as well. */
export function filteredBy(part: KeysPart, condition: TypedExpr): KeysPart {
  return { ...part, filter: part.filter === undefined ? condition : all([part.filter, condition]) };
}

function all(conditions: readonly TypedExpr[]): TypedExpr {
  return conditions.reduce((left, right) => ({ kind: 'logic', type: 'bool', op: 'and', left, right }));
}
