/** The states of a fold in one kernel: which of them it keeps, of codes or of values, and in which cells. */

import type { FoldArg, StateSpec } from '../aggregates/index.js';
import { boundsOf } from '../expr/bounds.js';
import { isFloat, type TypedLiteral } from '../expr/typed.js';
import type { Constants } from './constants.js';
import { and, TRUE } from './ir.js';
import { fanoutOf } from './join-row.js';
import { type FoldSpec, isCoded } from './shape.js';
import type { StateCode, Wire } from './state-code.js';
import { stateCode, takesCodes } from './states.js';
import type { Values } from './values.js';

/** A state of one argument, with the cells (numbered from 1 over the kernel) that hold its fields. */
export interface PlacedState {
  readonly arg: number;
  /** Place among the states of the argument. */
  readonly state: number;
  readonly kind: StateSpec['kind'];
  readonly code: StateCode;
  readonly firstCell: number;
  readonly firstInput: number;
  /** For each expression of the argument, whether the state gets codes of its column instead of values. */
  readonly coded: readonly boolean[];
}

const MAX_CHUNK_ROWS = 65_024;
const MAX_SHORT = 0xffff;

/** The most rows that those of a chunk (or of a call over keys) may become: where they are joined one may be many. */
const maxRowsOf = (spec: FoldSpec): number => (spec.maxRows ?? MAX_CHUNK_ROWS) * fanoutOf(spec);

/** How numbers of rows travel. */
export const countWire = (spec: FoldSpec): 'H' | 'd' => (maxRowsOf(spec) > MAX_SHORT ? 'd' : 'H');

function withCounts(code: StateCode, wire: 'H' | 'd'): StateCode {
  if (wire === 'H') return code;
  const wider = (each: Wire): Wire => {
    if (each === 'H') return 'd';
    return typeof each === 'object' && 'map' in each && each.counts === 'H' ? { ...each, counts: 'd' } : each;
  };
  return { ...code, fields: code.fields.map((field) => ({ ...field, wire: wider(field.wire) })) };
}

interface Placed {
  readonly states: readonly PlacedState[];
  readonly lists: readonly (readonly number[])[];
  readonly cells: number;
  readonly inputs: number;
}

export function placeStates(spec: FoldSpec, values: Values, constants: Constants): Placed {
  const grouped = spec.keys.length > 0;
  const maxRows = maxRowsOf(spec);
  const states: PlacedState[] = [];
  const lists: (readonly number[])[] = [];
  let [cell, input] = [1, 0];
  // Limits of lists are mostly all the same, and there are as many lists as columns.
  const numbers = new Map<string, TypedLiteral>();
  const number = (value: number): TypedLiteral => {
    const shown = Object.is(value, -0) ? '-0' : String(value);
    const known = numbers.get(shown) ?? { kind: 'literal', type: 'float64', value };
    numbers.set(shown, known);
    return known;
  };
  for (const [place, arg] of spec.args.entries()) {
    const columns = arg.exprs.map((expr) => values.columnOf(expr));
    const coded = columns.map((column) => column !== undefined && isCoded(column.encoding));
    for (const [state, each] of arg.states.entries()) {
      const { kind } = each;
      if (isNeedless(each, arg, { values, coded: coded[0] === true })) continue;
      const ofCodes = coded.map((isCodes) => isCodes && takesCodes(kind));
      const [low, high] = arg.exprs[0] === undefined ? [0, 0] : boundsOf(arg.exprs[0], spec.bounds);
      const made = stateCode(each, {
        args: arg.exprs.map(({ type }, i) => ({
          type,
          coded: kind === 'registers' ? coded[i] === true : ofCodes[i] === true,
        })),
        magnitude: Math.max(Math.abs(low), Math.abs(high)),
        maxRows,
        constants,
        number: (value) => constants.literal(number(value)),
        list: (list) => `L${lists.push(list)}`,
      });
      const code = withCounts(made, countWire(spec));
      states.push({ arg: place, state, kind, code, firstCell: cell, firstInput: input, coded: ofCodes });
      cell += code.fields.length + (grouped ? 0 : code.scratch);
      input += grouped ? 0 : code.inputs;
    }
  }
  return { states, lists, cells: cell - 1, inputs: input };
}

/** Counts that follow: no code stands for NaN; where every row counts, the number of values is the number of rows. */
function isNeedless(
  { kind }: StateSpec,
  { exprs, where, nulls }: FoldArg,
  { values, coded }: { values: Values; coded: boolean },
): boolean {
  if (kind === 'nans') return coded || !exprs.some(({ type }) => isFloat(type));
  if (kind !== 'valid' || nulls === 'pass') return false;
  const counts = where === undefined ? TRUE : values.isTrue(where, []);
  return exprs.map((expr) => values.valid(expr, [])).reduce(and, counts) === TRUE;
}
