/** Rows of one input after those of another: their columns meet by name, and take the wider of two numeric types. */

import { ShardfoldError } from '../errors.js';
import { bind } from '../expr/bind.js';
import { isDecimal, isFloat, isInteger, type TypedExpr, type ValueType } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import { closest } from '../suggest.js';
import { derived, isCut, outputsOf } from './build.js';
import { findColumn } from './names.js';
import type { Part, RowsRelation } from './relation.js';

/** @throws UNKNOWN_COLUMN, TYPE_MISMATCH where the columns do not go together */
export function lowerUnion(inputs: readonly RowsRelation[]): RowsRelation {
  const [first] = inputs;
  if (first === undefined) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'union() of nothing', { hint: 'a.union(b)' });
  }
  const isOrdered = (input: RowsRelation): boolean => input.order.some((order) => order.length > 0);
  const rows = inputs.map((input) => (isCut(input) || isOrdered(input) ? derived(input) : input));
  const names = first.outputs.map(({ name }) => name);
  const all = rows.flatMap(({ parts }) => parts);
  for (const [i, { outputs }] of inputs.entries())
    checkColumns(
      names,
      outputs.map(({ name }) => name),
      i,
    );
  const types = names.map((name) => all.map(({ scope }) => findColumn(name, scope).type).reduce(wider(name)));
  const parts = all.map((part) => withTypes(part, names, types));
  const outputs = outputsOf((parts[0] as Part).scope).map(({ name }, i) => {
    const type = types[i] as ValueType;
    return { name, type: type === 'null' ? ('int32' as const) : type };
  });
  return { kind: 'rows', parts, outputs, order: parts.map(() => []), offset: 0, count: undefined };
}

/** @param input its place among the inputs, from 0 */
function checkColumns(names: readonly string[], own: readonly string[], input: number): void {
  const missing = names.find((name) => !own.includes(name));
  if (missing !== undefined) {
    const near = closest(missing, own);
    throw new ShardfoldError(
      'UNKNOWN_COLUMN',
      `union(): input ${input + 1} has no column "${missing}", which the first has`,
      {
        hint: near === undefined ? `its columns are ${own.join(', ')}; ${SAME}` : `did you mean its "${near}"? ${SAME}`,
      },
    );
  }
  const extra = own.find((name) => !names.includes(name));
  if (extra !== undefined) {
    throw new ShardfoldError(
      'TYPE_MISMATCH',
      `union(): input ${input + 1} has a column "${extra}" that the first has not`,
      {
        hint: SAME,
      },
    );
  }
}

const SAME = 'select() or rename() so that all have the same columns';

/** The type that holds the values of both. */
function wider(name: string) {
  return (a: ValueType, b: ValueType): ValueType => {
    if (a === b || b === 'null') return a;
    if (a === 'null') return b;
    const [whole, float] = [isInteger(a) && isInteger(b), isNumber(a) && isNumber(b)];
    if (whole) return 'int64';
    if (float) return 'float64';
    throw new ShardfoldError('TYPE_MISMATCH', `union(): column "${name}" is ${a} in one input and ${b} in another`, {
      hint: `cast one of them: col('${name}').cast('${a}')`,
    });
  };
}

const isNumber = (type: ValueType): boolean => isInteger(type) || isFloat(type) || isDecimal(type);

function withTypes(part: Part, names: readonly string[], types: readonly ValueType[]): Part {
  const columns = names.map((name, i): [string, TypedExpr] => {
    const expr = findColumn(name, part.scope);
    const to = types[i] as ValueType;
    if (expr.type === to) return [name, expr];
    return [
      name,
      bind({ kind: 'cast', arg: { kind: 'column', name }, to: to as ColumnType, lenient: false }, part.scope),
    ];
  });
  return { ...part, scope: new Map(columns) };
}
