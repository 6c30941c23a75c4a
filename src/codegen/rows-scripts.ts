/** Kernels of an order, made ready for the chunks of each layout: heaps, and counts of ranges. */

import type { ColumnBounds } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, Schema } from '../storage/types.js';
import { luaTop } from './lua-top.js';
import { layoutOf, RowScript } from './rows-kernel.js';
import { type LuaKey, luaKeys } from './rows-order.js';
import { luaRanges } from './rows-ranges.js';
import { indexesOf, type OrderBy, RowParts } from './rows-shape.js';
import { kernelColumns } from './shape.js';

export interface OrderScript {
  readonly script: RowScript;
  readonly keys: readonly LuaKey[];
}

export interface Ordered {
  readonly filter: TypedExpr | undefined;
  readonly order: readonly OrderBy[];
  readonly bounds: ColumnBounds;
  readonly columns: readonly number[];
}

export class OrderScripts {
  readonly #ordered: Ordered;
  readonly #schema: Schema;
  readonly #made = new Map<string, OrderScript>();
  /** Indexes of the table's columns that are read. */
  readonly columns: readonly number[];

  constructor(ordered: Ordered, schema: Schema) {
    this.#ordered = ordered;
    this.#schema = schema;
    this.columns = indexesOf([ordered.filter, ...ordered.order.map(({ expr }) => expr)], ordered.columns);
  }

  /** @param bounded whether only rows after an entry count @param locates whether strings are looked for in dictionaries */
  top(chunk: ChunkMeta, { bounded, locates }: { bounded: boolean; locates: boolean }): OrderScript {
    const { filter } = this.#ordered;
    return this.#of(chunk, `top ${bounded} ${locates}`, (parts, keys) =>
      luaTop(parts, { filter, keys, bounded, locates }),
    );
  }

  /** @param bounded whether there are entries */
  ranges(chunk: ChunkMeta, bounded: boolean): OrderScript {
    const { filter } = this.#ordered;
    return this.#of(chunk, `ranges ${bounded}`, (parts, keys) => luaRanges(parts, { filter, keys, bounded }));
  }

  /** The keys as the kernels of a chunk see them. */
  keys(chunk: ChunkMeta): readonly LuaKey[] {
    return luaKeys(this.#ordered.order, kernelColumns({ columns: this.columns }, this.#schema, chunk));
  }

  get all(): readonly RowScript[] {
    return [...this.#made.values()].map(({ script }) => script);
  }

  #of(chunk: ChunkMeta, kind: string, print: (parts: RowParts, keys: readonly LuaKey[]) => string): OrderScript {
    const columns = kernelColumns({ columns: this.columns }, this.#schema, chunk);
    const layout = `${kind} ${layoutOf(columns)}`;
    let made = this.#made.get(layout);
    if (made === undefined) {
      const parts = new RowParts(columns, this.#ordered.bounds);
      const keys = luaKeys(this.#ordered.order, columns);
      made = { script: new RowScript(parts, print(parts, keys)), keys };
      this.#made.set(layout, made);
    }
    return made;
  }
}
