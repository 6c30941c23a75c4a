/** The states of all groups on the coordinator: read from partials, merged in pairs. */

import type { StateKind, States } from '../aggregates/index.js';
import type { FoldBody } from '../codegen/body.js';
import { at, int } from '../codegen/ir.js';
import type { Partial, PartialColumn } from '../codegen/partial.js';
import { printJavaScript } from '../codegen/print.js';
import { type FoldSpec, isDictionary } from '../codegen/shape.js';
import { TREE_STATES } from '../codegen/states.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';

type Cell = number | string | null;
/** The number of rows, then the fields of each state. */
type Cells = Cell[];

export interface Group {
  /** Physical values; strings as bytes, one char each. */
  readonly keys: readonly Cell[];
  readonly cells: Cells;
}

/** By key. */
export type Groups = Map<Cell, Group>;

/** Entry of a dictionary column, by the column's index and the code. */
export type TextOfCode = (index: number, code: number) => string;

const FIELDS: Record<StateKind, readonly Cell[]> = {
  rows: [0],
  valid: [0],
  nans: [0],
  sumFloat: [0, 0],
  sumWhole: [0, 0],
  sumSquares: [0, 0],
  moments: [0, 0, 0, 0],
  minNumber: [Number.POSITIVE_INFINITY],
  maxNumber: [Number.NEGATIVE_INFINITY],
  minString: [null],
  maxString: [null],
};
const LIMB = 2 ** 32;

type Merge = (x: Cells, y: Cells) => void;
type Fill = (cells: Cells, row: number) => void;

/** The state of one kind at a place among the cells: y's into x's. */
function mergeOf(kind: StateKind, place: number): Merge {
  const better = (isBetter: (a: Cell, b: Cell) => boolean): Merge => {
    return (x, y) => {
      if (isBetter(y[place] as Cell, x[place] as Cell)) x[place] = y[place] as Cell;
    };
  };
  switch (kind) {
    case 'rows':
    case 'valid':
    case 'nans':
      return (x, y) => {
        x[place] = (x[place] as number) + (y[place] as number);
      };
    case 'sumWhole':
    case 'sumSquares':
      return (x, y) => {
        const low = (x[place + 1] as number) + (y[place + 1] as number);
        const carry = Math.floor(low / LIMB);
        x[place] = (x[place] as number) + (y[place] as number) + carry;
        x[place + 1] = low - carry * LIMB;
      };
    case 'sumFloat':
    case 'moments':
      return treeMerge(kind, place);
    case 'minNumber':
      return better((a, b) => (a as number) < (b as number));
    case 'maxNumber':
      return better((a, b) => (a as number) > (b as number));
    case 'minString':
      return better((a, b) => a !== null && (b === null || a < b));
    case 'maxString':
      return better((a, b) => a !== null && (b === null || a > b));
  }
}

/** The statements by which kernels merge units, as a function: shard and coordinator go up one tree with one arithmetic. */
function treeMerge(kind: 'sumFloat' | 'moments', place: number): Merge {
  const cell = (side: string) => (field: number) => at(side, int(place + field));
  const body = printJavaScript(TREE_STATES[kind]?.merge?.(cell('x'), cell('y')) ?? []);
  return new Function('x', 'y', `'use strict'; ${body}`) as Merge;
}

/** Where the states of a fold lie in the cells of its groups. */
export class GroupLayout {
  readonly #places = new Map<string, number>();
  readonly #initial: Cells = [0];
  readonly #merges: Merge[] = [mergeOf('rows', 0)];

  constructor(spec: FoldSpec) {
    for (const [arg, { states }] of spec.args.entries()) {
      for (const kind of states) {
        this.#places.set(`${arg} ${kind}`, this.#initial.length);
        this.#merges.push(mergeOf(kind, this.#initial.length));
        this.#initial.push(...FIELDS[kind]);
      }
    }
  }

  /** The group of an input without rows, or of rows that are only counted. */
  group(rows = 0): Group {
    return { keys: [], cells: [rows, ...this.#initial.slice(1)] };
  }

  /** The states of one argument, as aggregates read them; without an argument the number of rows. */
  states(group: Group, arg: number | undefined): States {
    return (kind) => {
      const place = arg === undefined ? 0 : (this.#places.get(`${arg} ${kind}`) as number);
      return group.cells.slice(place, place + FIELDS[kind].length);
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
      if (body.keyWires[i] !== 'code' || key.kind !== 'column') return (row: number): Cell => values[row] as Cell;
      const column = chunk.columns[key.index] as ColumnChunk;
      return (row: number) => valueOfCode(column, key.index, values[row] as number, text);
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

  /** For each state of the fold, how its cells follow from the columns of a partial. */
  #fillers(partial: Partial, body: FoldBody, chunk: ChunkMeta, text: TextOfCode): Fill[] {
    const fillers: Fill[] = [];
    const seen = new Set<string>();
    let field = 0;
    for (const { arg, kind, code, asCodes } of body.states) {
      const columns = partial.fields.slice(field, field + code.fields.length);
      field += code.fields.length;
      const name = `${arg} ${kind}`;
      seen.add(name);
      const place = this.#places.get(name) as number;
      const first = columns[0] as PartialColumn;
      const expr = body.shape.spec.args[arg]?.expr;
      const column = expr?.kind === 'column' && asCodes ? (chunk.columns[expr.index] as ColumnChunk) : undefined;
      // Read after the counts, which come first among the states of an argument.
      const counts = this.#places.get(`${arg} valid`) as number;
      if (column !== undefined && expr?.kind === 'column' && kind === 'sumWhole') {
        fillers.push((cells, row) => {
          [cells[place], cells[place + 1]] = sumOfCodes(column, first[row] as number, cells[counts] as number);
        });
      } else if (column !== undefined && expr?.kind === 'column' && kind !== 'valid') {
        fillers.push((cells, row) => {
          // Without values the code means nothing: any may also stand for a value.
          if (cells[counts] !== 0) cells[place] = valueOfCode(column, expr.index, first[row] as number, text);
        });
      } else if ((kind === 'sumWhole' || kind === 'sumSquares') && columns.length === 1) {
        fillers.push((cells, row) => {
          [cells[place], cells[place + 1]] = limbs(first[row] as number);
        });
      } else {
        columns.forEach((column, i) => {
          fillers.push((cells, row) => {
            cells[place + i] = column[row] as Cell;
          });
        });
      }
    }
    // Counts that a kernel did not keep: of values, where no row of the chunk is null, and of NaN, where there can be none.
    const counts: Fill[] = [];
    for (const [name, place] of this.#places) {
      if (seen.has(name) || name.endsWith('nans')) continue;
      counts.push((cells) => {
        cells[place] = cells[0] as number;
      });
    }
    return [...counts, ...fillers];
  }
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

function valueOfCode(column: ColumnChunk, index: number, code: number, text: TextOfCode): Cell {
  if (code === 0) return null;
  return isDictionary(column.encoding) ? text(index, code) : column.base + code * column.step;
}

/** One value that is equal for equal keys. */
function groupKey(values: readonly Cell[]): Cell {
  if (values.length === 1) return values[0] as Cell;
  return values.map((value) => (typeof value === 'string' ? `s${value.length}:${value}` : `${value};`)).join('');
}
