/** Sorted runs, and their merge: a heap of the runs' next rows gives them one after the other. */

import type { ResultValue } from '../aggregates/index.js';
import type { Physical } from '../expr/typed.js';
import type { Columns } from './local-table.js';

/** Rows in order, column by column; and what they are ordered by. */
export interface SortedBatch {
  readonly columns: Columns;
  readonly keys: Columns;
}

export type CompareValues = (a: Physical, b: Physical) => number;

/** Rows a batch of a sorted result. */
export const BATCH_ROWS = 8192;

/** Which of the sorted rows are wanted. */
interface Wanted {
  readonly most: number;
  /** Rows whose first key comes after this one are not wanted. */
  readonly worst: Physical | undefined;
}

/** Sorts the rows of a batch; those that are equal keep their order. */
export function sortBatch(
  { columns, keys }: SortedBatch,
  compare: readonly CompareValues[],
  { most, worst }: Wanted = { most: Number.POSITIVE_INFINITY, worst: undefined },
): SortedBatch {
  const rows = keys[0]?.length ?? 0;
  const [only] = compare;
  const [values] = keys;
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const places = worst === undefined ? all : all.filter((row) => (only?.(values?.[row] as Physical, worst) ?? 0) <= 0);
  if (compare.length === 1 && only !== undefined && values !== undefined) {
    places.sort((a, b) => only(values[a] as Physical, values[b] as Physical) || a - b);
  } else {
    places.sort((a, b) => {
      for (const [k, by] of compare.entries()) {
        const found = by(keys[k]?.[a] as Physical, keys[k]?.[b] as Physical);
        if (found !== 0) return found;
      }
      return a - b;
    });
  }
  const first = places.subarray(0, Math.min(most, places.length));
  const gather = (list: readonly ResultValue[]): ResultValue[] =>
    Array.from(first, (place) => list[place] as ResultValue);
  return { columns: columns.map(gather), keys: keys.map(gather) };
}

/** Sorted rows that come batch by batch, and the place in the batch at hand. */
class Run {
  readonly number: number;
  readonly #source: AsyncIterator<SortedBatch, unknown>;
  batch: SortedBatch = { columns: [], keys: [] };
  at = 0;

  constructor(number: number, source: AsyncIterator<SortedBatch, unknown>) {
    this.number = number;
    this.#source = source;
  }

  /** @returns false at the end */
  async fetch(): Promise<boolean> {
    for (;;) {
      const step = await this.#source.next();
      if (step.done) return false;
      this.batch = step.value;
      this.at = 0;
      if ((this.batch.keys[0]?.length ?? 0) > 0) return true;
    }
  }

  get isUsedUp(): boolean {
    return this.at >= (this.batch.keys[0]?.length ?? 0);
  }
}

/** Runs in the order of their numbers where rows are equal. It ends with the batch in which `most` rows are reached. */
export async function* mergeRuns(
  sources: readonly AsyncIterator<SortedBatch, unknown>[],
  compare: readonly CompareValues[],
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<SortedBatch, void> {
  const heap: Run[] = [];
  for (const [number, source] of sources.entries()) {
    const run = new Run(number, source);
    if (await run.fetch()) heap.push(run);
  }
  const before = (a: Run, b: Run): boolean => {
    for (const [k, by] of compare.entries()) {
      const found = by(a.batch.keys[k]?.[a.at] as Physical, b.batch.keys[k]?.[b.at] as Physical);
      if (found !== 0) return found < 0;
    }
    return a.number < b.number;
  };
  const sink = (from: number): void => {
    const run = heap[from] as Run;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Run, heap[child] as Run)) child += 1;
      if (!before(heap[child] as Run, run)) break;
      heap[place] = heap[child] as Run;
      place = child;
    }
    heap[place] = run;
  };
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(i);
  let out = new Out(heap[0]?.batch);
  for (let given = 0; heap.length > 0 && given < most; given++) {
    const run = heap[0] as Run;
    out.push(run.batch, run.at);
    run.at += 1;
    if (run.isUsedUp && !(await run.fetch())) {
      const last = heap.pop() as Run;
      if (heap.length > 0) heap[0] = last;
    }
    if (heap.length > 1) sink(0);
    if (out.rows === BATCH_ROWS) {
      yield out.batch;
      out = new Out(out.batch);
    }
  }
  if (out.rows > 0) yield out.batch;
}

/** A batch that grows row by row, of the shape of another. */
class Out {
  readonly batch: { readonly columns: ResultValue[][]; readonly keys: ResultValue[][] };
  rows = 0;

  constructor(like: SortedBatch | undefined) {
    this.batch = { columns: (like?.columns ?? []).map(() => []), keys: (like?.keys ?? []).map(() => []) };
  }

  push({ columns, keys }: SortedBatch, row: number): void {
    for (const [i, values] of columns.entries()) this.batch.columns[i]?.push(values[row] as ResultValue);
    for (const [i, values] of keys.entries()) this.batch.keys[i]?.push(values[row] as ResultValue);
    this.rows += 1;
  }
}
