/** The work of a fold on one row, and the states it keeps: written once, framed as Lua and as JavaScript elsewhere. */

import type { StateKind } from '../aggregates/index.js';
import { boundsOf } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import { Constants } from './constants.js';
import { add, at, type Ir, int, local, type Stmt, scoped, set, type Target, TRUE, variable, when } from './ir.js';
import { isCoded, type KernelColumn, type KernelShape } from './shape.js';
import { type StateCode, stateCode } from './states.js';
import { type RowNames, Values } from './values.js';

/** A state of one argument, with the cells (numbered from 1 over the kernel) that hold its fields. */
export interface PlacedState {
  readonly arg: number;
  readonly kind: Exclude<StateKind, 'rows'>;
  readonly code: StateCode;
  readonly firstCell: number;
  readonly firstInput: number;
  /** Whether the fields hold codes of the argument's column. */
  readonly asCodes: boolean;
}

/** States that can be kept of codes as well as of what they stand for. */
const OF_CODES = new Set<StateKind>(['valid', 'nans', 'sumWhole', 'minNumber', 'maxNumber', 'minString', 'maxString']);

/** How a key's values come back: codes of a coded column, or numbers or strings gathered in the order met. */
export type KeyWire = 'code' | 'number' | 'string';

/** What one row does, given the names of its values. */
export interface RowHooks {
  readonly names: RowNames;
  /** Hands a value of an input to the block's sum; `always` where every row delivers. */
  deliver(input: number, value: Ir, always: boolean): Stmt[];
}

/** With what, and where to, an argument's value is handed. */
interface Handed extends Pick<RowHooks, 'deliver'> {
  readonly values: Values;
  readonly into: Stmt[];
  readonly always: boolean;
}

const MAX_CHUNK_ROWS = 65_024;

/** Everything about a kernel that does not depend on the language it is framed in. */
export class FoldBody {
  readonly shape: KernelShape;
  readonly constants = new Constants();
  readonly states: readonly PlacedState[];
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
    const values = this.#values({ code: () => int(0), present: () => variable('p'), text: () => int(0) });
    const states: PlacedState[] = [];
    let [cell, input] = [1, 0];
    for (const [arg, { expr, states: kinds }] of shape.spec.args.entries()) {
      const column = values.columnOf(expr);
      const asCodes = column !== undefined && isCoded(column.encoding) && kinds.every((kind) => OF_CODES.has(kind));
      for (const kind of kinds) {
        // No code stands for NaN.
        if (kind === 'nans' && asCodes) continue;
        // Where no row is null, the number of values is the number of rows.
        if (kind === 'valid' && values.valid(expr, []) === TRUE) continue;
        const [low, high] = boundsOf(expr, shape.spec.bounds);
        const magnitude = Math.max(Math.abs(low), Math.abs(high));
        const code = stateCode(kind, { magnitude, asCodes }, MAX_CHUNK_ROWS);
        states.push({ arg, kind, code, firstCell: cell, firstInput: input, asCodes });
        cell += code.fields.length + (this.grouped ? 0 : code.scratch);
        input += this.grouped ? 0 : code.inputs;
      }
    }
    const { filter } = shape.spec;
    // A condition may hold for all rows of a layout: `x is not null` where none is.
    this.unconditional = !this.grouped && (filter === undefined || values.isTrue(filter, []) === TRUE);
    this.states = states;
    this.cellCount = cell - 1;
    this.inputCount = input;
    this.keyWires = shape.spec.keys.map((key) => keyWire(key, values));
  }

  /** Cells of a state: variables, or places in tables indexed by group. */
  cells(state: PlacedState): (field: number) => Target {
    return (field) => {
      const name = `u${state.firstCell + field}`;
      return this.grouped ? at(name, variable('g')) : variable(name);
    };
  }

  row({ names, deliver }: RowHooks, group: (values: Values, outer: Stmt[]) => Stmt[]): Stmt[] {
    const { spec } = this.shape;
    const values = this.#values(names);
    const into: Stmt[] = [];
    const passes = spec.filter === undefined ? TRUE : values.isTrue(spec.filter, into);
    const body = values.inner(into);
    if (this.grouped) body.push(...group(values, body));
    else if (passes !== TRUE) body.push(set(variable('rows'), add(variable('rows'), int(1))));
    for (const [arg, { expr }] of spec.args.entries()) {
      const states = this.states.filter((state) => state.arg === arg);
      if (states.length === 0) continue;
      const own = values.inner(body);
      const valid = values.valid(expr, own);
      const always = passes === TRUE && valid === TRUE && !this.grouped;
      const kept = values.inner(own);
      kept.push(...this.#argument({ values, into: kept, deliver, always }, expr, states));
      body.push(...scoped([...own, ...when(valid, kept)]));
    }
    return [...into, ...when(passes, body)];
  }

  #argument({ values, into, deliver, always }: Handed, expr: TypedExpr, states: readonly PlacedState[]): Stmt[] {
    const onlyCounts = states.every(({ kind }) => kind === 'valid');
    if (onlyCounts) return states.flatMap((state) => state.code.row(int(0), this.cells(state), () => []));
    const column = values.columnOf(expr);
    const value = column !== undefined && states[0]?.asCodes ? values.code(column) : values.value(expr, into);
    const once = states.length === 1 && states[0]?.kind === 'sumFloat';
    const x = value.k === 'var' || once ? value : variable('x');
    const body = states.flatMap((state) => {
      if (this.grouped && state.code.groupRow) return state.code.groupRow(x, this.cells(state));
      const hand = (input: number, item: Ir): Stmt[] => deliver(state.firstInput + input, item, always);
      return state.code.row(x, this.cells(state), hand);
    });
    // What the value needs stands in `into` already, which is a scope of its own where it needs anything.
    const whole: Stmt[] = x === value ? body : [local('x', value), ...body];
    return into.length > 0 ? whole : [...scoped(whole)];
  }

  #values(names: RowNames): Values {
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

function keyWire(key: TypedExpr, values: Values): KeyWire {
  const column: KernelColumn | undefined = values.columnOf(key);
  if (column !== undefined && isCoded(column.encoding)) return 'code';
  return key.type === 'utf8' ? 'string' : 'number';
}
