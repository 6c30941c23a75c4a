/** The bytes of a column's keys back into values: the exact inverse of encode. */
import { ShardfoldError } from '../errors.js';
import { offsetsBytes } from './encode-strings.js';
import type { ColumnChunk, NumberColumn, StringColumn } from './types.js';
import { unpackValidity } from './validity.js';

/** The values of a column's keys as they came from the servers. */
export interface ColumnBuffers {
  readonly data: Buffer;
  readonly validity?: Buffer;
  readonly dictionary?: Buffer;
}

/** Bytes of a value, or code, in its key. */
export const VALUE_BYTES = { f64: 8, f32: 4, u8: 1, u16: 2, dict8: 1, dict16: 2 } as const;

/**
 * Unpacks a column of a chunk. Nulls have 0 in `values` (or code 0) and 0 in `valid`; `valid` is absent where there are none.
 * @throws DATA_LOSS where the bytes are not what the manifest says
 */
export function decodeColumn(meta: ColumnChunk, rows: number, buffers: ColumnBuffers): NumberColumn | StringColumn {
  const { encoding } = meta;
  if (encoding === 'plain') return decodePlain(meta, rows, buffers);
  if (buffers.data.length !== rows * VALUE_BYTES[encoding])
    throw corrupt(`${buffers.data.length} bytes for ${rows} rows`);
  const data = aligned(buffers.data, VALUE_BYTES[encoding]);
  switch (encoding) {
    case 'f64':
      return withBitmap({ kind: 'number', values: new Float64Array(data, 0, rows) }, meta, rows, buffers);
    case 'f32':
      return withBitmap({ kind: 'number', values: new Float32Array(data, 0, rows) }, meta, rows, buffers);
    case 'u8':
      return decodeCodes(meta, new Uint8Array(data, 0, rows));
    case 'u16':
      return decodeCodes(meta, new Uint16Array(data, 0, rows));
    default:
      return decodeDictionaryCodes(
        meta,
        encoding === 'dict8' ? new Uint8Array(data, 0, rows) : new Uint16Array(data, 0, rows),
        buffers,
      );
  }
}

/** The entries of a dictionary key, in byte order; entry k has code k + 1. */
export function decodeDictionary(bytes: Buffer, entries: number): string[] {
  const start = offsetsBytes(entries);
  const texts = new Array<string>(entries);
  let from = 0;
  for (let k = 0; k < entries; k++) {
    const to = bytes.readUInt32LE(4 * k + 4);
    texts[k] = bytes.toString('utf8', start + from, start + to);
    from = to;
  }
  return texts;
}

function decodeCodes(meta: ColumnChunk, codes: Uint8Array | Uint16Array): NumberColumn {
  const { base, step } = meta;
  const values = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = base + (codes[i] as number) * step;
  if (meta.nullCount === 0) return { kind: 'number', values };
  const valid = validFromCodes(codes);
  for (let i = 0; i < codes.length; i++) if (valid[i] === 0) values[i] = 0;
  return { kind: 'number', values, valid };
}

function decodeDictionaryCodes(
  meta: ColumnChunk,
  stored: Uint8Array | Uint16Array,
  buffers: ColumnBuffers,
): StringColumn {
  const bytes = buffers.dictionary;
  if (!bytes || bytes.length !== meta.dictionaryBytes) throw corrupt('a dictionary of another length');
  const dictionary = decodeDictionary(bytes, meta.dictionaryEntries);
  const codes = stored instanceof Uint8Array ? new Uint8Array(stored.length) : new Uint16Array(stored.length);
  let highest = 0;
  for (let i = 0; i < stored.length; i++) {
    const code = stored[i] as number;
    if (code > highest) highest = code;
    if (code > 0) codes[i] = code - 1;
  }
  if (highest > dictionary.length) throw corrupt(`code ${highest} of ${dictionary.length}`);
  return { kind: 'string', codes, dictionary, ...(meta.nullCount > 0 && { valid: validFromCodes(stored) }) };
}

function decodePlain(meta: ColumnChunk, rows: number, buffers: ColumnBuffers): StringColumn {
  const { data } = buffers;
  if (data.length !== meta.bytes || data.length < offsetsBytes(rows)) throw corrupt('strings of another length');
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(rows);
  const dictionary: string[] = [];
  for (const [row, text] of decodeDictionary(data, rows).entries()) {
    let code = codeOf.get(text);
    if (code === undefined) {
      code = dictionary.push(text) - 1;
      codeOf.set(text, code);
    }
    codes[row] = code;
  }
  return withBitmap({ kind: 'string', codes, dictionary }, meta, rows, buffers);
}

function withBitmap<Column extends NumberColumn | StringColumn>(
  column: Column,
  meta: ColumnChunk,
  rows: number,
  buffers: ColumnBuffers,
): Column {
  if (meta.nullCount === 0) return column;
  const { validity } = buffers;
  if (validity?.length !== (rows + 7) >> 3) throw corrupt('a validity bitmap of another length');
  return { ...column, valid: unpackValidity(validity, rows) };
}

function validFromCodes(codes: Uint8Array | Uint16Array): Uint8Array {
  const valid = new Uint8Array(codes.length);
  for (let i = 0; i < codes.length; i++) valid[i] = codes[i] === 0 ? 0 : 1;
  return valid;
}

/** Typed arrays need their own alignment; a Buffer cut from a socket's need not have it. */
function aligned(bytes: Buffer, width: number): ArrayBuffer {
  if (bytes.byteOffset % width === 0 && bytes.byteOffset === 0) return bytes.buffer as ArrayBuffer;
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

function corrupt(found: string): ShardfoldError {
  return new ShardfoldError('DATA_LOSS', `a chunk's bytes are not what its manifest says: ${found}`, {
    hint: 'shardfold fsck',
  });
}
