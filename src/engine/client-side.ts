/** The client side of a fold: columns pulled from the shards, and the kernel printed as JavaScript. */

import type { SliceColumn } from '../codegen/js-kernel.js';
import { compileJavaScript } from '../codegen/js-runtime.js';
import type { Kernel, Slice } from '../codegen/kernel.js';
import type { Partial } from '../codegen/partial.js';
import type { KernelColumn } from '../codegen/shape.js';
import { type ColumnBuffers, VALUE_BYTES } from '../storage/decode.js';
import type { ColumnChunk, Stride } from '../storage/types.js';
import { withPlace } from './overflow.js';

/** A slice through the JavaScript kernel. @param columns of the slice, one a column of the kernel */
export function foldOnClient(kernel: Kernel, slice: Slice, columns: readonly SliceColumn[]): Partial {
  const { body } = kernel;
  const input = {
    rows: slice.rows,
    columns,
    numbers: body.constants.numbers,
    strings: body.constants.strings,
    sets: body.constants.sets.map(({ values }) => values),
    lists: body.lists,
    thresholds: kernel.thresholds(slice.chunk),
    strides: kernel.strides(slice.chunk),
    ...(body.shape.spec.lookups && { lookups: body.shape.spec.lookups.map(({ table }) => table.input) }),
  };
  return withPlace(slice, () => compileJavaScript<Partial>(kernel.javaScript)(input));
}

/** The rows of a slice (it starts at a multiple of 8) as JavaScript kernels read them. */
export function sliceColumn(column: KernelColumn, slice: Slice, buffers: ColumnBuffers): SliceColumn {
  const { chunk, firstRow, rows } = slice;
  const { base, step, dictionaryEntries: entries } = chunk.columns[column.index] as ColumnChunk;
  if (column.stride)
    return { values: stridedValues(column.stride, slice, { base, step }, buffers.data), base, step, entries };
  const text = textReader(column, slice, entries, buffers);
  return {
    values: packedValues(column, chunk.rows, buffers.data).subarray(firstRow, firstRow + rows),
    base,
    step,
    entries,
    ...(buffers.validity && { bits: buffers.validity.subarray(firstRow / 8) }),
    ...(text && { text }),
  };
}

/** Of a column among others: copied out, as the numbers that its codes stand for. */
function stridedValues(
  { encoding, bytes, offset }: Stride,
  { chunk, firstRow, rows }: Slice,
  { base, step }: Pick<ColumnChunk, 'base' | 'step'>,
  data: Buffer,
): Float64Array {
  const packed = packedValues({ encoding }, data.length / VALUE_BYTES[encoding], data) as ArrayLike<number>;
  const [every, first] = [bytes / VALUE_BYTES[encoding], offset / VALUE_BYTES[encoding]];
  const isCode = encoding === 'u8' || encoding === 'u16';
  const values = new Float64Array(rows);
  if (firstRow + rows > chunk.rows) throw new RangeError('rows beyond the end of a chunk');
  for (let r = 0; r < rows; r++) {
    const value = packed[(firstRow + r) * every + first] as number;
    values[r] = isCode ? base + value * step : value;
  }
  return values;
}

type Packed = Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array;

function packedValues({ encoding }: Pick<KernelColumn, 'encoding'>, rows: number, data: Buffer): Packed {
  switch (encoding) {
    case 'f64':
      return view(Float64Array, data, rows);
    case 'f32':
      return view(Float32Array, data, rows);
    case 'u16':
    case 'dict16':
      return view(Uint16Array, data, rows);
    case 'plain':
      return view(Uint32Array, data, rows + 1);
    default:
      return data;
  }
}

interface ArrayType<T extends Packed> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
}

/** A typed array needs aligned bytes, and a Buffer's may begin anywhere. */
function view<T extends Packed>(type: ArrayType<T>, data: Buffer, length: number): T {
  if (data.byteOffset % type.BYTES_PER_ELEMENT === 0) return new type(data.buffer, data.byteOffset, length);
  return new type(Uint8Array.from(data).buffer, 0, length);
}

/** Entries of a dictionary by code, or strings of a plain column by row. */
function textReader(
  { encoding }: KernelColumn,
  { chunk, firstRow }: Slice,
  entries: number,
  { data, dictionary }: ColumnBuffers,
): ((at: number) => string) | undefined {
  if (encoding === 'plain') return (row) => entryOf(data, chunk.rows, firstRow + row);
  if (dictionary === undefined) return undefined;
  const known: string[] = [];
  return (code) => {
    known[code] ??= entryOf(dictionary, entries, code - 1);
    return known[code] as string;
  };
}

/** String k of `count` + 1 offsets followed by bytes, one char a byte. */
export function entryOf(bytes: Buffer, count: number, k: number): string {
  const start = (count + 1) * 4;
  return bytes.toString('latin1', start + bytes.readUInt32LE(k * 4), start + bytes.readUInt32LE(k * 4 + 4));
}
