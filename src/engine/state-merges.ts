/** How the coordinator goes on with states: what each is of no rows, and how the states of two runs of rows become one. */

import type { StateField, StateSpec } from '../aggregates/index.js';
import { greatest } from '../aggregates/lists.js';
import { customMerge } from '../codegen/custom-finish.js';
import { at, int } from '../codegen/ir.js';
import { printJavaScript } from '../codegen/print.js';
import { TREE_STATES } from '../codegen/states.js';
import type { Physical } from '../expr/typed.js';

/** The number of rows, then the fields of each state. */
export type Cells = StateField[];
/** The state of y, whose rows come after, into that of x. */
export type Merge = (x: Cells, y: Cells) => void;

type Counts = ReadonlyMap<number | string, number>;

const NO_COUNTS: Counts = new Map();
const NO_VALUES: readonly Physical[] = [];
const LIMB = 2 ** 32;

/** The fields of a state of no rows. */
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
      return [NO_COUNTS];
    case 'greatest':
      return [NO_VALUES];
    case 'list':
      return [0, NO_VALUES];
    case 'custom':
      return [0, ...(typeof param === 'object' && 'definition' in param ? param.definition.init : [])];
  }
}

/** The merge of a state whose fields begin at a place among the cells. */
export function mergeOf(spec: StateSpec, place: number): Merge {
  const { kind, param } = spec;
  switch (kind) {
    case 'valid':
    case 'nans':
      return addCounts(place);
    case 'sumWhole':
    case 'sumSquares':
      return addLimbs(place);
    case 'sumFloat':
    case 'moments':
    case 'coMoments':
      return treeMerge(kind, place);
    case 'minNumber':
      return better(place, (a, b) => a < b);
    case 'maxNumber':
      return better(place, (a, b) => a > b);
    case 'minString':
      return betterText(place, (a, b) => a < b);
    case 'maxString':
      return betterText(place, (a, b) => a > b);
    case 'first':
      return (x, y) => void (x[place] === 0 && copy(x, y, place, 2));
    case 'last':
      return (x, y) => void (y[place] !== 0 && copy(x, y, place, 2));
    case 'argMin':
      return extremeRow(place, (y, x) => compare(y, x) < 0);
    case 'argMax':
      return extremeRow(place, (y, x) => compare(y, x) > 0);
    case 'values':
    case 'buckets':
    case 'bins':
      return mergeMaps(place, (a, b) => a + b);
    case 'registers':
      return mergeMaps(place, Math.max);
    case 'greatest':
      return (x, y) => {
        x[place] = greatest([...(x[place] as Physical[]), ...(y[place] as Physical[])], param as number);
      };
    case 'list':
      return (x, y) => {
        const values = x[place + 1] as readonly Physical[];
        if (values.length >= (param as number)) return;
        x[place + 1] = [...values, ...(y[place + 1] as Physical[])].slice(0, param as number);
      };
    case 'custom':
      return customMerge(param as Parameters<typeof customMerge>[0], place) as Merge;
  }
}

export const addCounts =
  (place: number): Merge =>
  (x, y) => {
    x[place] = (x[place] as number) + (y[place] as number);
  };

const addLimbs =
  (place: number): Merge =>
  (x, y) => {
    const low = (x[place + 1] as number) + (y[place + 1] as number);
    const carry = Math.floor(low / LIMB);
    x[place] = (x[place] as number) + (y[place] as number) + carry;
    x[place + 1] = low - carry * LIMB;
  };

/** The statements by which kernels merge units, as a function: shard and coordinator go up one tree with one arithmetic. */
function treeMerge(kind: 'sumFloat' | 'moments' | 'coMoments', place: number): Merge {
  const cell = (side: string) => (field: number) => at(side, int(place + field));
  const body = printJavaScript(TREE_STATES[kind]?.merge?.(cell('x'), cell('y')) ?? []);
  return new Function('x', 'y', `'use strict'; ${body}`) as Merge;
}

const better =
  (place: number, isBetter: (a: number, b: number) => boolean): Merge =>
  (x, y) => {
    if (isBetter(y[place] as number, x[place] as number)) x[place] = y[place] as number;
  };

const betterText =
  (place: number, isBetter: (a: string, b: string) => boolean): Merge =>
  (x, y) => {
    const [a, b] = [y[place] as string | null, x[place] as string | null];
    if (a !== null && (b === null || isBetter(a, b))) x[place] = a;
  };

function copy(x: Cells, y: Cells, place: number, fields: number): void {
  for (let i = place; i < place + fields; i++) x[i] = y[i] as StateField;
}

/** NaN the greatest; strings by bytes. */
function compare(a: Physical, b: Physical): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

/** Of equal rows the first stays. */
function extremeRow(place: number, isBetter: (y: Physical, x: Physical) => boolean): Merge {
  return (x, y) => {
    if (y[place] === 0) return;
    if (x[place] === 0 || isBetter(y[place + 2] as Physical, x[place + 2] as Physical)) copy(x, y, place, 3);
  };
}

/** The smaller map goes into the larger one; its entries are whole numbers, so that the order of merging does not matter. */
function mergeMaps(place: number, combine: (a: number, b: number) => number): Merge {
  return (x, y) => {
    const [a, b] = [x[place] as Counts, y[place] as Counts];
    if (b.size === 0) return;
    const [into, from] = a.size >= b.size ? [a, b] : [b, a];
    const merged = into === NO_COUNTS ? new Map<number | string, number>() : (into as Map<number | string, number>);
    for (const [key, count] of from) {
      const known = merged.get(key);
      merged.set(key, known === undefined ? count : combine(known, count));
    }
    x[place] = merged;
  };
}
