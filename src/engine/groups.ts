/** The states of all groups on the coordinator, in columns: read from partials, merged in pairs. */

import type { Merge, StateColumn } from '../codegen/merge-columns.js';
import type { Counts, Partial } from '../codegen/partial.js';
import type { FoldSpec } from '../codegen/shape.js';
import { type PartialSource, readKeys, readStates } from './group-read.js';
import { type GroupLimit, KeyIndex } from './key-index.js';
import { StateLayout } from './state-layout.js';
import { addCounts, holdsValues, mergeOf } from './state-merges.js';
import { MAX_GROUPS, MAX_VALUES, tooManyValues } from './too-many.js';

/** Groups of a run of rows. */
export interface Groups {
  rows: number;
  /** The number of each in the index of the fold. */
  ids: Uint32Array;
  /** Numbers of rows, then the fields of each state; the columns may be longer than the groups are many. */
  readonly columns: StateColumn[];
  /** Different values that are held to be counted. */
  values: number;
}

/** What the coordinator holds at most. */
export interface FoldLimits extends GroupLimit {
  readonly maxValues: number;
}

interface StateMerge {
  readonly first: number;
  readonly size: number;
  readonly merge: Merge;
}

/** The groups of all sources of a fold, and how their states lie. */
export class GroupLayout {
  readonly states: StateLayout;
  readonly index: KeyIndex;
  readonly #maxValues: number;
  readonly #merges: StateMerge[] = [{ first: 0, size: 1, merge: addCounts }];
  /** Columns of maps of values. */
  readonly #valueColumns: number[] = [];
  /** By a group's number: where it lies in the left side of the merge at hand, if it does (Briggs & Torczon 1993). */
  #where = new Uint32Array(16);
  #shared = 0;

  constructor(spec: FoldSpec, limits: FoldLimits = { keys: [], maxGroups: MAX_GROUPS, maxValues: MAX_VALUES }) {
    this.states = new StateLayout(spec);
    this.index = new KeyIndex(spec.keys.length, limits);
    this.#maxValues = limits.maxValues;
    const limit = {
      maxValues: limits.maxValues,
      onShared: (entries: number): void => {
        this.#shared += entries;
      },
    };
    for (const { spec: state, first, size } of this.states.places.flat()) {
      this.#merges.push({ first, size, merge: mergeOf(state, limit) });
      if (holdsValues(state)) this.#valueColumns.push(first);
    }
  }

  /** The one group of an input without keys of which there are no rows, or whose rows are only counted. */
  single(rows = 0): Groups {
    const columns = this.states.initial.map((_, field) => this.states.column(field, 1));
    (columns[0] as Float64Array)[0] = rows;
    return { rows: 1, ids: this.index.number([], 1), columns, values: 0 };
  }

  /** Reads a kernel's partial. @throws TOO_MANY_GROUPS, TOO_MANY_VALUES */
  read(partial: Partial, source: PartialSource): Groups {
    const ids = this.index.number(readKeys(partial, source), partial.groups);
    const columns = readStates(partial, source, this.states);
    let values = 0;
    for (const column of this.#valueColumns) for (const map of columns[column] as Counts[]) values += map.size;
    this.#check(values);
    return { rows: partial.groups, ids, columns, values };
  }

  /** Merges the groups of right into those of left, which holds the rows that come first. @throws TOO_MANY_VALUES */
  merge(left: Groups, right: Groups): Groups {
    const known = left.rows;
    const to = this.#places(left, right);
    this.#shared = 0;
    for (const { first, size, merge } of this.#merges) {
      for (let i = first; i < first + size; i++) left.columns[i] = grown(left.columns[i] as StateColumn, left.rows);
      const [x, y] = [left, right].map(({ columns }) => columns.slice(first, first + size)) as StateColumn[][];
      merge(x as StateColumn[], y as StateColumn[], { to, rows: right.rows, known });
    }
    left.values += right.values - this.#shared;
    this.#check(left.values);
    return left;
  }

  /** Where the groups of right lie in left, to which those that it lacks are added. */
  #places(left: Groups, right: Groups): Uint32Array {
    if (this.#where.length < this.index.size) this.#where = new Uint32Array(2 * this.index.size);
    const where = this.#where;
    const known = left.rows;
    const { ids } = left;
    for (let i = 0; i < known; i++) where[ids[i] as number] = i;
    const to = new Uint32Array(right.rows);
    let rows = known;
    for (let j = 0; j < right.rows; j++) {
      const id = right.ids[j] as number;
      const place = where[id] as number;
      to[j] = place < known && ids[place] === id ? place : rows++;
    }
    left.rows = rows;
    left.ids = grown(ids, rows);
    if (rows > known) for (let j = 0; j < right.rows; j++) left.ids[to[j] as number] = right.ids[j] as number;
    return to;
  }

  #check(values: number): void {
    if (values > this.#maxValues) throw tooManyValues(this.#maxValues);
  }
}

/** With room for so many, and for more where it grows. */
function grown<T extends StateColumn | Uint32Array>(column: T, rows: number): T {
  if (Array.isArray(column) || column.length >= rows) return column;
  const more = new (column.constructor as { new (length: number): T })(Math.ceil(rows * GROWTH));
  (more as Float64Array).set(column as Float64Array);
  return more;
}

/** Groups mostly double from one height of the tree to the next. */
const GROWTH = 2;
