/** Where the states of a fold lie among the columns of its groups, and how those become the fields that aggregates read. */

import type { BoundCustom, ReadState, StateField, StatePlace, StateSpec } from '../aggregates/index.js';
import { customFinish } from '../codegen/custom-finish.js';
import type { StateColumn } from '../codegen/merge-columns.js';
import type { FoldSpec } from '../codegen/shape.js';
import type { Physical } from '../expr/typed.js';
import { initialFields } from './state-merges.js';

/** A state: its columns begin at `first`; column 0 is the number of rows. */
export interface Place {
  readonly spec: StateSpec;
  readonly first: number;
  readonly size: number;
  /** What an expression makes of the fields of a user's aggregate. */
  readonly finish: ((fields: readonly number[]) => Physical) | undefined;
}

export class StateLayout {
  /** By argument, then by state. */
  readonly places: readonly (readonly Place[])[];
  /** The fields of no rows, column by column. */
  readonly initial: readonly StateField[];

  constructor({ args }: FoldSpec) {
    const initial: StateField[] = [0];
    this.places = args.map(({ states }) =>
      states.map((spec): Place => {
        const first = initial.length;
        const fields = initialFields(spec);
        initial.push(...fields);
        return { spec, first, size: fields.length, finish: finishOf(spec) };
      }),
    );
    this.initial = initial;
  }

  place({ arg, state }: StatePlace): Place {
    return this.places[arg]?.[state] as Place;
  }

  /** The column with the number of values of an argument; of rows, where every row has one. */
  countOf(arg: number): number {
    return this.places[arg]?.find(({ spec }) => spec.kind === 'valid')?.first ?? 0;
  }

  /** A column of groups without rows. */
  column(field: number, groups: number): StateColumn {
    const initial = this.initial[field] as StateField;
    if (typeof initial !== 'number') return new Array<StateField>(groups).fill(initial);
    const numbers = new Float64Array(groups);
    return initial === 0 ? numbers : numbers.fill(initial);
  }
}

function finishOf({ kind, param }: StateSpec): Place['finish'] {
  if (kind !== 'custom') return undefined;
  const { finish, definition } = param as BoundCustom;
  return finish === undefined ? undefined : customFinish(finish, definition.fields.length);
}

/** A state as it is read: its columns in the batch, and the fields of the group at hand. */
interface Reading {
  readonly columns: readonly StateColumn[];
  readonly fields: StateField[];
  readonly finish: Place['finish'];
}

/** Reads the states of a batch of groups, one after the other; what it gave of one is overwritten with the next. */
export class StateReader {
  readonly #columns: readonly StateColumn[];
  readonly #layout: StateLayout;
  readonly #known = new Map<StatePlace | undefined, Reading>();
  #row = 0;

  /** @param groups places of the groups of the batch in the columns */
  constructor(layout: StateLayout, columns: readonly StateColumn[], groups: Uint32Array) {
    this.#layout = layout;
    // All at once: groups lie anywhere, and their places in memory are then waited for side by side.
    this.#columns = columns.map((column) => gathered(column, groups));
  }

  /** The states of a group of the batch, as aggregates read them. */
  of(row: number): ReadState {
    this.#row = row;
    return this.#read;
  }

  readonly #read: ReadState = (place) => {
    const { columns, fields, finish } = this.#known.get(place) ?? this.#reading(place);
    for (let i = 0; i < columns.length; i++) fields[i] = (columns[i] as StateColumn)[this.#row] as StateField;
    if (finish !== undefined) fields[columns.length] = finish(fields.slice(1, columns.length) as number[]);
    return fields;
  };

  #reading(at: StatePlace | undefined): Reading {
    const { first, size, finish } = at === undefined ? ROWS : this.#layout.place(at);
    const reading = { columns: this.#columns.slice(first, first + size), fields: [], finish };
    this.#known.set(at, reading);
    return reading;
  }
}

/** The number of rows. */
const ROWS = { first: 0, size: 1, finish: undefined };

function gathered(column: StateColumn, groups: Uint32Array): StateColumn {
  const out: StateColumn = Array.isArray(column)
    ? new Array<StateField>(groups.length)
    : new Float64Array(groups.length);
  for (let row = 0; row < groups.length; row++) out[row] = column[groups[row] as number] as number;
  return out;
}
