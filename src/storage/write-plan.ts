/** What a write is told to do, and what follows from that and from the table as it is. */
import type { ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { newId } from './keys.js';
import type { Head, PartRef } from './manifest-head.js';
import { type MatrixLayout, matrixLayout } from './matrix-layout.js';
import { seedOf } from './placement.js';
import { type FieldSpec, makeSchema, matchSchema } from './schema.js';
import type { TableRef } from './staging.js';
import { CHUNK_ROWS, type Schema, type TableSnapshot } from './types.js';

export interface WriterOptions {
  readonly fields: readonly FieldSpec[];
  /** `create` fails where the table exists, `append` where it does not; `replace` makes it if need be. */
  readonly mode: 'create' | 'append' | 'replace';
  /** The most rows of a chunk, by default 65,024. An append goes on with the table's own. */
  readonly chunkRows?: number;
  /** Name of a table beside whose chunks those of this one shall lie, chunk j beside chunk j, with as many rows. */
  readonly alignWith?: string;
  /** An append with an id that counts already changes nothing; the last 1,024 ids of a table are known. */
  readonly appendId?: string;
  /** How many replicas of every shard must confirm the writes before they are published; by default none. */
  readonly waitReplicas?: number;
  /** How long a writer that does not move holds its chunks; by default 30 s. */
  readonly leaseMs?: number;
  /**
   * How long an old version stays for those who read it; by default 5 minutes. It is also what saves the table where a failover
   * takes back a version that no replica had yet: with 0, the chunks of the one before are gone by then (see waitReplicas).
   */
  readonly graceMs?: number;
}

/** What rooms of this package may ask for besides. */
export interface StagingOptions extends WriterOptions {
  /** Under which its chunks are placed, where they shall lie beside others than the first ones of a table; not with an append. */
  readonly placementSeed?: number;
}

export const DEFAULT_GRACE_MS = 300_000;
export const DEFAULT_LEASE_MS = 30_000;
/** So long a dead writer's keys would stay; and timers of Node end at 24 days. */
const LONGEST_LEASE_MS = 86_400_000;

/** The version that an append goes on from. */
export interface AppendBase {
  readonly snapshot: TableSnapshot;
  readonly head: Head;
  readonly pages: readonly PartRef[];
}

/** What was decided when the write was staged. */
export interface WritePlan {
  readonly name: string;
  readonly table: TableRef;
  readonly writeId: string;
  /** The newest version when the write began; 0 for a new table. */
  readonly baseVersion: number;
  /** For an append alone. */
  readonly base?: AppendBase;
  /** The matrix that is appended to: its base holds one, and so must what is published. */
  readonly appendedMatrix?: MatrixLayout;
  /** How many chunks of the base stay as they are, before those of this write. */
  readonly kept: number;
  readonly schema: Schema;
  readonly seed: number;
  readonly chunkRows: number;
  /** The most rows of each chunk. */
  readonly rowsOfChunk: (index: number) => number;
  readonly appendId?: string;
  readonly waitReplicas: number;
  readonly graceMs: number;
}

/** The table that a write goes to. */
export interface Target {
  readonly tableId: string;
  /** Its hash does not exist yet. */
  readonly isNew: boolean;
  readonly head: Head | undefined;
  readonly base: AppendBase | undefined;
}

/** Decides where the chunks of a write will lie and what stays. @throws SCHEMA_MISMATCH, INVALID_ARGUMENT */
export function planWrite(
  link: ClusterLink,
  name: string,
  options: StagingOptions,
  target: Target & { aligned: TableSnapshot | undefined },
): WritePlan {
  const { tableId, head, base, aligned } = target;
  const seed = base?.head.seed ?? options.placementSeed ?? aligned?.seed ?? head?.seed ?? seedOf(name);
  if (aligned && aligned.seed !== seed) {
    throw new ShardfoldError('INVALID_ARGUMENT', `table "${name}" lies otherwise than "${aligned.name}" already`, {
      hint: 'alignment is decided when a table is made or replaced, not when it is appended to',
    });
  }
  if (base) matchSchema(base.snapshot.schema, options.fields, name);
  const chunkRows = base?.snapshot.chunkRows ?? options.chunkRows ?? aligned?.chunkRows ?? CHUNK_ROWS;
  const matrix = base && matrixLayout(base.snapshot);
  // Of one that its user made as a table, a full chunk might end within a row.
  const mostRows = matrix ? matrix.blockRows * matrix.cols : chunkRows;
  const last = base?.snapshot.chunks.at(-1);
  const chunks = base?.snapshot.chunks.length ?? 0;
  return {
    name,
    table: { link, tableId },
    writeId: newId(),
    baseVersion: head?.version ?? 0,
    ...(base && { base }),
    ...(matrix && { appendedMatrix: matrix }),
    kept: last && last.rows < mostRows ? chunks - 1 : chunks,
    schema: base?.snapshot.schema ?? makeSchema(options.fields),
    seed,
    chunkRows,
    rowsOfChunk: (index) => {
      // A row of a matrix lies in one chunk, whatever lies beside it.
      if (matrix) return mostRows;
      // The last chunk of the other table may be short because its rows end there.
      const beside = aligned && index < aligned.chunks.length - 1 ? aligned.chunks[index] : undefined;
      return beside?.rows ?? chunkRows;
    },
    ...appendIdOf(options),
    waitReplicas: options.waitReplicas ?? 0,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
  };
}

/** The append id as an option, where there is one. */
export function appendIdOf({ appendId }: WriterOptions): { appendId?: string } {
  return appendId === undefined ? {} : { appendId };
}

const MODES = ['create', 'append', 'replace'];

/** @throws INVALID_ARGUMENT */
export function checkMode(mode: unknown): asserts mode is WriterOptions['mode'] {
  if (MODES.includes(mode as string)) return;
  const shown = typeof mode === 'string' ? `'${mode}'` : String(mode);
  throw new ShardfoldError('INVALID_ARGUMENT', `mode is ${shown}; one of ${MODES.join(', ')}`, {
    hint: "mode: 'create' is the default",
  });
}

/** @throws INVALID_ARGUMENT */
export function checkOptions({
  chunkRows,
  appendId,
  mode,
  waitReplicas = 0,
  leaseMs = 1,
  graceMs = 0,
}: WriterOptions): void {
  const fail = (message: string, hint: string): never => {
    throw new ShardfoldError('INVALID_ARGUMENT', message, { hint });
  };
  checkMode(mode);
  if (chunkRows !== undefined && !(Number.isInteger(chunkRows) && chunkRows >= 1 && chunkRows <= CHUNK_ROWS)) {
    fail(`chunkRows is ${chunkRows}`, `a whole number from 1 to ${CHUNK_ROWS}`);
  }
  if (appendId !== undefined && (mode !== 'append' || typeof appendId !== 'string' || appendId === '')) {
    fail('appendId goes with an append, and is not empty', "mode: 'append', or leave it out");
  }
  if (!(Number.isInteger(waitReplicas) && waitReplicas >= 0)) fail(`waitReplicas is ${waitReplicas}`, '0, 1, 2 …');
  if (!(leaseMs > 0 && leaseMs <= LONGEST_LEASE_MS && graceMs >= 0)) {
    fail('leaseMs and graceMs are milliseconds', `a lease of more than 0, and of ${LONGEST_LEASE_MS} at most`);
  }
}
