/** How the states that kernels keep are described: fields, what a row does to them, how they merge and travel. */

import type { StateKind } from '../aggregates/index.js';
import type { Ir, Stmt, Target } from './ir.js';

/** How items of maps and lists travel: `H` uint16 (codes), `i4` int32, `d` float64, `number` float64 or null, `S` bytes or null. */
export type ItemWire = 'H' | 'i4' | 'd' | 'number' | 'S';

/**
 * How a field travels: `d` float64, `H` uint16 (counts within a chunk, dictionary codes), `number` float64 or null, `S` bytes
 * with their length, a map with its counts, a list.
 */
export type Wire =
  | 'd'
  | 'H'
  | 'number'
  | 'S'
  | { readonly map: ItemWire; readonly counts: 'H' | 'd' }
  /** Registers with their ranks, or, where most are there, the ranks of all. */
  | 'registers'
  /** `top` names the greatest number of items, to which the list is cut at the end; `pass` the pass whose state is made a list then. */
  | { readonly list: ItemWire; readonly top?: string; readonly pass?: string };

export interface FieldCode {
  /**
   * Name of the initial value: a number, an infinity that the runtime provides, a constant of the kernel. NONE is a value not
   * yet seen; MAP, LIST and TOP are tables, made for each group.
   */
  readonly init: string;
  readonly wire: Wire;
  /** Whether rows of groups leave it 0, and only merges of units change it. */
  readonly byMerge?: true;
  /** The argument whose values, or codes, the field holds. */
  readonly holds?: number;
}

export type Cells = (field: number) => Target;
/** Hands a value to the pairwise sum of the block of 64 rows. */
export type Deliver = (input: number, value: Ir) => Stmt[];
/** The arguments' values; a single 0 where there are none. */
export type RowArgs = readonly [Ir, ...Ir[]];

export interface StateCode {
  readonly kind: StateKind;
  readonly fields: readonly FieldCode[];
  readonly unitScoped: boolean;
  /** Extra variables that a unit needs without groups; they start at 0. */
  readonly scratch: number;
  /** Locals that a row needs, where they are many. */
  readonly locals?: number;
  /** What a row does. */
  row(args: RowArgs, cell: Cells, deliver: Deliver): Stmt[];
  /** How many values a row delivers. */
  readonly inputs: number;
  /** What the pairwise sums of a block do. */
  block?(sums: readonly Ir[], cell: Cells): Stmt[];
  /** What a row does to its group, for unit-scoped states. */
  groupRow?(args: RowArgs, cell: Cells): Stmt[];
  /** Merges b into a, for unit-scoped states. Merging with the state of no rows changes no bit. */
  merge?(a: Cells, b: Cells): Stmt[];
}

/** A state without block sums whose fields are exact in any order, or follow the order of the rows. */
export function plainState(
  kind: StateKind,
  fields: readonly FieldCode[],
  row: (args: RowArgs, cell: Cells) => Stmt[],
): StateCode {
  return { kind, fields, unitScoped: false, scratch: 0, inputs: 0, row };
}

/** The text of an initial value. */
export function initText(init: string, language: 'lua' | 'js'): string {
  switch (init) {
    case 'MAP':
      return language === 'lua' ? '{}' : 'new Map()';
    case 'LIST':
      return language === 'lua' ? '{}' : '[]';
    case 'TOP':
      return language === 'lua' ? '{ n = 0, nans = 0 }' : '{ items: [], nans: 0, least: undefined }';
    default:
      return init;
  }
}
