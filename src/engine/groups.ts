/** The states of all groups on the coordinator: read from partials, merged in pairs. */

import type { BoundCustom, ReadState, StateField, StateSpec } from '../aggregates/index.js';
import type { FoldBody, PlacedState } from '../codegen/body.js';
import { customFinish } from '../codegen/custom-finish.js';
import type { Partial, PartialColumn, PartialField } from '../codegen/partial.js';
import { type FoldSpec, isDictionary } from '../codegen/shape.js';
import type { Physical } from '../expr/typed.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { addCounts, type Cells, initialFields, type Merge, mergeOf } from './state-merges.js';

export interface Group {
  /** Physical values; strings as bytes, one char each. */
  readonly keys: readonly Physical[];
  readonly cells: Cells;
}

/** By key. */
export type Groups = Map<Physical, Group>;

/** Entry of a dictionary column, by the column's index and the code. */
export type TextOfCode = (index: number, code: number) => string;

type Fill = (cells: Cells, row: number) => void;

const LIMB = 2 ** 32;

/** Where a state of the fold lies in the cells of its groups. */
interface Place {
  readonly spec: StateSpec;
  readonly first: number;
  readonly size: number;
  /** What an expression makes of the fields of a user's aggregate. */
  readonly finish: ((fields: readonly number[]) => Physical) | undefined;
}

/** Where the states of a fold lie in the cells of its groups. */
export class GroupLayout {
  /** By argument, then by state. */
  readonly #places: readonly (readonly Place[])[];
  readonly #initial: Cells = [0];
  readonly #merges: Merge[] = [addCounts(0)];

  constructor(spec: FoldSpec) {
    this.#places = spec.args.map(({ states }) =>
      states.map((state): Place => {
        const first = this.#initial.length;
        const fields = initialFields(state);
        this.#merges.push(mergeOf(state, first));
        this.#initial.push(...fields);
        return { spec: state, first, size: fields.length, finish: finishOf(state) };
      }),
    );
  }

  /** The group of an input without rows, or of rows that are only counted. */
  group(rows = 0): Group {
    return { keys: [], cells: [rows, ...this.#initial.slice(1)] };
  }

  /** The states of a group, as aggregates read them. */
  states({ cells }: Group): ReadState {
    return (place) => {
      if (place === undefined) return [cells[0] as number];
      const { first, size, finish } = this.#place(place.arg, place.state);
      const fields = cells.slice(first, first + size);
      return finish === undefined ? fields : [...fields, finish(fields.slice(1) as number[])];
    };
  }

  /** Merges the groups of right into those of left; left holds the rows that come first. */
  merge(left: Groups, right: Groups): Groups {
    for (const [key, group] of right) {
      const known = left.get(key);
      if (known === undefined) left.set(key, group);
      else for (const merge of this.#merges) merge(known.cells, group.cells);
    }
    return left;
  }

  /** Reads a kernel's partial. */
  read(partial: Partial, body: FoldBody, chunk: ChunkMeta, text: TextOfCode): Groups {
    const keys = body.shape.spec.keys.map((key, i) => {
      const values = partial.keys[i] as PartialColumn;
      if (body.keyWires[i] !== 'code' || key.kind !== 'column')
        return (row: number): Physical => values[row] as Physical;
      const value = valueOfCode(chunk, key.index, text);
      return (row: number) => value(values[row] as number);
    });
    const fill = this.#fillers(partial, body, chunk, text);
    const groups: Groups = new Map();
    for (let row = 0; row < partial.groups; row++) {
      const cells = [...this.#initial];
      cells[0] = partial.rows[row] as number;
      for (const each of fill) each(cells, row);
      const values = keys.map((value) => value(row));
      groups.set(groupKey(values), { keys: values, cells });
    }
    return groups;
  }

  #place(arg: number, state: number): Place {
    return this.#places[arg]?.[state] as Place;
  }

  /** For each state of the fold, how its cells follow from the columns of a partial. */
  #fillers(partial: Partial, body: FoldBody, chunk: ChunkMeta, text: TextOfCode): Fill[] {
    const counts: Fill[] = [];
    const fillers: Fill[] = [];
    const seen = new Set(body.states.map(({ arg, state }) => this.#place(arg, state)));
    let field = 0;
    for (const placed of body.states) {
      const columns = partial.fields.slice(field, field + placed.code.fields.length);
      field += columns.length;
      const { first } = this.#place(placed.arg, placed.state);
      // Counts first, for others are read by them.
      const list = placed.kind === 'valid' ? counts : fillers;
      list.push(...this.#filler(placed, columns, first, { body, chunk, text }));
    }
    // Numbers of values that a kernel did not keep, because they are the numbers of rows. (Of NaN there can be none.)
    for (const place of this.#places.flat()) {
      if (seen.has(place) || place.spec.kind !== 'valid') continue;
      counts.push((cells) => {
        cells[place.first] = cells[0] as number;
      });
    }
    return [...counts, ...fillers];
  }

  #filler(
    { arg, kind, code, coded }: PlacedState,
    columns: readonly PartialField[],
    place: number,
    { body, chunk, text }: { body: FoldBody; chunk: ChunkMeta; text: TextOfCode },
  ): Fill[] {
    const exprs = body.shape.spec.args[arg]?.exprs ?? [];
    const [expr] = exprs;
    const [first] = columns as [PartialColumn];
    if (kind === 'sumWhole' || kind === 'sumSquares') {
      if (columns.length > 1) return columns.map((column, i) => plain(column, place + i));
      const column = coded[0] && expr?.kind === 'column' ? (chunk.columns[expr.index] as ColumnChunk) : undefined;
      const count = this.#countOf(arg);
      return [
        (cells, row) => {
          const sum = first[row] as number;
          [cells[place], cells[place + 1]] =
            column === undefined ? limbs(sum) : sumOfCodes(column, sum, cells[count] as number);
        },
      ];
    }
    const isExtreme = kind.startsWith('min') || kind.startsWith('max');
    return columns.map((column, i): Fill => {
      const { holds } = code.fields[i] as (typeof code.fields)[number];
      const source = holds === undefined || !coded[holds] ? undefined : exprs[holds];
      if (source?.kind !== 'column') return plain(column, place + i);
      const decode = decoder(valueOfCode(chunk, source.index, text));
      const count = isExtreme ? this.#countOf(arg) : 0;
      return (cells, row) => {
        // Without values an extreme's code means nothing: any may also stand for a value.
        if (cells[count] !== 0) cells[place + i] = decode(column[row] as StateField);
      };
    });
  }

  /** The cell with the number of values of an argument. */
  #countOf(arg: number): number {
    return this.#places[arg]?.find(({ spec }) => spec.kind === 'valid')?.first ?? 0;
  }
}

function finishOf({ kind, param }: StateSpec): Place['finish'] {
  if (kind !== 'custom') return undefined;
  const { finish, definition } = param as BoundCustom;
  return finish === undefined ? undefined : customFinish(finish, definition.fields.length);
}

const plain =
  (column: PartialField, place: number): Fill =>
  (cells, row) => {
    cells[place] = column[row] as StateField;
  };

/** Codes of a field as what they stand for: of one value, of the keys of a map, of the items of a list. */
function decoder(value: (code: number) => Physical): (field: StateField) => StateField {
  return (field) => {
    if (typeof field === 'number') return value(field);
    if (field instanceof Map) {
      return new Map(
        [...(field as ReadonlyMap<number, number>)].map(([code, count]) => [value(code) as number, count]),
      );
    }
    return (field as readonly number[]).map(value);
  };
}

/** A whole number below 2^53 as high * 2^32 + low. */
function limbs(total: number): [number, number] {
  const high = Math.floor(total / LIMB);
  return [high, total - high * LIMB];
}

/** The sum of `count` values from the sum of their codes. */
function sumOfCodes({ base, step }: ColumnChunk, codes: number, count: number): [number, number] {
  const total = base * count + step * codes;
  const isExact = Math.abs(base) * count + step * codes <= Number.MAX_SAFE_INTEGER;
  if (isExact) return limbs(total);
  const exact = BigInt(base) * BigInt(count) + BigInt(step) * BigInt(codes);
  return [Number(exact >> 32n), Number(BigInt.asUintN(32, exact))];
}

function valueOfCode(chunk: ChunkMeta, index: number, text: TextOfCode): (code: number) => Physical {
  const { encoding, base, step } = chunk.columns[index] as ColumnChunk;
  if (isDictionary(encoding)) return (code) => (code === 0 ? null : text(index, code));
  return (code) => (code === 0 ? null : base + code * step);
}

/** One value that is equal for equal keys. */
function groupKey(values: readonly Physical[]): Physical {
  if (values.length === 1) return values[0] as Physical;
  return values.map((value) => (typeof value === 'string' ? `s${value.length}:${value}` : `${value};`)).join('');
}
