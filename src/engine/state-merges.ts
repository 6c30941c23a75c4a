/**
 * How the coordinator goes on with states: what each is of no rows, and how the states of two runs of rows become one. The
 * states of groups lie in columns, one a field; a merge walks over those of the right side.
 */

import type { StateField, StateSpec } from '../aggregates/index.js';
import { greatest } from '../aggregates/lists.js';
import type { BoundPass } from '../aggregates/row-pass.js';
import { customMerge } from '../codegen/custom-finish.js';
import { type Merge, mergeColumns, type StateColumn } from '../codegen/merge-columns.js';
import { type Counts, NO_ENTRIES } from '../codegen/partial.js';
import { passOf } from '../codegen/passes/index.js';
import type { StateCode } from '../codegen/state-code.js';
import { TREE_STATES } from '../codegen/states.js';
import type { Physical } from '../expr/typed.js';
import { exactMerge } from './exact-merges.js';
import { MOST_ENTRIES, tooManyValues } from './too-many.js';

const NO_VALUES: readonly Physical[] = [];

/** The fields of a state of no rows. Those that are numbers then are always numbers. */
export function initialFields({ kind, param }: StateSpec): readonly StateField[] {
  switch (kind) {
    case 'valid':
    case 'nans':
      return [0];
    case 'sumFloat':
    case 'sumWhole':
    case 'sumSquares':
      return [0, 0];
    case 'moments':
      return [0, 0, 0, 0];
    case 'coMoments':
      return [0, 0, 0, 0, 0, 0, 0, 0];
    case 'exactSum':
      return [0, 0, NO_ENTRIES];
    case 'exactProduct':
      return [0, 0, 0, 0, NO_ENTRIES];
    case 'minNumber':
      return [Number.POSITIVE_INFINITY];
    case 'maxNumber':
      return [Number.NEGATIVE_INFINITY];
    case 'minString':
    case 'maxString':
      return [null];
    case 'first':
    case 'last':
      return [0, null];
    case 'argMin':
    case 'argMax':
      return [0, null, null];
    case 'values':
    case 'buckets':
    case 'bins':
    case 'registers':
      return [NO_ENTRIES];
    case 'greatest':
      return [NO_VALUES];
    case 'list':
      return [0, NO_VALUES];
    case 'pass':
      return [0, NO_VALUES];
    case 'custom':
      return [0, ...(typeof param === 'object' && 'definition' in param ? param.definition.init : [])];
  }
}

/** Whether a state's map grows with the values that there are. */
export const holdsValues = ({ kind }: StateSpec): boolean => kind === 'values';

const LIMBS = `const low = x1[i] + y1[j], carry = Math.floor(low / ${2 ** 32});
  x0[i] = x0[i] + y0[j] + carry; x1[i] = low - carry * ${2 ** 32};`;

export const addCounts: Merge = mergeColumns(1, 'x0[i] += y0[j];');

/** How many different values maps may hold, and who hears how many entries a merge of two maps saved. */
export interface ValueLimit {
  readonly maxValues: number;
  onShared(entries: number): void;
}

export function mergeOf(spec: StateSpec, limit: ValueLimit): Merge {
  const { kind, param } = spec;
  switch (kind) {
    case 'valid':
    case 'nans':
      return addCounts;
    case 'sumWhole':
    case 'sumSquares':
      return mergeColumns(2, LIMBS);
    case 'sumFloat':
    case 'moments':
    case 'coMoments':
      return mergeColumns(initialFields(spec).length, (TREE_STATES[kind] as StateCode).merge ?? '');
    case 'exactSum':
      return exactMerge(2);
    case 'exactProduct':
      return exactMerge(4);
    case 'minNumber':
      return mergeColumns(1, 'if (y0[j] < x0[i]) x0[i] = y0[j];');
    case 'maxNumber':
      return mergeColumns(1, 'if (y0[j] > x0[i]) x0[i] = y0[j];');
    case 'minString':
      return mergeColumns(1, 'if (y0[j] !== null && (x0[i] === null || y0[j] < x0[i])) x0[i] = y0[j];');
    case 'maxString':
      return mergeColumns(1, 'if (y0[j] !== null && (x0[i] === null || y0[j] > x0[i])) x0[i] = y0[j];');
    case 'first':
      return mergeColumns(2, 'if (x0[i] === 0) { x0[i] = y0[j]; x1[i] = y1[j]; }');
    case 'last':
      return mergeColumns(2, 'if (y0[j] !== 0) { x0[i] = y0[j]; x1[i] = y1[j]; }');
    case 'argMin':
      return extremeRow((y, x) => compare(y, x) < 0);
    case 'argMax':
      return extremeRow((y, x) => compare(y, x) > 0);
    case 'values':
      return fieldwise((x, y) => {
        const sizes = (x as Counts).size + (y as Counts).size;
        const merged = mergeMaps(x as Counts, y as Counts, plus, limit.maxValues);
        limit.onShared(sizes - merged.size);
        return merged;
      });
    case 'buckets':
    case 'bins':
      return fieldwise((x, y) => mergeMaps(x as Counts, y as Counts, plus));
    case 'registers':
      return fieldwise((x, y) => mergeMaps(x as Counts, y as Counts, Math.max));
    case 'greatest':
      return fieldwise((x, y) => greatest([...(x as Physical[]), ...(y as Physical[])], param as number));
    case 'list':
      return firstValues(param as number);
    case 'pass':
      return joinedPass(param as BoundPass);
    case 'custom':
      return customMerge(param as Parameters<typeof customMerge>[0]);
  }
}

/** The merge of a state of one field, which is no number. */
function fieldwise(merge: (x: StateField, y: StateField) => StateField): Merge {
  return ([x = []], [y = []], { to, rows, known }) => {
    for (let j = 0; j < rows; j++) {
      const i = to[j] as number;
      const field = y[j] as StateField;
      (x as StateField[])[i] = i < known ? merge(x[i] as StateField, field) : field;
    }
  };
}

/** Copies all fields of a group where a condition holds, or the group is new. */
function copiedWhere(
  condition: (x: readonly StateColumn[], i: number, y: readonly StateColumn[], j: number) => boolean,
): Merge {
  return (x, y, { to, rows, known }) => {
    for (let j = 0; j < rows; j++) {
      const i = to[j] as number;
      if (i < known && !condition(x, i, y, j)) continue;
      for (const [field, column] of x.entries()) column[i] = y[field]?.[j] as number;
    }
  };
}

/** NaN the greatest; strings by bytes. */
function compare(a: Physical, b: Physical): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

/** Of equal rows the first stays. */
function extremeRow(isBetter: (y: Physical, x: Physical) => boolean): Merge {
  return copiedWhere((x, i, y, j) => {
    if (y[0]?.[j] === 0) return false;
    return x[0]?.[i] === 0 || isBetter(y[2]?.[j] as Physical, x[2]?.[i] as Physical);
  });
}

/** The number of values beside them is not read again. */
function firstValues(limit: number): Merge {
  const numbers = mergeColumns(1, '');
  const lists = fieldwise((x, y) => {
    const values = x as readonly Physical[];
    return values.length >= limit ? values : [...values, ...(y as Physical[])].slice(0, limit);
  });
  return (x, y, meeting) => {
    numbers(x.slice(0, 1), y.slice(0, 1), meeting);
    lists(x.slice(1), y.slice(1), meeting);
  };
}

/** States that begin with their number of rows. */
function joinedPass({ pass, width, list }: BoundPass): Merge {
  const { join } = passOf(pass).js;
  return ([counts, lists], [others, theirs], { to, rows, known }) => {
    const [n, x] = [counts as Float64Array, lists as (readonly number[])[]];
    for (let j = 0; j < rows; j++) {
      const i = to[j] as number;
      const [more, y] = [others?.[j] as number, theirs?.[j] as readonly number[]];
      const before = i < known ? (n[i] as number) : 0;
      if (before === 0) x[i] = more === 0 ? [] : y;
      else if (more > 0) x[i] = join(x[i] as readonly number[], y, width, list);
      n[i] = before + more;
    }
  };
}

const plus = (a: number, b: number): number => a + b;

/** The smaller map goes into the larger one; its entries are whole numbers, so that the order of merging does not matter. @throws TOO_MANY_VALUES */
function mergeMaps(a: Counts, b: Counts, combine: (a: number, b: number) => number, most = MOST_ENTRIES): Counts {
  if (b.size === 0) return a;
  const [into, from] = (a.size >= b.size ? [a, b] : [b, a]) as [Map<number | string, number>, Counts];
  for (const [key, count] of from) {
    const known = into.get(key);
    if (known === undefined && into.size >= most) throw tooManyValues(most);
    into.set(key, known === undefined ? count : combine(known, count));
  }
  return into;
}
