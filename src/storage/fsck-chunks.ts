/** Does every key of a version exist, with its length and its checksum? Computed in the shards: no data travels. */
import type { CallContext, ClusterLink } from '../cluster/types.js';
import { concurrently } from './concurrently.js';
import type { Finding } from './fsck-report.js';
import { expectedKeys } from './read.js';
import { type KeyState, verifyKeys } from './staging.js';
import type { ChunkMeta, TableSnapshot } from './types.js';

/** What one call looks at: about a millisecond of SHA-1, or a single key where that is longer. */
const SLICE_BYTES = 512 * 1024;
const CALLS_IN_FLIGHT = 2;

interface Expected {
  readonly key: string;
  readonly bytes: number;
  readonly checksum: number;
  readonly chunk: ChunkMeta;
  readonly column: string;
}

export interface ChunkCheck {
  readonly keys: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Looks at all keys of a version, two calls in flight a shard. */
export async function checkChunks(
  link: ClusterLink,
  snapshot: TableSnapshot,
  context: CallContext,
): Promise<ChunkCheck> {
  let [keys, bytes] = [0, 0];
  const findings: Finding[] = [];
  const byShard = new Map<string, ChunkMeta[]>();
  for (const chunk of snapshot.chunks) {
    const { id } = link.ownerOf(chunk.slot);
    const chunks = byShard.get(id) ?? [];
    byShard.set(id, chunks);
    chunks.push(chunk);
  }
  const check = async (slice: readonly Expected[]) => {
    const names = slice.map(({ key }) => key);
    const states = await verifyKeys(link, names, 'checksum', context);
    for (const [k, expected] of slice.entries()) {
      const state = states[k] as KeyState;
      keys++;
      bytes += state.length ?? 0;
      const problem = problemOf(expected, state);
      if (problem) findings.push(describe(link, snapshot, expected, problem));
    }
  };
  await Promise.all(
    [...byShard.values()].map((chunks) => concurrently(slices(snapshot, chunks), CALLS_IN_FLIGHT, check)),
  );
  findings.sort((a, b) => (a.chunk ?? 0) - (b.chunk ?? 0));
  return { keys, bytes, findings };
}

/** Keys of one chunk, hence of one slot, up to a slice's bytes. */
function* slices(snapshot: TableSnapshot, chunks: readonly ChunkMeta[]): Generator<Expected[]> {
  for (const chunk of chunks) {
    let slice: Expected[] = [];
    let bytes = 0;
    for (const expected of keysOfChunk(snapshot, chunk)) {
      if (slice.length > 0 && bytes + expected.bytes > SLICE_BYTES) {
        yield slice;
        [slice, bytes] = [[], 0];
      }
      slice.push(expected);
      bytes += expected.bytes;
    }
    if (slice.length > 0) yield slice;
  }
}

function keysOfChunk(snapshot: TableSnapshot, chunk: ChunkMeta): Expected[] {
  return chunk.columns.flatMap((meta, k) =>
    expectedKeys(snapshot, chunk, k).map(({ key, kind, bytes }) => {
      const checksums = {
        data: meta.checksum,
        validity: meta.validityChecksum,
        dictionary: meta.dictionaryChecksum,
      };
      return { key, bytes, checksum: checksums[kind], chunk, column: snapshot.schema[k]?.name ?? '' };
    }),
  );
}

function problemOf({ bytes, checksum }: Expected, state: KeyState): string | undefined {
  if (state.length === undefined) return 'is missing';
  if (state.length !== bytes) return `has ${state.length} bytes instead of ${bytes}`;
  return state.checksum === checksum ? undefined : 'holds other bytes than were written: their checksum differs';
}

function describe(link: ClusterLink, snapshot: TableSnapshot, expected: Expected, problem: string): Finding {
  const { key, chunk, column } = expected;
  const shard = link.ownerOf(chunk.slot).address;
  return {
    code: 'DATA_LOSS',
    table: snapshot.name,
    chunk: chunk.index,
    slot: chunk.slot,
    shard,
    column,
    key,
    message: `table "${snapshot.name}", chunk ${chunk.index}, column "${column}": key ${key} ${problem} on ${shard} (slot ${chunk.slot})`,
    repaired: false,
  };
}
