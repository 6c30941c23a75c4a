/** The work of a fold on one row, and the states it keeps: written once, framed as Lua and as JavaScript elsewhere. */

import type { FoldArg } from '../aggregates/index.js';
import type { TypedExpr } from '../expr/typed.js';
import { Constants } from './constants.js';
import { add, and, at, type Ir, int, local, type Stmt, scoped, set, type Target, TRUE, variable, when } from './ir.js';
import { comesOnce, passingRows, repeats } from './join-row.js';
import { countWire, type PlacedState, placeStates } from './placed-states.js';
import { isCoded, type KernelColumn, type KernelShape } from './shape.js';
import type { Cells, RowArgs } from './state-code.js';
import { type RowNames, Values } from './values.js';

export type { PlacedState } from './placed-states.js';

/** How a key's values come back: codes of a coded column, or numbers or strings gathered in the order met. */
export type KeyWire = 'code' | 'number' | 'string';

/** What one row does, given the names of its values. */
export interface RowHooks {
  readonly names: RowNames;
  /** Hands a value of an input to the block's sum; `always` where every row delivers. */
  deliver(input: number, value: Ir, always: boolean): Stmt[];
  /** What stands first in a row that has passed the filter. */
  readonly passed?: readonly Stmt[];
  /** How many rows it stands for, where it is not one: of states, only those may be kept that do not mind. */
  readonly weight?: Ir | undefined;
}

/** With what, and where to, an argument's values are handed. */
interface Handed extends Pick<RowHooks, 'deliver'> {
  readonly values: Values;
  readonly into: Stmt[];
  readonly always: boolean;
}

/** More cells than this lie in one table, for a Lua function has 200 locals. */
const MAX_CELL_LOCALS = 80;

/** Everything about a kernel that does not depend on the language it is framed in. */
export class FoldBody {
  readonly shape: KernelShape;
  readonly constants = new Constants();
  readonly states: readonly PlacedState[];
  /** Lists of constants: edges of bins. */
  readonly lists: readonly (readonly number[])[];
  readonly cellCount: number;
  readonly inputCount: number;
  readonly grouped: boolean;
  readonly keyWires: readonly KeyWire[];
  /** Whether every row takes part: then nothing is counted or set to zero row by row. */
  readonly unconditional: boolean;
  /** Slots of dictionary columns whose entries are needed as strings; known once a row has been printed. */
  readonly texts = new Set<number>();

  constructor(shape: KernelShape) {
    this.shape = shape;
    this.grouped = shape.spec.keys.length > 0;
    // The names of rows do not matter for what is asked here, so any will do.
    const values = this.values({ code: () => int(0), present: () => variable('p'), text: () => int(0) });
    const placed = placeStates(shape.spec, values, this.constants);
    // A condition may hold for all rows of a layout: `x is not null` where none is.
    this.unconditional = !this.grouped && comesOnce(shape.spec, values);
    this.states = placed.states;
    this.lists = placed.lists;
    this.cellCount = placed.cells;
    this.inputCount = placed.inputs;
    this.keyWires = shape.spec.keys.map((key) => keyWire(key, values));
  }

  /** How the number of a group's rows travels. */
  get countWire(): 'H' | 'd' {
    return countWire(this.shape.spec);
  }

  /** Whether cells lie in one table instead of a local each. */
  get spilled(): boolean {
    return this.cellCount > MAX_CELL_LOCALS;
  }

  /** What a cell is called, in both languages. */
  cellName(cell: number): string {
    return this.spilled ? `U[${cell}]` : `u${cell}`;
  }

  /** Cells of a state: variables, or places in tables indexed by group. */
  cells(state: PlacedState): Cells {
    return (field): Target => {
      const name = this.cellName(state.firstCell + field);
      return this.grouped ? at(name, variable('g')) : variable(name);
    };
  }

  row(
    { names, deliver: each, passed = [], weight = int(1) }: RowHooks,
    group: (values: Values, outer: Stmt[]) => Stmt[],
  ): Stmt[] {
    const { spec } = this.shape;
    const values = this.values(names);
    const deliver = repeats(spec) ? addingUp(each) : each;
    return passingRows(spec, values, (body) => {
      body.push(...passed);
      if (this.grouped) body.push(...group(values, body));
      else if (!this.unconditional) body.push(set(variable('rows'), add(variable('rows'), weight)));
      for (const [place, arg] of spec.args.entries()) {
        const states = this.states.filter((state) => state.arg === place);
        if (states.length === 0) continue;
        body.push(...this.#counted(arg, states, { values, into: body, deliver, always: this.unconditional }));
      }
    });
  }

  /** What the states of an argument do, in the rows that count for them. */
  #counted(arg: FoldArg, states: readonly PlacedState[], { values, into, deliver, always }: Handed): Stmt[] {
    const outer = values.inner(into);
    const where = arg.where === undefined ? TRUE : values.isTrue(arg.where, outer);
    const own = values.inner(outer);
    const valid = arg.nulls === 'pass' ? TRUE : arg.exprs.map((expr) => values.valid(expr, own)).reduce(and, TRUE);
    const kept = values.inner(own);
    const every = always && where === TRUE && valid === TRUE;
    kept.push(...this.#argument(arg, states, { values, into: kept, deliver, always: every }));
    const inner = [...own, ...when(valid, kept)];
    return [...scoped([...outer, ...when(where, where === TRUE ? scoped(inner) : inner)])];
  }

  #argument(arg: FoldArg, states: readonly PlacedState[], { values, into, deliver, always }: Handed): Stmt[] {
    const onlyCounts = states.every(({ kind }) => kind === 'valid');
    const plain = states.filter(({ kind }) => kind !== 'valid');
    const once = plain.length === 1 && plain[0]?.kind === 'sumFloat' && states.length === 1;
    const body: Stmt[] = [];
    const locals: Stmt[] = [];
    const names = new Map<number, Ir>();
    const valueAt = (i: number): Ir => {
      const known = names.get(i);
      if (known !== undefined) return known;
      const expr = arg.exprs[i] as TypedExpr;
      const value = arg.nulls === 'pass' ? values.orNull(expr, into) : values.value(expr, into);
      const name = value.k === 'var' || once ? value : variable(i === 0 ? 'x' : `x${i + 1}`);
      if (name !== value) locals.push(local((name as { name: string }).name, value));
      names.set(i, name);
      return name;
    };
    for (const state of states) {
      const given = arg.exprs.map((expr, i): Ir => {
        if (state.kind === 'valid') return int(0);
        const column = values.columnOf(expr);
        return state.coded[i] && column !== undefined ? values.code(column) : valueAt(i);
      });
      const args: RowArgs = [given[0] ?? int(0), ...given.slice(1)];
      const hand = (input: number, item: Ir): Stmt[] => deliver(state.firstInput + input, item, always);
      if (this.grouped && state.code.groupRow) body.push(...state.code.groupRow(args, this.cells(state)));
      else body.push(...state.code.row(args, this.cells(state), hand));
    }
    if (onlyCounts) return body;
    // What the values need stands in `into` already, which is a scope of its own where it needs anything.
    const whole = [...locals, ...body];
    return into.length > 0 ? whole : [...scoped(whole)];
  }

  values(names: RowNames): Values {
    return new Values(this.shape.columns, this.shape.spec.bounds, this.constants, names, this.texts);
  }

  /** Unit-scoped states, which the fixed tree merges. */
  get treeStates(): readonly PlacedState[] {
    return this.states.filter((state) => state.code.unitScoped);
  }

  /** Cell numbers of the fields of unit-scoped states, in order. */
  get treeCells(): readonly number[] {
    return this.treeStates.flatMap((state) => state.code.fields.map((_, field) => state.firstCell + field));
  }

  /** Cells of unit-scoped states that a unit's rows leave 0 where there are groups. */
  get mergedCells(): readonly number[] {
    if (!this.grouped) return [];
    return this.treeStates.flatMap(({ code, firstCell }) =>
      code.fields.flatMap(({ byMerge }, field) => (byMerge ? [firstCell + field] : [])),
    );
  }

  /** Cells of unit-scoped states, and what they are before the first row of a unit; scratch ones too, without groups. */
  get treeStarts(): readonly (readonly [cell: number, init: string])[] {
    return this.treeStates.flatMap(({ code, firstCell }) => {
      const scratch = this.grouped ? 0 : code.scratch;
      const inits = [...code.fields.map(({ init }) => init), ...new Array<string>(scratch).fill('0')];
      return inits.map((init, field): readonly [number, string] => [firstCell + field, init]);
    });
  }

  /** Merges the tree states of y into those of x, both arrays of cells (single values, or tables indexed by g). */
  treeMerge(): Stmt[] {
    const cells = this.treeCells;
    const of = (side: string, state: PlacedState) => (field: number) => {
      const place = cells.indexOf(state.firstCell + field) + 1;
      return this.grouped ? at(`${side}${place}`, variable('g')) : at(side, int(place));
    };
    return this.treeStates.flatMap((state) => state.code.merge?.(of('x', state), of('y', state)) ?? []);
  }

  /** What the block sums of all inputs do to the states, sums by name. */
  block(sum: (input: number) => Ir): Stmt[] {
    return this.states.flatMap((state) => {
      if (this.grouped || !state.code.block) return [];
      const sums = Array.from({ length: state.code.inputs }, (_, i) => sum(state.firstInput + i));
      return state.code.block(sums, this.cells(state));
    });
  }
}

/** Where a row comes several times, what it delivers is added up first, so that blocks are of the same rows as ever. */
function addingUp(deliver: RowHooks['deliver']): RowHooks['deliver'] {
  return (input, value) =>
    deliver(input, value, false).map((stmt) =>
      stmt.s === 'set' ? set(stmt.target, add(stmt.target, stmt.value)) : stmt,
    );
}

function keyWire(key: TypedExpr, values: Values): KeyWire {
  const column: KernelColumn | undefined = values.columnOf(key);
  if (column !== undefined && isCoded(column.encoding)) return 'code';
  return key.type === 'utf8' ? 'string' : 'number';
}
