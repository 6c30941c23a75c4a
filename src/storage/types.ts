/**
 * What a table is, as frozen data: schema, chunks, and how each column of a chunk lies on the servers.
 * Everything above (plan, codegen, engine) reads these; nothing here does input or output.
 */

/** A column's logical type. `decimal(2)` holds a scaled integer: 12.34 is 1234. */
export type ColumnType =
  | 'float64'
  | 'float32'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'utf8'
  | 'timestamp'
  | 'date'
  | `decimal(${number})`;

export interface Field {
  readonly name: string;
  readonly type: ColumnType;
  /** Generated, `[a-z0-9]+`; the only form of the column that reaches a key. */
  readonly id: string;
}

export type Schema = readonly Field[];

/**
 * How one column of one chunk is packed. Chosen from its values, apart from the type.
 *
 * - `f64`, `f32`: little-endian floats. Nulls: 0 in the data, and a validity bitmap key (bit 1 = present, bit i of byte
 *   `floor(i / 8)`, least significant first, as in Arrow) that exists only where `nullCount > 0`.
 * - `u8`, `u16`: little-endian codes; 0 is null, else `value = base + code * step` (so `base` is the minimum less one
 *   step). All values, `base` included, are integers within ±2^53.
 * - `dict8`, `dict16`: codes into a byte-sorted dictionary of the chunk's strings; 0 is null, code k is entry k - 1.
 * - `plain`: strings without a dictionary: `rows + 1` uint32 offsets, then the bytes. Nulls: empty, and a validity bitmap.
 */
export type Encoding = 'f64' | 'f32' | 'u8' | 'u16' | 'dict8' | 'dict16' | 'plain';

export interface ColumnChunk {
  readonly encoding: Encoding;
  /** The codes are 1, 2, 3, … and are stored nowhere (see numbered.ts). */
  readonly made?: true;
  /** For `u8` and `u16`; 0 otherwise. */
  readonly base: number;
  readonly step: number;
  readonly nullCount: number;
  /**
   * Byte length and checksum of the data key. A checksum is the first 32 bits of the SHA-1, because `redis.sha1hex` computes
   * that in the server at C speed: a chunk can be written, or verified, where it lies.
   */
  readonly bytes: number;
  readonly checksum: number;
  /** Validity bitmap key: 0 where the chunk has no nulls or the encoding carries them as code 0. */
  readonly validityBytes: number;
  readonly validityChecksum: number;
  /** Dictionary key (`entries + 1` uint32 offsets, then the bytes, entries in ascending byte order); 0 where there is none. */
  readonly dictionaryBytes: number;
  readonly dictionaryChecksum: number;
  readonly dictionaryEntries: number;
  /**
   * Zone map over the non-null values; undefined where there are none. Numbers: the exact extremes in DuckDB's order (NaN is
   * the greatest); int64, dates, timestamps (ms) and decimals (scaled) as their numbers, bool as 0 and 1. Strings: the first
   * 32 bytes; `max` is rounded up, and undefined where it cannot be (32 bytes of 0xff).
   */
  readonly min: number | Buffer | undefined;
  readonly max: number | Buffer | undefined;
  /** Where the key holds several columns, row by row (see matrix-rows.ts): read as `f64`, whatever the values are packed as. */
  readonly stride?: Stride;
}

/** A column among others of one key. */
export interface Stride {
  readonly encoding: 'f64' | 'f32' | 'u8' | 'u16';
  /** From a value to that of the next row, and from the start of a row to the value. */
  readonly bytes: number;
  readonly offset: number;
}

export interface ChunkMeta {
  /** Position in the table; also the index from which the slot follows. */
  readonly index: number;
  readonly slot: number;
  readonly tag: string;
  /** The write that made this chunk; part of its keys. */
  readonly writeId: string;
  readonly rows: number;
  /** Number of rows in the chunks before this one. */
  readonly firstRow: number;
  /** One a schema field, in schema order. */
  readonly columns: readonly ColumnChunk[];
}

/** One version of a table, as every reader of that version sees it. */
export interface TableSnapshot {
  readonly name: string;
  readonly tableId: string;
  readonly version: number;
  readonly prefix: string;
  /** Placement seed (hash of the alignment group), and the most rows a chunk holds. */
  readonly seed: number;
  readonly chunkRows: number;
  readonly schema: Schema;
  readonly chunks: readonly ChunkMeta[];
  readonly rows: number;
}

/** Rows of a merge-tree leaf, and of a full chunk (eight units). */
export const UNIT_ROWS = 8128;
export const UNITS_PER_CHUNK = 8;
export const CHUNK_ROWS = UNIT_ROWS * UNITS_PER_CHUNK;

/**
 * A run of rows on its way in, columns in schema order: what every reader yields and the writer takes.
 * `valid` is one byte a row (1 = present) and absent where all rows are present.
 */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly BatchColumn[];
}

export type BatchColumn = NumberColumn | StringColumn;

/** Numbers as the type's physical number: ms for timestamps, days since 1970 for dates, scaled integers for decimals, 0/1 for bool. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array | Float32Array | Int32Array | Uint8Array | Int16Array;
  readonly valid?: Uint8Array;
}

/**
 * Strings as codes into a list of distinct strings (any order; it may hold unused entries). A reader may hand in the same array
 * with every batch, grown at its end, and never otherwise changed.
 */
export interface StringColumn {
  readonly kind: 'string';
  readonly codes: Int32Array | Uint16Array | Uint8Array;
  readonly dictionary: readonly string[];
  readonly valid?: Uint8Array;
}
