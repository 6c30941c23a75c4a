/**
 * What is read of apache-arrow's objects, described by shape: types are told by their ids and not by classes, so that a table
 * made by any copy of the library is read, and whoever has none needs none.
 */

/** Type ids as apache-arrow numbers them. */
export const ID = {
  null: 1,
  int: 2,
  float: 3,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  largeUtf8: 20,
  utf8View: 24,
  dictionary: -1,
};

export interface TypeFacts {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
  /** The type of a dictionary's values. */
  readonly dictionary?: TypeFacts;
}

export interface ArrowSchema {
  readonly fields: readonly { readonly name: string; readonly type: TypeFacts }[];
}

/** A `Table` of apache-arrow. */
export interface ArrowTable {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
  readonly numRows: number;
}

/** A `RecordBatch` of apache-arrow. */
export interface ArrowBatch {
  readonly schema: ArrowSchema;
  readonly numRows: number;
  getChildAt(index: number): ArrowVector | null;
}

/** A `Vector` of apache-arrow. */
export interface ArrowVector extends Iterable<unknown> {
  readonly data: readonly ArrowPiece[];
  get(index: number): unknown;
}

interface ArrowPiece {
  readonly type: TypeFacts;
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly values: unknown;
  readonly valueOffsets: unknown;
  readonly nullBitmap: unknown;
  readonly dictionary?: ArrowVector | undefined;
}

/** A column of one record batch. */
export interface ArrowData {
  readonly facts: TypeFacts;
  readonly length: number;
  /** Where the bitmaps begin; the values begin at 0. */
  readonly offset: number;
  readonly values: unknown;
  readonly valueOffsets: Int32Array | BigInt64Array;
  readonly dictionary: ArrowVector | undefined;
  /** Validity; undefined where no row is null. */
  readonly bits: Uint8Array | undefined;
  /** The value of a row as apache-arrow gives it. */
  get(index: number): unknown;
}

/** @param vector of a record batch, hence of one piece */
export function arrowData(vector: ArrowVector): ArrowData {
  const data = vector.data[0] as ArrowPiece;
  return {
    facts: data.type,
    length: data.length,
    offset: data.offset,
    values: data.values,
    valueOffsets: data.valueOffsets as Int32Array | BigInt64Array,
    dictionary: data.dictionary,
    bits: data.nullCount > 0 ? (data.nullBitmap as Uint8Array) : undefined,
    get: (index) => vector.get(index),
  };
}
