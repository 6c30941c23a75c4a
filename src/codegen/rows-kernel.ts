/** Kernels that give rows back, made ready for the chunks of one layout; and how their replies are read. */

import { createHash } from 'node:crypto';
import type { ColumnBounds } from '../expr/bounds.js';
import type { TypedExpr } from '../expr/typed.js';
import type { ChunkMeta, Schema } from '../storage/types.js';
import { packArguments, type Slice } from './arguments.js';
import { luaJoinedRows } from './join-rows.js';
import type { KernelLookup } from './join-table.js';
import { luaRows } from './lua-rows.js';
import { type KernelKey, kernelKeys } from './lua-runtime.js';
import { searchOf } from './rows-find.js';
import { ReplyReader } from './rows-reply.js';
import { indexesOf, RowParts, type RowWire, rowWire } from './rows-shape.js';
import { type KernelColumn, kernelColumns } from './shape.js';

/** A Lua kernel over rows with its keys. */
export class RowScript {
  readonly parts: RowParts;
  readonly lua: string;
  readonly sha1: string;
  readonly keys: readonly KernelKey[];
  /** Indexes of the table's columns, by slot. */
  readonly columns: readonly number[];

  constructor(parts: RowParts, lua: string) {
    this.parts = parts;
    this.lua = lua;
    this.keys = kernelKeys(parts);
    this.columns = parts.columns.map(({ index }) => index);
    this.sha1 = createHash('sha1').update(lua).digest('hex');
  }

  args(slice: Slice, numbers: readonly number[], more: readonly Buffer[] = []): Buffer[] {
    return [
      ...packArguments({ columns: this.parts.columns, constants: this.parts.constants }, slice, numbers),
      ...more,
    ];
  }
}

/** What tells chunks that need kernels of their own apart. */
export function layoutOf(columns: readonly KernelColumn[]): string {
  return columns
    .map(({ encoding, nullable, unitStep }) => `${encoding}${nullable ? '?' : ''}${unitStep ? '' : '*'}`)
    .join(' ');
}

/** What rows are asked for. */
export interface RowsAsked {
  readonly lookups?: readonly KernelLookup[];
  readonly filter: TypedExpr | undefined;
  readonly exprs: readonly TypedExpr[];
  readonly bounds: ColumnBounds;
  /** Columns of the table that may be read where no expression reads any. */
  readonly columns: readonly number[];
  readonly listed?: boolean;
  readonly numbered?: boolean;
}

export interface RowsScript {
  readonly script: RowScript;
  readonly wires: readonly RowWire[];
}

/** Rows of a reply: values as they travelled (codes, physical values, null), and what they stand for in the chunk. */
export interface RawRows {
  /** Rows that pass, also those that were left out; beyond the limit none is counted. */
  readonly passed: number;
  readonly count: number;
  /** Numbers of the rows in the slice, where they were asked for. */
  readonly rows: readonly number[];
  readonly values: readonly (readonly (number | string | null)[])[];
}

/** Kernels that find rows and give values of expressions, one a layout. */
export class RowsScripts {
  readonly #asked: RowsAsked;
  readonly #schema: Schema;
  readonly #indexes: readonly number[];
  readonly #made = new Map<string, RowsScript>();

  constructor(asked: RowsAsked, schema: Schema) {
    this.#asked = asked;
    this.#schema = schema;
    const filter = asked.listed ? undefined : asked.filter;
    const keys = (asked.lookups ?? []).flatMap((lookup) => lookup.keys);
    this.#indexes = indexesOf([filter, ...keys, ...asked.exprs], asked.columns);
  }

  /** Indexes of the table's columns that are read. */
  get columns(): readonly number[] {
    return this.#indexes;
  }

  /** @param points whether few rows are listed */
  of(chunk: ChunkMeta, points = false): RowsScript {
    const { lookups, filter, exprs, bounds, listed = false, numbered = false } = this.#asked;
    const columns = kernelColumns({ columns: this.#indexes }, this.#schema, chunk);
    const search = listed || lookups ? undefined : searchOf(filter, columns, chunk);
    const layout = `${points ? 'points ' : ''}${search === undefined ? '' : `find ${search.column.slot} `}${layoutOf(columns)}`;
    let made = this.#made.get(layout);
    if (made === undefined) {
      const parts = new RowParts(columns, bounds);
      const wires = exprs.map((expr) => rowWire(expr, columns));
      const outputs = exprs.map((expr, i) => ({ expr, wire: wires[i] as RowWire }));
      const lua = lookups
        ? luaJoinedRows(parts, { filter, lookups }, outputs, numbered)
        : luaRows(parts, { filter, search, outputs, listed, points, numbered });
      made = { script: new RowScript(parts, lua), wires };
      this.#made.set(layout, made);
    }
    return made;
  }

  get all(): readonly RowScript[] {
    return [...this.#made.values()].map(({ script }) => script);
  }

  /** @throws RangeError where the reply is not of the shape that the kernel gives */
  read(wires: readonly RowWire[], reply: Buffer): RawRows {
    const reader = new ReplyReader(reply);
    const [passed, count] = [reader.count(), reader.count()];
    const rows = this.#asked.numbered ? reader.shorts(count) : [];
    const values = wires.map((wire) => reader.values(wire, count));
    reader.end();
    return { passed, count, rows, values };
  }
}

/** Numbers of rows in a slice, as the kernel of listed rows takes them. */
export function packRows(rows: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(rows.length * 2);
  rows.forEach((row, i) => void buffer.writeUInt16LE(row, i * 2));
  return buffer;
}
