/** Kernels that compute a column and write it where the rows lie, one a layout of chunks. */

import { boundsOf, type ColumnBounds } from '../expr/bounds.js';
import { isFloat, isWhole, type TypedExpr } from '../expr/typed.js';
import { decodeExtremes, type Extremes } from '../kernels/extremes.js';
import { MAX_INTEGER } from '../storage/schema.js';
import type { ChunkMeta, ColumnType, Schema } from '../storage/types.js';
import { luaWrite, type WriteCoding } from './lua-write.js';
import { layoutOf, RowScript } from './rows-kernel.js';
import { indexesOf, RowParts } from './rows-shape.js';
import { kernelColumns } from './shape.js';

/** How a computed column is packed, the same in all chunks. Code c stands for base + c. */
export interface Coding {
  readonly encoding: WriteCoding;
  readonly base: number;
  /** The highest code. */
  readonly top: number;
}

const CODES = [
  { encoding: 'u8', most: 255 },
  { encoding: 'u16', most: 65_535 },
] as const;

/** Codes where the bounds of the expression prove that they are enough, else floats: the values are not known beforehand. */
export function codingOf(type: ColumnType, expr: TypedExpr, bounds: ColumnBounds): Coding {
  const [low, high] = type === 'bool' ? [0, 1] : isWhole(expr.type) ? boundsOf(expr, bounds) : [-Infinity, Infinity];
  const codes = high - low + 1;
  const fitting = CODES.find(({ most }) => codes <= most);
  if (!fitting || !(low > -MAX_INTEGER && high < MAX_INTEGER)) return { encoding: 'f64', base: 0, top: 0 };
  return { encoding: fitting.encoding, base: low - 1, top: codes };
}

export class WriteScripts {
  readonly coding: Coding;
  readonly #expr: TypedExpr;
  readonly #isFloat: boolean;
  readonly #bounds: ColumnBounds;
  readonly #schema: Schema;
  readonly #indexes: readonly number[];
  readonly #made = new Map<string, RowScript>();

  constructor(type: ColumnType, expr: TypedExpr, bounds: ColumnBounds, schema: Schema) {
    this.coding = codingOf(type, expr, bounds);
    this.#expr = expr;
    this.#isFloat = isFloat(type);
    this.#bounds = bounds;
    this.#schema = schema;
    this.#indexes = indexesOf([expr], [0]);
  }

  /** Indexes of the table's columns that are read. */
  get columns(): readonly number[] {
    return this.#indexes;
  }

  of(chunk: ChunkMeta): RowScript {
    const columns = kernelColumns({ columns: this.#indexes }, this.#schema, chunk);
    const layout = layoutOf(columns);
    let made = this.#made.get(layout);
    if (made === undefined) {
      const parts = new RowParts(columns, this.#bounds);
      const spec = { expr: this.#expr, coding: this.coding.encoding, isFloat: this.#isFloat };
      made = new RowScript(parts, luaWrite(parts, spec));
      this.#made.set(layout, made);
    }
    return made;
  }
}

/** What is told of a part that was written. */
export interface WrittenPart extends Extremes {
  readonly nulls: number;
}

/** @throws RangeError where the reply is not of the shape that the kernel gives */
export function readWritten(reply: Buffer): WrittenPart {
  if (reply.length !== 21) throw new RangeError(`a part written is told in ${reply.length} bytes`);
  return { ...decodeExtremes(reply.subarray(0, 17)), nulls: reply.readUInt32LE(17) };
}
