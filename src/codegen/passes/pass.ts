/**
 * A pass over rows of numbers: it keeps a state, and ends in a list of numbers, and the lists of two runs of rows join into one. The
 * same operations in the same order in Lua and in JavaScript, of those that give the same bits there: + − × ÷, sqrt, comparisons, floor.
 *
 * Rows come in the order of the table; every unit (see units.ts) starts with a state of its own, and units join by the fixed tree.
 */
export interface RowPass {
  /** Of the functions, as `qr` of `qr_row`. */
  readonly name: string;
  /**
   * Lua for rows of so many numbers, which declares, with the names of this pass,
   * `local function <name>_new(width, list)`: a table, the state of no rows;
   * `<name>_row(state, x1, x2, …)`: one more row, of numbers that may be NaN or infinite;
   * `<name>_flat(state)`: an array of numbers; the state is not used after. Of no rows it may be anything, but must not fail;
   * `<name>_join(a, b, width, list)`: the array of the rows of both, those of a before; either has rows.
   */
  lua(width: number): string;
  readonly js: PassFunctions;
  /** Nanoseconds that a row takes a server, about: units have as many rows as a call may take. */
  rowNs(width: number, list: readonly number[]): number;
}

/** Any state but an array, which is taken for what is finished. */
export type PassState = object;

export interface PassFunctions {
  create(width: number, list: readonly number[]): PassState;
  row(state: PassState, values: readonly number[]): void;
  flat(state: PassState): number[];
  join(a: readonly number[], b: readonly number[], width: number, list: readonly number[]): number[];
}
