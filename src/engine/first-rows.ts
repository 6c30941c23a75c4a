/** The first rows of an order among rows that pass by: few of them are held at a time. */

import type { ResultValue } from '../aggregates/index.js';
import type { Physical } from '../expr/typed.js';
import type { FirstRows } from '../plan/relation.js';
import { compareBy } from './compare.js';
import type { Columns } from './local-table.js';
import { type CompareValues, sortBatch } from './sort-runs.js';

/** Rows that are held beside those that are wanted: sorting now and then is cheaper than a heap of whole rows. */
const MORE_ROWS = 16_384;

export class FirstRowsKept {
  readonly #first: FirstRows;
  readonly #more: number;
  readonly #compare: readonly { readonly column: number; readonly by: CompareValues }[];
  #columns: ResultValue[][] = [];
  /** Keys of the last row that is wanted, once there are as many. */
  #worst: readonly Physical[] | undefined;

  /** @param more rows that are held beside those that are wanted */
  constructor(first: FirstRows, more = MORE_ROWS) {
    this.#first = first;
    this.#more = more;
    this.#compare = first.by.map((each) => ({ column: each.column, by: compareBy(each) }));
  }

  add(batch: Columns): void {
    if (this.#columns.length === 0) this.#columns = batch.map(() => []);
    const keys = this.#compare.map(({ column }) => batch[column] as readonly Physical[]);
    const rows = batch[0]?.length ?? 0;
    for (let row = 0; row < rows; row++) {
      if (this.#isLate(keys, row)) continue;
      batch.forEach((values, i) => void this.#columns[i]?.push(values[row] as ResultValue));
      if ((this.#columns[0]?.length ?? 0) > 2 * this.#first.count + this.#more) this.#cut();
    }
  }

  /** Whether as many rows as are wanted come before; of equal ones those that came first. */
  #isLate(keys: readonly (readonly Physical[])[], row: number): boolean {
    const worst = this.#worst;
    if (worst === undefined) return false;
    for (const [i, { by }] of this.#compare.entries()) {
      const found = by(keys[i]?.[row] as Physical, worst[i] as Physical);
      if (found !== 0) return found > 0;
    }
    return true;
  }

  /** The first key of the last row that is wanted, once so many have come. */
  get worst(): Physical | undefined {
    return this.#worst?.[0];
  }

  /** Those that were kept: the first rows among them, equal ones in the order in which they came. */
  get columns(): Columns {
    return this.#columns;
  }

  #cut(): void {
    const { count } = this.#first;
    const keys = this.#compare.map(({ column }) => this.#columns[column] as readonly Physical[]);
    const sorted = sortBatch(
      { columns: this.#columns, keys },
      this.#compare.map(({ by }) => by),
    );
    this.#columns = sorted.columns.map((values) => values.slice(0, count));
    this.#worst = count === 0 ? undefined : sorted.keys.map((values) => values[count - 1] as Physical);
  }
}
