/**
 * Joins: the left side stays where it is, the right side is computed first and sent to it. Rows come in the order of the left
 * side, those of one left row in the order of the right side.
 */

import { plainResult } from '../aggregates/index.js';
import { ShardfoldError } from '../errors.js';
import { conjuncts } from '../expr/conditions.js';
import type { TypedExpr, TypedJoined } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import { outputsOf, plainType, uncut } from './build.js';
import { fitKeys } from './join-keys.js';
import { keepingHidden } from './keys/scope.js';
import { besideName, bindPlain } from './names.js';
import type { PlanNode } from './nodes.js';
import type { Lookup, Output, Part, Relation, RowsRelation } from './relation.js';

type JoinNode = Extract<PlanNode, { kind: 'join' }>;

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH where keys do not go together, INVALID_ARGUMENT where names clash */
export function lowerJoin(node: JoinNode, left: RowsRelation, other: RowsRelation): RowsRelation {
  checkJoinKeys(node.on);
  const rows = uncut(left);
  const { how } = node;
  const exists = how === 'semi' || how === 'anti';
  const right = exists ? uncut(other) : other;
  const [first] = rows.parts;
  const [sought] = right.parts;
  if (first === undefined || sought === undefined) throw new TypeError('a join of no rows');
  const fits = node.on.map((on) => {
    const types = [bindPlain(on.left, first.scope).type, bindPlain(on.right, sought.scope).type] as const;
    return { on, ...fitKeys(on, types) };
  });
  const rightKeys = right.parts.map(({ scope }) => fits.map(({ on, right }) => right(bindPlain(on.right, scope))));
  const lookedUp = exists ? distinctKeys(right, rightKeys) : withKeys(right, rightKeys);
  const kept = exists ? [] : keptColumns(node, first, right.outputs);
  const parts = rows.parts.map((part): Part => {
    const keys = fits.map(({ on, left }) => left(bindPlain(on.left, part.scope)));
    const lookup: Lookup = { how, keys, conditions: conjuncts(part.filter).length, right: lookedUp };
    const columns = kept.map(({ name, type, column }): [string, TypedJoined] => [
      name,
      { kind: 'joined', type, join: part.lookups.length, column, nullable: true },
    ]);
    return {
      ...part,
      lookups: [...part.lookups, lookup],
      scope: keepingHidden(part.scope, new Map([...part.scope, ...columns])),
    };
  });
  return { ...rows, parts, outputs: outputsOf((parts[0] as Part).scope) };
}

/** Columns of the right side in the result: without those keys that the left side has by the same name. */
function keptColumns(
  { on, suffix }: JoinNode,
  { scope }: Part,
  outputs: readonly Output[],
): readonly { readonly name: string; readonly type: ColumnType; readonly column: number }[] {
  const shared = new Set(
    on.flatMap(({ left, right }) =>
      left.kind === 'column' && right.kind === 'column' && left.name === right.name ? [left.name] : [],
    ),
  );
  const taken = new Set(scope.keys());
  return outputs.flatMap(({ name, type }, column) => {
    if (shared.has(name)) return [];
    const own = plainResult(type, `column "${name}" of the right side of a join`);
    return [{ name: besideName(name, suffix, taken), type: own, column }];
  });
}

const keyOutputs = (keys: readonly TypedExpr[]): Output[] =>
  // No column of a user's is called so.
  keys.map(({ type }, i) => ({ name: `\u0000key ${i}`, type: plainType(type) }));

/** The rows of the right side with their keys behind them. */
function withKeys(right: RowsRelation, keys: readonly (readonly TypedExpr[])[]): Relation {
  const added = keyOutputs(keys[0] ?? []);
  const parts = right.parts.map((part, i): Part => {
    const columns = added.map(({ name }, key): [string, TypedExpr] => [name, keys[i]?.[key] as TypedExpr]);
    return { ...part, scope: new Map([...part.scope, ...columns]) };
  });
  return { ...right, parts, outputs: [...right.outputs, ...added] };
}

/** The keys of the right side, each once: whether there are rows is all that is asked. */
function distinctKeys(right: RowsRelation, keys: readonly (readonly TypedExpr[])[]): Relation {
  const parts = right.parts.map((part, i) => ({ part, keys: keys[i] as readonly TypedExpr[], aggregates: [] }));
  return { kind: 'fold', parts, outputs: keyOutputs(keys[0] ?? []) };
}

/** @throws INVALID_ARGUMENT */
function checkJoinKeys(on: JoinNode['on']): void {
  if (on.length === 0) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'a join names no key', { hint: "e.g. a.join(b, { on: 'id' })" });
  }
}
