/** Where the rows of an operand come from while a slice is computed: from the shard itself, or sent along. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { NumberEncoding, Operand } from '../kernels/kernel.js';
import { decodeColumn, VALUE_BYTES } from '../storage/decode.js';
import { chunkKeys } from '../storage/keys.js';
import { readColumns } from '../storage/read.js';
import type { ChunkMeta, ColumnChunk, NumberColumn, TableSnapshot } from '../storage/types.js';

/** Rows of a chunk of the vector that stays where it lies. */
export interface Slice {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
}

export interface Source {
  readonly snapshot: TableSnapshot;
  /** The operand of a slice, with its key where it lies in the slice's slot. */
  operand(slice: Slice, context: CallContext): Promise<{ readonly operand: Operand; readonly key?: string }>;
}

const columnOf = (chunk: ChunkMeta): ColumnChunk => chunk.columns[0] as ColumnChunk;

/** A vector's columns hold numbers, by its schema. */
function layoutOf(chunk: ChunkMeta): { encoding: NumberEncoding; base: number; step: number } {
  const { encoding, base, step } = columnOf(chunk);
  return { encoding: encoding as NumberEncoding, base, step };
}

export const storedBytes = ({ chunks }: Pick<TableSnapshot, 'chunks'>): number =>
  chunks.reduce((sum, chunk) => sum + columnOf(chunk).bytes, 0);

/** The greatest magnitude among the values, by their zone maps. */
export function magnitudeOf({ chunks }: TableSnapshot): number {
  return chunks.reduce((most, chunk) => {
    const { min, max } = columnOf(chunk);
    return Math.max(most, Math.abs(min as number), Math.abs(max as number));
  }, 0);
}

/** A vector whose chunks lie beside those of the slices. */
export class Resident implements Source {
  readonly snapshot: TableSnapshot;

  constructor(snapshot: TableSnapshot) {
    this.snapshot = snapshot;
  }

  async operand({ chunk }: Slice): Promise<{ operand: Operand; key: string }> {
    const own = this.snapshot.chunks[chunk.index] as ChunkMeta;
    return { operand: { ...layoutOf(own), bytes: columnOf(own).bytes }, key: chunkKeys(this.snapshot, own, 0).data };
  }
}

/** Chunks that a travelling vector keeps at hand: slices ask for the same one several times. */
const KEPT_CHUNKS = 16;

/** A vector that is pulled, chunk by chunk, and sent along slice by slice. */
export class Travelling implements Source {
  readonly snapshot: TableSnapshot;
  readonly #link: ClusterLink;
  readonly #pulled = new Map<number, Promise<Buffer>>();
  /** Bytes of its chunks that were pulled. */
  bytes = 0;

  constructor(link: ClusterLink, snapshot: TableSnapshot) {
    this.#link = link;
    this.snapshot = snapshot;
  }

  async operand(slice: Slice, context: CallContext): Promise<{ operand: Operand }> {
    const start = slice.chunk.firstRow + slice.firstRow;
    const end = start + slice.rows;
    const chunks = this.snapshot.chunks.filter(({ firstRow, rows }) => firstRow < end && firstRow + rows > start);
    const parts = await Promise.all(chunks.map((chunk) => this.#pull(chunk, context)));
    const [chunk] = chunks as [ChunkMeta];
    if (chunks.length > 1) {
      return { operand: { encoding: 'f64', base: 0, step: 0, bytes: 0, sent: unpacked(chunks, parts, start, end) } };
    }
    // Within one chunk the values travel as they are packed.
    const layout = layoutOf(chunk);
    const [from, to] = [start, end].map((row) => (row - chunk.firstRow) * VALUE_BYTES[layout.encoding]);
    return { operand: { ...layout, bytes: 0, sent: (parts[0] as Buffer).subarray(from, to) } };
  }

  #pull(chunk: ChunkMeta, context: CallContext): Promise<Buffer> {
    const known = this.#pulled.get(chunk.index);
    if (known) return known;
    const pulled = readColumns(this.#link, this.snapshot, chunk, [0], context).then(([column]) => {
      this.bytes += columnOf(chunk).bytes;
      return (column as { data: Buffer }).data;
    });
    // Whoever waits for it hears of the failure; the next who asks tries again.
    pulled.catch(() => this.#pulled.delete(chunk.index));
    this.#pulled.set(chunk.index, pulled);
    for (const index of this.#pulled.keys()) {
      if (this.#pulled.size <= KEPT_CHUNKS) break;
      this.#pulled.delete(index);
    }
    return pulled;
  }
}

/** Rows start … end, which lie in several chunks, as float64. */
function unpacked(chunks: readonly ChunkMeta[], parts: readonly Buffer[], start: number, end: number): Buffer {
  const values = new Float64Array(end - start);
  for (const [i, chunk] of chunks.entries()) {
    const column = decodeColumn(columnOf(chunk), chunk.rows, { data: parts[i] as Buffer }) as NumberColumn;
    const from = Math.max(start, chunk.firstRow) - chunk.firstRow;
    const to = Math.min(end, chunk.firstRow + chunk.rows) - chunk.firstRow;
    values.set(column.values.subarray(from, to), chunk.firstRow + from - start);
  }
  return Buffer.from(values.buffer);
}

/** @throws NOT_ALIGNED where the vectors are of different lengths */
export function checkLengths(a: TableSnapshot, b: TableSnapshot): void {
  if (a.rows === b.rows) return;
  const message = `vector "${a.name}" has ${a.rows} values and "${b.name}" ${b.rows}`;
  throw new ShardfoldError('NOT_ALIGNED', message, { hint: 'both operands need as many values' });
}

/** Whether two vectors lie chunk by chunk in the same slots, with as many rows in each. */
export function areAligned(a: TableSnapshot, b: TableSnapshot): boolean {
  const sameRows = a.chunks.length === b.chunks.length && a.chunks.every(({ rows }, i) => rows === b.chunks[i]?.rows);
  return sameRows && (a.seed === b.seed || a.chunks.length === 0);
}

/** `other` as an operand beside the chunks of `home`. */
export function sourceBeside(link: ClusterLink, home: TableSnapshot, other: TableSnapshot): Source {
  return areAligned(home, other) ? new Resident(other) : new Travelling(link, other);
}
