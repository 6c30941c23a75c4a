/** Columns as a source: an object of typed arrays and arrays of equal length. */
import { invalidValue } from '../schema.js';
import type { Batch, BatchColumn, ColumnType } from '../types.js';
import { int64, type Raw, uint64 } from './numbers.js';
import { fieldOf } from './rows.js';
import { declaredFields, mismatch, type ValueOptions } from './shape.js';
import { BATCH_ROWS, type Source, type SourceField } from './source.js';
import { ValueColumn } from './value-column.js';
import { checkTypes } from './wishes.js';

export type ColumnValues = readonly unknown[] | ArrayLike<number> | BigInt64Array | BigUint64Array;
export type Columns = Readonly<Record<string, ColumnValues>>;

/**
 * Columns by name: Float64Array is float64, Float32Array float32, integers of up to 32 bits int32 (Uint32Array int64),
 * BigInt64Array and BigUint64Array int64 (checked); arrays are looked at as row values are. Typed arrays of a type's own kind
 * are not copied, so leave them alone until the import is done.
 *
 * @throws SCHEMA_MISMATCH for unequal lengths and for columns other than the declared ones; INVALID_VALUE naming row and column
 */
export function columnsSource(columns: Columns, options: ValueOptions = {}): Source {
  const fields = columnFields(columns, options);
  const rows = lengthOf(columns);
  return {
    fields,
    rows,
    batches: {
      async *[Symbol.asyncIterator]() {
        yield* columnBatches(columns, fields, 0);
      },
    },
  };
}

export function columnFields(columns: Columns, options: ValueOptions): SourceField[] {
  const declared = declaredFields(options);
  const names = Object.keys(columns);
  checkTypes(options.types, names);
  if (declared) {
    const extra = names.find((name) => !declared.some((field) => field.name === name));
    if (extra !== undefined) throw mismatch(`the data has a column "${extra}" that is not declared`);
    const missing = declared.find(({ name }) => !names.includes(name));
    if (missing) throw mismatch(`the data has no column "${missing.name}"`);
    return declared;
  }
  if (names.length === 0) throw mismatch('no columns', 'an object of columns needs at least one');
  return names.map((name) => {
    const values = columns[name] as ColumnValues;
    const type = ArrayBuffer.isView(values) ? (options.types?.[name] ?? typeOfArray(values)) : undefined;
    return type === undefined ? fieldOf(name, values as readonly unknown[], options) : { name, type };
  });
}

/** The batches of one object of columns; `firstRow` is the number of its first row in the source. */
export function* columnBatches(
  columns: Columns,
  fields: readonly SourceField[],
  firstRow: number,
): Generator<Batch, void> {
  const rows = lengthOf(columns);
  const converters = fields.map(({ name, type }) => converter(name, type, columns[name] as ColumnValues));
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(rows, from + BATCH_ROWS);
    yield { rows: to - from, columns: converters.map((convert) => convert(from, to, firstRow)) };
  }
}

type Convert = (from: number, to: number, firstRow: number) => BatchColumn;

function converter(name: string, type: ColumnType, values: ColumnValues): Convert {
  if (ArrayBuffer.isView(values) && typeOfArray(values) === type) return arrayConverter(name, type, values);
  const column = new ValueColumn(name, type, false);
  return (from, to, firstRow) => {
    column.begin(to - from);
    for (let i = from; i < to; i++) column.set(i - from, values[i], firstRow + i);
    return column.finish(to - from);
  };
}

function arrayConverter(name: string, type: ColumnType, array: ArrayBufferView): Convert {
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
    const fill = array instanceof BigInt64Array ? int64 : uint64;
    const words = new Int32Array(array.buffer, array.byteOffset, 2 * array.length);
    return (from, to, firstRow) => {
      const values = new Float64Array(to - from);
      const bad = fill(words, from, to, values, 0);
      if (bad < 0) return { kind: 'number', values };
      throw invalidValue(type, `${array[bad]}`, { row: firstRow + bad, column: name }, 'beyond its range');
    };
  }
  const numbers = array as Raw;
  const isStored = numbers instanceof Float64Array || numbers instanceof Float32Array || numbers instanceof Int32Array;
  const Target = type === 'int64' ? Float64Array : Int32Array;
  return (from, to) => {
    const slice = numbers.subarray(from, to);
    const values = isStored ? (slice as Float64Array | Float32Array | Int32Array) : Target.from(slice);
    return { kind: 'number', values };
  };
}

function typeOfArray(array: ArrayBufferView): ColumnType {
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Uint32Array || array instanceof BigInt64Array || array instanceof BigUint64Array) return 'int64';
  if (array instanceof DataView) throw mismatch('a DataView is no column', 'pass a typed array or an array');
  return 'int32';
}

function lengthOf(columns: Columns): number {
  const [first, ...others] = Object.entries(columns).map(([name, { length }]) => ({ name, length }));
  const odd = others.find(({ length }) => length !== first?.length);
  if (!first || !odd) return first?.length ?? 0;
  throw mismatch(`column "${odd.name}" has ${odd.length} values, column "${first.name}" ${first.length}`);
}
