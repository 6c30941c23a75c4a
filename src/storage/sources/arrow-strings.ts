/** Arrow's columns of text: plain ones by their bytes, dictionary ones by their codes. */
import type { BatchColumn } from '../types.js';
import { type ArrowData, type ArrowVector, ID, type TypeFacts } from './arrow-facts.js';
import { isSet, Validity } from './bits.js';
import { Dictionary } from './dictionary.js';

export interface ArrowRange {
  readonly from: number;
  readonly to: number;
  /** Number of the first row in the source. */
  readonly row: number;
}

/** Reads rows [from, to) of one column of a record batch. */
export type ArrowReader = (data: ArrowData, range: ArrowRange) => BatchColumn;

export function isArrowText({ typeId, dictionary }: TypeFacts): boolean {
  const id = typeId === ID.dictionary ? dictionary?.typeId : typeId;
  return id === ID.utf8 || id === ID.largeUtf8 || id === ID.utf8View;
}

export function arrowStrings(): ArrowReader {
  const plain = plainReader();
  const coded = codedReader();
  return (data, range) => (data.facts.typeId === ID.dictionary ? coded(data, range) : plain(data, range));
}

/** The text of row i of a plain column. */
export function textAt(data: ArrowData): (i: number) => string {
  if (data.facts.typeId === ID.utf8View) return (i) => String(data.get(i));
  const { buffer, byteOffset, byteLength } = data.values as Uint8Array;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const { valueOffsets } = data;
  return (i) => bytes.toString('utf8', Number(valueOffsets[i]), Number(valueOffsets[i + 1]));
}

function plainReader(): ArrowReader {
  const dictionary = new Dictionary();
  return (data, { from, to }) => {
    dictionary.renew();
    const { bits, offset } = data;
    const text = textAt(data);
    const codes = new Int32Array(to - from);
    for (let i = from; i < to; i++) {
      if (bits === undefined || isSet(bits, offset + i)) codes[i - from] = dictionary.codeOf(text(i));
    }
    return strings(codes, dictionary.entries, validityOf(data, from, to));
  };
}

function codedReader(): ArrowReader {
  let known: ArrowVector | undefined;
  let entries: readonly (string | null)[] = [];
  let texts: readonly string[] = [];
  return (data, { from, to }) => {
    if (data.dictionary !== known) {
      known = data.dictionary;
      entries = Array.from(known ?? [], (text: unknown) => (text === null ? null : String(text)));
      texts = entries.map((text) => text ?? '');
    }
    const codes = Int32Array.from((data.values as Int32Array).subarray(from, to), Number);
    const valid = validityOf(data, from, to);
    return strings(codes, texts, entries.includes(null) ? withoutNullEntries(codes, entries, valid) : valid);
  };
}

/** A row whose dictionary entry is null is null too. */
function withoutNullEntries(codes: Int32Array, entries: readonly (string | null)[], valid: Uint8Array | undefined) {
  const result = valid ?? new Uint8Array(codes.length).fill(1);
  for (let i = 0; i < codes.length; i++) if (entries[codes[i] as number] === null) result[i] = 0;
  return result;
}

export function validityOf({ bits, offset }: ArrowData, from: number, to: number): Uint8Array | undefined {
  const validity = new Validity(to - from);
  validity.add(bits, offset + from, to - from, 0);
  return validity.finish(to - from);
}

function strings(codes: Int32Array, dictionary: readonly string[], valid: Uint8Array | undefined): BatchColumn {
  return { kind: 'string', codes, dictionary, ...(valid && { valid }) };
}
