/** Between which keys the rows of a chunk lie, as its zone map says: chunks of which nothing can be wanted are passed over. */

import type { Entry } from '../codegen/rows-entries.js';
import { neverFails } from '../codegen/rows-find.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { Physical } from '../expr/typed.js';
import type { RowSpec } from '../plan/rows-spec.js';
import type { ChunkMeta, ColumnChunk } from '../storage/types.js';
import { compareBy } from './compare.js';

/** First keys of a chunk's rows: none is before `first`, none after `last`; undefined where that is not known. */
interface KeyRange {
  readonly first: Physical | undefined;
  readonly last: Physical | undefined;
}

const UNKNOWN: KeyRange = { first: undefined, last: undefined };

export class Zones {
  readonly #order: OrderBy;
  readonly #compare: (a: Physical, b: Physical) => number;
  readonly #index: number | undefined;

  constructor({ filter }: Pick<RowSpec, 'filter'>, order: readonly OrderBy[]) {
    const [first] = order as readonly [OrderBy];
    this.#order = first;
    this.#compare = compareBy(first);
    // Where something may fail, whether it does must not depend on what other chunks hold.
    const safe = order.every(({ expr }) => expr.kind === 'column') && (filter === undefined || neverFails(filter));
    this.#index = safe && first.expr.kind === 'column' ? first.expr.index : undefined;
  }

  of(chunk: ChunkMeta): KeyRange {
    if (this.#index === undefined) return UNKNOWN;
    const { min, max, nullCount } = chunk.columns[this.#index] as ColumnChunk;
    const { descending, nullsFirst } = this.#order;
    const bound = (end: number | Buffer | undefined): Physical | undefined =>
      nullCount === chunk.rows ? null : Buffer.isBuffer(end) ? end.toString('latin1') : end;
    const [low, high] = descending ? [bound(max), bound(min)] : [bound(min), bound(max)];
    return {
      first: nullCount > 0 && nullsFirst ? null : low,
      last: nullCount > 0 && !nullsFirst ? null : high,
    };
  }

  /** Whether all rows of the chunk come after an entry, by their first keys alone. */
  isAfter(chunk: ChunkMeta, entry: Entry | undefined): boolean {
    const { first } = this.of(chunk);
    return entry !== undefined && first !== undefined && this.#compare(first, entry.keys[0] as Physical) > 0;
  }

  isBefore(chunk: ChunkMeta, entry: Entry | undefined): boolean {
    const { last } = this.of(chunk);
    return entry !== undefined && last !== undefined && this.#compare(last, entry.keys[0] as Physical) < 0;
  }

  /** Those that may hold the first rows come first, so that a threshold is soon known; in the order of the table otherwise. */
  bestFirst(chunks: readonly ChunkMeta[]): ChunkMeta[] {
    if (this.#index === undefined) return [...chunks];
    return [...chunks].sort((a, b) => {
      const [x, y] = [this.of(a).first, this.of(b).first];
      if (x === undefined || y === undefined)
        return Number(x !== undefined) - Number(y !== undefined) || a.index - b.index;
      return this.#compare(x, y) || a.index - b.index;
    });
  }
}
