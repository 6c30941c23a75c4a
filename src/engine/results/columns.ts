/**
 * Columns as typed arrays: what numeric code, charts and other libraries take without another copy.
 *
 * float64 Float64Array; float32 Float32Array; int32 Int32Array; int64 Float64Array (exact within ±2^53, and unlike
 * BigInt64Array it can be computed with); bool Uint8Array of 0 and 1; timestamp Float64Array of milliseconds since 1970;
 * date Int32Array of days since 1970; decimals and utf8 arrays of strings; lists arrays of arrays.
 *
 * A column that holds nulls has a mask in `nulls`, one byte a row, 1 where the value is null; a column without has none. In
 * the column itself a null is NaN in Float64Array and Float32Array, 0 in the integer arrays, and null among strings.
 */

import { type CollectedValue, isListType, type ResultType, type ResultValue } from '../../aggregates/index.js';
import type { ColumnType } from '../../storage/types.js';
import type { Receipt } from '../receipt.js';
import type { ResultRow } from './rows.js';
import { drain, type Output, onNewest, type ResultSource } from './source.js';
import { collectedOf, textOf } from './values.js';

export type ColumnValues = Float64Array | Float32Array | Int32Array | Uint8Array | CollectedValue[];

/** The array in which values come that `collect()` gives as `Value`. */
export type ColumnOf<Value> = [NonNullable<Value>] extends [number]
  ? Float64Array | Float32Array | Int32Array
  : [NonNullable<Value>] extends [Date]
    ? Float64Array | Int32Array
    : [NonNullable<Value>] extends [boolean]
      ? Uint8Array
      : [NonNullable<Value>] extends [string]
        ? (string | null)[]
        : ColumnValues;

export interface ColumnBatch<Row extends object = ResultRow> {
  readonly rows: number;
  readonly columns: { readonly [Name in keyof Row]: ColumnOf<Row[Name]> };
  /** By column, for those that hold nulls alone: one byte a row, 1 where it is null. */
  readonly nulls: { readonly [Name in keyof Row]?: Uint8Array };
}

export interface ColumnsResult<Row extends object = ResultRow> extends ColumnBatch<Row> {
  /** The types of the columns, as `createTable(name, columns, { schema: types })` takes them; lists have none there. */
  readonly types: { readonly [Name in keyof Row]: ColumnType };
  readonly receipt: Receipt;
}

/** All of a result as columns. An empty one has columns of length 0. */
export function collectColumns(source: ResultSource): Promise<ColumnsResult> {
  return onNewest(source, async (stream) => {
    const { outputs } = stream;
    const gathered = outputs.map(({ type }) => new Gathered(type));
    const receipt = await drain(stream.batches(), (columns) => {
      for (const [k, one] of gathered.entries()) one.add(columns[k] as readonly ResultValue[]);
    });
    const plain = outputs.filter(({ type }) => !isListType(type));
    const types = Object.fromEntries(plain.map(({ name, type }) => [name, type as ColumnType]));
    return { ...named(outputs, gathered), types, receipt };
  });
}

/** One batch as columns. */
export function columnBatch(outputs: readonly Output[], columns: readonly (readonly ResultValue[])[]): ColumnBatch {
  const gathered = outputs.map(({ type }, k) => {
    const one = new Gathered(type);
    one.add(columns[k] as readonly ResultValue[]);
    return one;
  });
  return named(outputs, gathered);
}

function named(outputs: readonly Output[], gathered: readonly Gathered[]): ColumnBatch {
  const columns: [string, ColumnValues][] = [];
  const nulls: [string, Uint8Array][] = [];
  for (const [k, { name }] of outputs.entries()) {
    const { values, mask } = (gathered[k] as Gathered).finish();
    columns.push([name, values]);
    if (mask) nulls.push([name, mask]);
  }
  return { rows: gathered[0]?.rows ?? 0, columns: Object.fromEntries(columns), nulls: Object.fromEntries(nulls) };
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

/** The typed array of a type; undefined for what comes as strings. */
function arrayOf(type: ResultType): (new (length: number) => Numbers) | undefined {
  switch (type) {
    case 'float64':
    case 'int64':
    case 'timestamp':
      return Float64Array;
    case 'float32':
      return Float32Array;
    case 'int32':
    case 'date':
      return Int32Array;
    case 'bool':
      return Uint8Array;
    default:
      return undefined;
  }
}

interface Part {
  readonly values: Numbers | CollectedValue[];
  readonly mask: Uint8Array | undefined;
}

/** A column, part by part; the parts are joined once, at the end. */
class Gathered {
  readonly #type: ResultType;
  readonly #parts: Part[] = [];
  rows = 0;

  constructor(type: ResultType) {
    this.#type = type;
  }

  add(values: readonly ResultValue[]): void {
    this.rows += values.length;
    const Values = arrayOf(this.#type);
    this.#parts.push({
      values: Values ? numbersOf(values, new Values(values.length)) : othersOf(this.#type, values),
      mask: maskOf(values),
    });
  }

  finish(): { values: ColumnValues; mask: Uint8Array | undefined } {
    const [first] = this.#parts;
    if (first && this.#parts.length === 1) return first;
    const Values = arrayOf(this.#type);
    if (!Values) {
      const values = this.#parts.flatMap((part) => part.values as CollectedValue[]);
      return { values, mask: this.#mask() };
    }
    const values = new Values(this.rows);
    let at = 0;
    for (const part of this.#parts) {
      values.set(part.values as Numbers, at);
      at += part.values.length;
    }
    return { values, mask: this.#mask() };
  }

  #mask(): Uint8Array | undefined {
    if (this.#parts.every(({ mask }) => mask === undefined)) return undefined;
    const all = new Uint8Array(this.rows);
    let at = 0;
    for (const { values, mask } of this.#parts) {
      if (mask) all.set(mask, at);
      at += values.length;
    }
    return all;
  }
}

function numbersOf<Values extends Numbers>(values: readonly ResultValue[], numbers: Values): Values {
  // NaN becomes 0 in the arrays of integers.
  for (let i = 0; i < values.length; i++) numbers[i] = (values[i] as number | null) ?? Number.NaN;
  return numbers;
}

function othersOf(type: ResultType, values: readonly ResultValue[]): CollectedValue[] {
  if (type === 'utf8') return values.map((value) => (value === null ? null : textOf(value as string)));
  return values.map((value) => collectedOf(type, value));
}

function maskOf(values: readonly ResultValue[]): Uint8Array | undefined {
  let at = values.indexOf(null);
  if (at < 0) return undefined;
  const mask = new Uint8Array(values.length);
  for (; at >= 0; at = values.indexOf(null, at + 1)) mask[at] = 1;
  return mask;
}
