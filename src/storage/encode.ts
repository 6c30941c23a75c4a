/** The collected values of one column of one chunk, packed into the bytes of its keys and described for the manifest. */
import { checksum } from './checksum.js';
import { packNumbers } from './encode-numbers.js';
import { lowerBound, packStrings, upperBound } from './encode-strings.js';
import { type NumberStats, numberStats } from './number-stats.js';
import { integerBounds } from './schema.js';
import type { BatchColumn, ColumnChunk, ColumnType, NumberColumn } from './types.js';

/** What one column of one chunk becomes: its entry in the manifest and the values of its keys. */
export interface EncodedColumn {
  readonly meta: ColumnChunk;
  readonly data: Buffer;
  readonly validity?: Buffer;
  readonly dictionary?: Buffer;
}

/**
 * Packs a column. The number of rows is the length of its values or codes; values of rows that are not valid do not count.
 * The values must fit the type already (the chunk builder and `toPhysical` see to that).
 */
export function encodeColumn(type: ColumnType, column: BatchColumn): EncodedColumn {
  if (column.kind === 'string') {
    const texts = column.dictionary.map((text) => Buffer.from(text));
    return encodeTexts(column.codes, texts, column.valid);
  }
  const values = column.values instanceof Float64Array ? column.values : Float64Array.from(column.values);
  const stats = numberStats(values, column.valid);
  return encodeNumbers(type, { ...column, values }, stats);
}

/** Packs numbers whose statistics are known already. */
export function encodeNumbers(
  type: ColumnType,
  column: NumberColumn & { values: Float64Array },
  stats: NumberStats,
): EncodedColumn {
  const [values, known] =
    stats.hasNegativeZero && integerBounds(type) !== undefined
      ? [column.values.map((value) => value + 0), withoutNegativeZero(stats)]
      : [column.values, stats];
  const packed = packNumbers(values, column.valid, known);
  return describe(
    packed,
    known.nulls,
    known.min ?? (known.hasNaN ? Number.NaN : undefined),
    known.hasNaN ? Number.NaN : known.max,
  );
}

/** Packs strings given as codes into a list of distinct UTF-8 texts. */
export function encodeTexts(
  codes: Int32Array | Uint16Array | Uint8Array,
  texts: readonly Buffer[],
  valid: Uint8Array | undefined,
): EncodedColumn {
  const packed = packStrings(codes, texts, valid);
  let nulls = 0;
  if (valid !== undefined) for (let i = 0; i < codes.length; i++) if (valid[i] === 0) nulls++;
  return describe({ ...packed, base: 0, step: 0 }, nulls, lowerBound(packed.min), upperBound(packed.max));
}

/** Integers know no −0. */
function withoutNegativeZero(stats: NumberStats): NumberStats {
  const plus = (value: number | undefined) => (value === undefined ? undefined : value + 0);
  return { ...stats, hasNegativeZero: false, min: plus(stats.min), max: plus(stats.max) };
}

interface Packed {
  readonly encoding: ColumnChunk['encoding'];
  readonly base: number;
  readonly step: number;
  readonly data: Buffer;
  readonly validity?: Buffer;
  readonly dictionary?: Buffer;
  readonly entries?: number;
}

function describe(packed: Packed, nullCount: number, min: ColumnChunk['min'], max: ColumnChunk['max']): EncodedColumn {
  const { data, validity, dictionary } = packed;
  const meta: ColumnChunk = {
    encoding: packed.encoding,
    base: packed.base,
    step: packed.step,
    nullCount,
    bytes: data.length,
    checksum: checksum(data),
    validityBytes: validity?.length ?? 0,
    validityChecksum: validity ? checksum(validity) : 0,
    dictionaryBytes: dictionary?.length ?? 0,
    dictionaryChecksum: dictionary ? checksum(dictionary) : 0,
    dictionaryEntries: packed.entries ?? 0,
    min,
    max,
  };
  return { meta, data, ...(validity && { validity }), ...(dictionary && { dictionary }) };
}
