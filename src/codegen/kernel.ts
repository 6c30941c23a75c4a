/** A fold made ready for the chunks of one layout: its Lua and JavaScript, and how a slice's arguments are packed. */

import { createHash } from 'node:crypto';
import type { ChunkMeta, ColumnChunk, Schema } from '../storage/types.js';
import { FoldBody } from './body.js';
import { locateNumber } from './constants.js';
import { javaScriptSource } from './js-kernel.js';
import { luaKernel } from './lua-kernel.js';
import { type KernelKey, kernelKeys } from './lua-runtime.js';
import { denseStrides, type FoldSpec, kernelColumns } from './shape.js';

/** A run of rows of one chunk. */
export interface Slice {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
}

export class Kernel {
  readonly body: FoldBody;
  readonly lua: string;
  readonly sha1: string;
  readonly keys: readonly KernelKey[];
  #javaScript: string | undefined;

  constructor(body: FoldBody) {
    this.body = body;
    this.lua = luaKernel(body);
    this.keys = kernelKeys(body);
    this.sha1 = createHash('sha1').update(this.lua).digest('hex');
  }

  get javaScript(): string {
    this.#javaScript ??= javaScriptSource(this.body);
    return this.#javaScript;
  }

  /** Numbers of groups between the codes of each key, and their total; empty where groups are looked up. */
  strides(chunk: ChunkMeta): readonly number[] {
    return this.body.shape.dense ? (denseStrides(this.body.shape.spec, chunk) as number[]) : [];
  }

  /** Three numbers for each number that is compared with a coded column. */
  thresholds(chunk: ChunkMeta): readonly number[] {
    return this.body.constants.thresholds.flatMap(({ index, value }) =>
      locateNumber(chunk.columns[index] as ColumnChunk, value),
    );
  }

  /** ARGV of a slice: the numbers, then each string constant, then each set, then each list. */
  pack({ chunk, firstRow, rows }: Slice): Buffer[] {
    const { shape, constants, lists } = this.body;
    const header = [firstRow, rows];
    for (const { index, encoding } of shape.columns) {
      const column = chunk.columns[index] as ColumnChunk;
      const entries = encoding === 'plain' ? chunk.rows : column.dictionaryEntries;
      header.push(column.bytes, column.validityBytes, column.dictionaryBytes, entries, column.base, column.step);
    }
    const numbers = Float64Array.from([
      ...header,
      ...constants.numbers,
      ...this.thresholds(chunk),
      ...this.strides(chunk),
    ]);
    return [
      littleEndian(numbers),
      ...constants.strings.map((text) => Buffer.from(text, 'latin1')),
      ...constants.sets.map(({ values }) => packSet(values)),
      ...lists.map(packSet),
    ];
  }
}

function littleEndian(numbers: Float64Array): Buffer {
  const buffer = Buffer.allocUnsafe(numbers.length * 8);
  numbers.forEach((value, i) => void buffer.writeDoubleLE(value, i * 8));
  return buffer;
}

/** Doubles, or strings each behind its length. */
function packSet(values: readonly (number | string)[]): Buffer {
  if (typeof values[0] !== 'string') return littleEndian(Float64Array.from(values as readonly number[]));
  return Buffer.concat(
    (values as readonly string[]).flatMap((text) => {
      const size = Buffer.allocUnsafe(4);
      size.writeUInt32LE(text.length);
      return [size, Buffer.from(text, 'latin1')];
    }),
  );
}

/** The kernels of one fold: chunks packed alike share one. */
export class Kernels {
  readonly #spec: FoldSpec;
  readonly #schema: Schema;
  readonly #made = new Map<string, Kernel>();

  constructor(spec: FoldSpec, schema: Schema) {
    this.#spec = spec;
    this.#schema = schema;
  }

  of(chunk: ChunkMeta): Kernel {
    const columns = kernelColumns(this.#spec, this.#schema, chunk);
    const dense = this.#spec.keys.length > 0 && denseStrides(this.#spec, chunk) !== undefined;
    const layout = `${dense} ${columns.map(({ encoding, nullable, unitStep }) => `${encoding}${nullable ? '?' : ''}${unitStep ? '' : '*'}`).join(' ')}`;
    let kernel = this.#made.get(layout);
    if (kernel === undefined) {
      kernel = new Kernel(new FoldBody({ spec: this.#spec, columns, dense }));
      this.#made.set(layout, kernel);
    }
    return kernel;
  }

  get all(): readonly Kernel[] {
    return [...this.#made.values()];
  }
}
