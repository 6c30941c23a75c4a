/**
 * The right side of a join as kernels take it: lists of key values, in which the place of a value, from 1, is its number, and
 * the columns of the rows behind them. It is packed once, and sent with every call.
 */

import type { Physical, TypedExpr } from '../expr/typed.js';
import type { ColumnType } from '../storage/types.js';
import { packNumbers, packStrings } from './join-pack.js';

/** How the number of a pair is made of two numbers: wider than any right side. */
export const PAIR_RADIX = 2 ** 21;

export type LookupHow = 'inner' | 'left' | 'semi' | 'anti';

/** Distinct values of one type, none of them null. */
export interface KeyList {
  readonly text: boolean;
  readonly values: readonly (number | string)[];
}

/** A column of the rows, in the order of their numbers. */
export interface LookupColumn {
  /** Its place among the columns of the right side. */
  readonly column: number;
  readonly type: ColumnType;
  readonly values: readonly Physical[];
  readonly nullable: boolean;
}

export interface LookupParts {
  /** Of the first key column; then for each further one its own list and that of the pairs with what stands before it. */
  readonly lists: readonly KeyList[];
  /** Number of the first row of each key, and one more; absent where every key has one row, whose number is that of the key. */
  readonly starts?: readonly number[];
  readonly columns: readonly LookupColumn[];
  readonly rows: number;
}

/** A look-up of a kernel: what rows are looked for by, and in what. */
export interface KernelLookup {
  readonly how: LookupHow;
  readonly keys: readonly TypedExpr[];
  /** How many parts of the filter stood before the join. */
  readonly conditions: number;
  readonly table: LookupTable;
}

/** The same for kernels in JavaScript. */
export interface LookupInput {
  readonly lists: readonly ReadonlyMap<number | string, number>[];
  readonly starts: readonly number[];
  readonly columns: readonly (readonly Physical[])[];
}

export class LookupTable implements LookupParts {
  readonly lists: readonly KeyList[];
  readonly starts?: readonly number[];
  readonly columns: readonly LookupColumn[];
  readonly rows: number;
  #arguments: readonly Buffer[] | undefined;
  #bytes: number | undefined;
  #input: LookupInput | undefined;

  constructor({ lists, starts, columns, rows }: LookupParts) {
    this.lists = lists;
    if (starts) this.starts = starts;
    this.columns = columns;
    this.rows = rows;
  }

  /** The most rows that a key has. */
  get fanout(): number {
    if (this.starts === undefined) return 1;
    return this.starts.reduce((most, start, key) => Math.max(most, start - (this.starts?.[key - 1] ?? start)), 1);
  }

  /** Bytes that travel with every call. */
  get bytes(): number {
    this.#bytes ??= this.arguments.reduce((sum, { length }) => sum + length, 0);
    return this.#bytes;
  }

  /** As `bytes`, without packing what was never to be sent: then 0. */
  get packedBytes(): number {
    return this.#arguments === undefined ? 0 : this.bytes;
  }

  /**
   * ARGV: lists, starts, columns. Text is two arguments, sizes and bytes; a column of text the different ones, then their codes;
   * behind a nullable column of numbers come the rows that are null.
   */
  get arguments(): readonly Buffer[] {
    this.#arguments ??= [
      ...this.lists.flatMap(({ text, values }) => packValues(text, values)),
      ...(this.starts ? [packNumbers(this.starts)] : []),
      ...this.columns.flatMap(packColumn),
    ];
    return this.#arguments;
  }

  get input(): LookupInput {
    this.#input ??= {
      lists: this.lists.map(({ values }) => new Map(values.map((value, i) => [value, i + 1]))),
      starts: this.starts ?? [],
      columns: this.columns.map(({ values }) => [null, ...values]),
    };
    return this.#input;
  }
}

function packValues(text: boolean, values: readonly (number | string)[]): Buffer[] {
  return text ? packStrings(values as readonly string[]) : [packNumbers(values as readonly number[])];
}

function packColumn(column: LookupColumn): Buffer[] {
  const { type, values, nullable } = column;
  if (type === 'utf8') {
    const { texts, codes } = codedTexts(column);
    return [...packStrings(texts), packNumbers(codes)];
  }
  const packed = packNumbers(values.map((value) => (value ?? 0) as number));
  if (!nullable) return [packed];
  return [packed, packNumbers(values.flatMap((value, i) => (value === null ? [i + 1] : [])))];
}

/** Strings come to no more than there are different ones: each costs the server as much as several numbers. Null is code 0. */
export function codedTexts({ values }: Pick<LookupColumn, 'values'>) {
  const places = new Map<string, number>();
  const codes = values.map((value) => {
    if (typeof value !== 'string') return 0;
    const known = places.get(value) ?? places.size + 1;
    places.set(value, known);
    return known;
  });
  return { texts: [...places.keys()], codes };
}
