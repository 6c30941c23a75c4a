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

/** A state as it is read: its columns, and the fields of the group at hand. */
interface Reading {
  readonly columns: readonly StateColumn[];
  readonly fields: StateField[];
  readonly finish: Place['finish'];
}

/** Reads the states of one group after the other; what it gave of one is overwritten with the next. */
export class StateReader {
  readonly #columns: readonly StateColumn[];
  readonly #layout: StateLayout;
  readonly #rows: Reading;
  readonly #known = new Map<StatePlace, Reading>();
  #group = 0;

  constructor(layout: StateLayout, columns: readonly StateColumn[]) {
    this.#layout = layout;
    this.#columns = columns;
    this.#rows = { columns: columns.slice(0, 1), fields: [], finish: undefined };
  }

  /** The states of a group, as aggregates read them. */
  of(group: number): ReadState {
    this.#group = group;
    return this.#read;
  }

  readonly #read: ReadState = (place) => {
    const { columns, fields, finish } = place === undefined ? this.#rows : this.#reading(place);
    for (let i = 0; i < columns.length; i++) fields[i] = (columns[i] as StateColumn)[this.#group] as StateField;
    if (finish !== undefined) fields[columns.length] = finish(fields.slice(1, columns.length) as number[]);
    return fields;
  };

  #reading(place: StatePlace): Reading {
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const { first, size, finish } = this.#layout.place(place);
    const reading = { columns: this.#columns.slice(first, first + size), fields: [], finish };
    this.#known.set(place, reading);
    return reading;
  }
}
