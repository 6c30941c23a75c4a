/** Row passes: what is done with rows of numbers, in the shards in Lua and here in JavaScript, operation by operation. */

export interface RowPass {
  /** Prefix of its functions in Lua; unique. */
  readonly name: string;
  /**
   * Declares `<name>_new(width, list)`, `<name>_row(state, x1, …)`, `<name>_flat(state)` and `<name>_join(a, b, width, list)`;
   * flat states are arrays of numbers, `a` that of the earlier rows.
   */
  readonly lua: string;
  readonly js: {
    create(width: number, list: readonly number[]): unknown;
    row(state: unknown, values: readonly number[]): void;
    flat(state: unknown): number[];
    join(a: readonly number[], b: readonly number[], width: number, list: readonly number[]): number[];
  };
}
