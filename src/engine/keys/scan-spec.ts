/** A scan of keys as a fold: of each column that the rows show a list is kept. */

import type { FoldSpec } from '../../codegen/shape.js';
import type { TypedExpr } from '../../expr/typed.js';
import { boundsOfKeys, type KeysSnapshot } from '../../plan/keys/snapshot.js';
import type { Output, Part } from '../../plan/relation.js';
import { columnsRead } from '../../plan/rows-spec.js';

/** A list takes all rows of a call. */
const ALL_ROWS = 2 ** 31;

/** @param more a condition beside the part's own */
export function scanSpec(snapshot: KeysSnapshot, part: Part, outputs: readonly Output[], more?: TypedExpr): FoldSpec {
  const exprs = outputs.map(({ name }) => part.scope.get(name) as TypedExpr);
  const conditions = [part.filter, more].flatMap((each) => (each === undefined ? [] : [each]));
  const [left, right] = conditions;
  const filter =
    left === undefined || right === undefined
      ? left
      : ({ kind: 'logic', type: 'bool', op: 'and', left, right } as const);
  return {
    filter,
    keys: [],
    args: exprs.map((expr) => ({
      exprs: [expr],
      where: undefined,
      nulls: 'pass',
      states: [{ kind: 'list', param: ALL_ROWS }],
    })),
    columns: columnsRead([...exprs, ...conditions], snapshot),
    bounds: boundsOfKeys(snapshot.keys),
  };
}
