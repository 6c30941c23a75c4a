/** States that hold a value of one row: the first, the last, the one where something else is least or greatest. */

import { isFloat, type ValueType } from '../expr/typed.js';
import { and, binary, call, type Ir, int, or, set, variable } from './ir.js';
import { type FieldCode, plainState, type StateCode } from './state-code.js';

/** What is known of one argument in one kernel: its type, and whether its values come as codes. */
export interface RowArg {
  readonly type: ValueType;
  readonly coded: boolean;
}

const SEEN: FieldCode = { init: '0', wire: 'H' };
const one = int(1);

const held = (arg: RowArg, holds: number): FieldCode =>
  arg.coded ? { init: '0', wire: 'H', holds } : { init: 'NONE', wire: arg.type === 'utf8' ? 'S' : 'number', holds };

export function endState(kind: 'first' | 'last', arg: RowArg): StateCode {
  return plainState(kind, [SEEN, held(arg, 0)], ([x], cell) => {
    const take = [set(cell(0), one), set(cell(1), x)];
    return kind === 'last' ? take : [{ s: 'if', cond: binary('==', cell(0), int(0)), body: take }];
  });
}

/** A row replaces the one before only where it is better, so that the first of several stays. */
export function extremeRow(kind: 'argMin' | 'argMax', arg: RowArg, by: RowArg): StateCode {
  const fields = [SEEN, held(arg, 0), held(by, 1)];
  return plainState(kind, fields, (args, cell) => {
    const [x, y] = args as readonly [Ir, Ir];
    const better = kind === 'argMin' ? less(by, y, cell(2)) : less(by, cell(2), y);
    const take = [set(cell(0), one), set(cell(1), x), set(cell(2), y)];
    return [{ s: 'if', cond: or(binary('==', cell(0), int(0)), better), body: take }];
  });
}

/** a < b, where NaN is the greatest number and strings compare by bytes. */
function less({ type, coded }: RowArg, a: Ir, b: Ir): Ir {
  if (coded) return binary('<', a, b);
  if (type === 'utf8') return call('strlt', a, b);
  const plain = binary('<', a, b);
  return isFloat(type) ? or(plain, and(binary('~=', b, b), binary('==', a, a))) : plain;
}

/** Whether a text not yet seen stands in a cell. */
export const isNone = (cell: Ir): Ir => binary('==', cell, variable('NONE'));
