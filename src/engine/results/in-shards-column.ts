/** One column of one chunk, copied or made in the shard where the chunk lies. */

import type { CallContext, ClusterLink } from '../../cluster/types.js';
import { readWritten, type WriteScripts, type WrittenPart } from '../../codegen/write-kernel.js';
import { ShardfoldError } from '../../errors.js';
import { callFunction } from '../../functions/call.js';
import { mergeExtremes, type Zone, zoneOf } from '../../kernels/extremes.js';
import { expectedKeys } from '../../storage/read.js';
import { integerBounds } from '../../storage/schema.js';
import type { ChunkMeta, ColumnChunk, ColumnType, TableSnapshot } from '../../storage/types.js';
import { callKernel, KernelTooLarge, mayUse } from '../shard-side.js';

export interface Place {
  readonly link: ClusterLink;
  readonly snapshot: TableSnapshot;
  readonly chunk: ChunkMeta;
  /** Keys of the new column; those that it does not need stay away. */
  readonly keys: { readonly data: string; readonly validity: string; readonly dictionary: string };
  readonly context: CallContext;
  took(microseconds: number): void;
}

/** Rows that one call computes and writes: about 1 ms; a multiple of 8, for the bitmap. */
const PART_ROWS = 4096;

/** @throws DATA_LOSS where a key is not as the manifest says */
export async function copyColumn(
  { link, snapshot, chunk, keys: to, context }: Place,
  index: number,
): Promise<ColumnChunk> {
  for (const { key, kind, bytes } of expectedKeys(snapshot, chunk, index)) {
    const keys = [key, to[kind]];
    const call = { name: 'chunk_copy', key, keys, args: [`${bytes}`], readOnly: false, idempotent: true };
    await callFunction(link, call, context);
  }
  return chunk.columns[index] as ColumnChunk;
}

/** Makes a column part after part, then seals it. @throws KernelTooLarge where Lua cannot hold the expression */
export async function makeColumn(
  place: Place,
  { type, scripts }: { readonly type: ColumnType; readonly scripts: WriteScripts },
): Promise<ColumnChunk> {
  const { link, snapshot, chunk, keys, context } = place;
  const script = scripts.of(chunk);
  if (!mayUse(script)) throw new KernelTooLarge('this process has made 256 kernels already');
  const { encoding, base, top } = scripts.coding;
  const withBitmap = encoding === 'f64';
  const targets = withBitmap ? [keys.data, keys.validity] : [keys.data];
  let told: WrittenPart | undefined;
  for (let firstRow = 0; firstRow < chunk.rows; firstRow += PART_ROWS) {
    const slice = { chunk, firstRow, rows: Math.min(PART_ROWS, chunk.rows - firstRow) };
    const { lua, sha1, keys: read, columns } = script;
    const call = { lua, sha1, keys: read, columns, args: script.args(slice, [base, top]), targets };
    const [reply, microseconds, rows] = await callKernel({ link, snapshot, context }, call, slice);
    if (rows !== slice.rows) throw unaccounted(slice, rows);
    place.took(microseconds);
    const part = readWritten(reply);
    told = told ? { ...mergeExtremes(told, part), nulls: told.nulls + part.nulls } : part;
  }
  const written = told as WrittenPart;
  const nullCount = written.nulls;
  const width = { f64: 8, u16: 2, u8: 1 }[encoding];
  const validityBytes = withBitmap && nullCount > 0 ? (chunk.rows + 7) >> 3 : 0;
  const checksum = await seal(place, keys.data, width * chunk.rows);
  const validityChecksum = validityBytes > 0 ? await seal(place, keys.validity, validityBytes) : 0;
  // A bitmap is there only where there are nulls, which is known when all rows have been seen.
  if (withBitmap && validityBytes === 0) await remove(place, keys.validity);
  return {
    encoding,
    base,
    step: withBitmap ? 0 : 1,
    nullCount,
    bytes: width * chunk.rows,
    checksum,
    validityBytes,
    validityChecksum,
    dictionaryBytes: 0,
    dictionaryChecksum: 0,
    dictionaryEntries: 0,
    ...zoneIn(type, written, chunk),
  };
}

/** The zone map. @throws OUT_OF_RANGE where a value is none of the type's */
function zoneIn(type: ColumnType, written: WrittenPart, { index, rows, slot }: ChunkMeta): Zone | NoZone {
  if (written.nulls === rows) return { min: undefined, max: undefined };
  const zone = zoneOf(written) as Zone;
  const [low, high] = integerBounds(type) ?? [-Infinity, Infinity];
  if (zone.min < low || zone.max > high) {
    const value = zone.min < low ? zone.min : zone.max;
    throw new ShardfoldError('OUT_OF_RANGE', `${value} is no ${type} value (chunk ${index})`, { slot });
  }
  return zone;
}

interface NoZone {
  readonly min: undefined;
  readonly max: undefined;
}

/** Ends the writing of a key; its checksum is computed where it lies. */
async function seal({ link, context }: Place, key: string, bytes: number): Promise<number> {
  const call = { name: 'chunk_seal', key, keys: [key], args: [`${bytes}`], readOnly: false, idempotent: true };
  return ((await callFunction(link, call, context)) as Buffer).readUInt32LE(0);
}

async function remove({ link, context }: Place, key: string): Promise<void> {
  await link.call({ key, command: ['UNLINK', key], readOnly: false, idempotent: true }, context);
}

function unaccounted({ rows, chunk }: { rows: number; chunk: ChunkMeta }, seen: number): ShardfoldError {
  const message = `a kernel wrote ${seen} of ${rows} rows of chunk ${chunk.index}`;
  return new ShardfoldError('KERNEL_FAILED', message, { slot: chunk.slot, kernel: 'generated' });
}
