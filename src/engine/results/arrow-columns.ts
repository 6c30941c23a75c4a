/**
 * Results as Arrow columns: float64 Float64, float32 Float32, int32 Int32, int64 Int64, bool Bool, utf8 Utf8, timestamp
 * Timestamp(ms, UTC), date Date32, decimal(s) Decimal128(18, s). All fields are nullable; a batch has a validity bitmap for the
 * columns that hold nulls in it.
 */

import type * as Arrow from 'apache-arrow';
import { ShardfoldError } from '../../errors.js';
import type { Physical } from '../../expr/typed.js';
import { decimalScale } from '../../storage/schema.js';
import type { ColumnType } from '../../storage/types.js';
import { type Columns, rowsOf } from './source.js';
import type { PlainOutput } from './values.js';

export type ArrowLibrary = typeof Arrow;

/** Digits of a decimal that 64 bits hold; ours have 16 at most. */
export const DECIMAL_DIGITS = 18;

/** @throws MISSING_DEPENDENCY */
export async function loadArrow(what: string): Promise<ArrowLibrary> {
  try {
    return await import('apache-arrow');
  } catch (cause) {
    throw new ShardfoldError('MISSING_DEPENDENCY', `${what} needs apache-arrow`, {
      hint: 'npm i apache-arrow',
      cause,
    });
  }
}

export function arrowSchema(arrow: ArrowLibrary, outputs: readonly PlainOutput[]): Arrow.Schema {
  return new arrow.Schema(outputs.map(({ name, type }) => new arrow.Field(name, arrowType(arrow, type), true)));
}

/** One batch of a result as a record batch. */
export function recordBatch(arrow: ArrowLibrary, schema: Arrow.Schema, types: readonly ColumnType[], columns: Columns) {
  const length = rowsOf(columns);
  // Its overloads are by type, and ours is known at run time alone.
  const makeData = arrow.makeData as unknown as (props: object) => Arrow.Data;
  const children = schema.fields.map(({ type }, k) => {
    const values = columns[k] as readonly Physical[];
    const { nullCount, nullBitmap } = validityOf(values);
    const shape = { type, length, nullCount, ...(nullBitmap && { nullBitmap }) };
    return makeData({ ...shape, ...buffersOf(types[k] as ColumnType, values) });
  });
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}

function arrowType(arrow: ArrowLibrary, type: ColumnType): Arrow.DataType {
  switch (type) {
    case 'float64':
      return new arrow.Float64();
    case 'float32':
      return new arrow.Float32();
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'bool':
      return new arrow.Bool();
    case 'utf8':
      return new arrow.Utf8();
    case 'timestamp':
      return new arrow.TimestampMillisecond('UTC');
    case 'date':
      return new arrow.DateDay();
    default:
      return new arrow.Decimal(decimalScale(type) ?? 0, DECIMAL_DIGITS, 128);
  }
}

function buffersOf(type: ColumnType, values: readonly Physical[]): { data: unknown; valueOffsets?: Int32Array } {
  const numbers = values as readonly (number | null)[];
  switch (type) {
    case 'utf8':
      return utf8Of(values as readonly (string | null)[]);
    case 'float64':
      return { data: fill(new Float64Array(values.length), numbers) };
    case 'float32':
      return { data: fill(new Float32Array(values.length), numbers) };
    case 'int32':
    case 'date':
      return { data: fill(new Int32Array(values.length), numbers) };
    case 'bool':
      return { data: bitsOf(numbers, (value) => value === 1) };
    case 'int64':
    case 'timestamp':
      return { data: new BigInt64Array(wordsOf(numbers, 2).buffer) };
    default:
      return { data: wordsOf(numbers, 4) };
  }
}

function fill<Values extends Float64Array | Float32Array | Int32Array>(
  filled: Values,
  values: readonly (number | null)[],
): Values {
  for (let i = 0; i < values.length; i++) filled[i] = values[i] ?? 0;
  return filled;
}

const WORD = 2 ** 32;

/** Integers as two or four 32-bit words, which is several times faster than by way of BigInt. */
function wordsOf(values: readonly (number | null)[], words: 2 | 4): Uint32Array<ArrayBuffer> {
  const filled = new Uint32Array(words * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const high = Math.floor(value / WORD);
    filled[words * i] = value - high * WORD;
    filled[words * i + 1] = high;
    if (words === 4 && value < 0) filled.fill(0xffffffff, words * i + 2, words * i + 4);
  }
  return filled;
}

function utf8Of(values: readonly (string | null)[]): { data: Buffer; valueOffsets: Int32Array } {
  const valueOffsets = new Int32Array(values.length + 1);
  let end = 0;
  for (let i = 0; i < values.length; i++) {
    end += values[i]?.length ?? 0;
    valueOffsets[i + 1] = end;
  }
  const data = Buffer.allocUnsafe(end);
  for (let i = 0; i < values.length; i++) data.write(values[i] ?? '', valueOffsets[i] as number, 'latin1');
  return { data, valueOffsets };
}

function bitsOf<Value>(values: readonly Value[], isSet: (value: Value) => boolean): Uint8Array {
  // A multiple of 8 bytes, as Arrow pads its bitmaps.
  const bits = new Uint8Array(((values.length + 63) >> 6) << 3);
  for (let i = 0; i < values.length; i++) {
    if (isSet(values[i] as Value)) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
  }
  return bits;
}

function validityOf(values: readonly Physical[]): { nullCount: number; nullBitmap?: Uint8Array } {
  if (!values.includes(null)) return { nullCount: 0 };
  const nullCount = values.reduce((count: number, value) => count + (value === null ? 1 : 0), 0);
  return { nullCount, nullBitmap: bitsOf(values, (value) => value !== null) };
}
