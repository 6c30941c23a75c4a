/**
 * A write in steps: stage, put chunks (or note chunks that a kernel wrote in place), publish or abort. Nothing that a reader
 * sees changes before `publish`, and a writer that dies at any step leaves only keys that a collector finds.
 */
import { slotOf } from '../cluster/slots.js';
import type { CallContext } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { EncodedChunk } from './chunk-builder.js';
import { collectTable } from './collect.js';
import { chunkKey, manifestKey, tableKey } from './keys.js';
import type { Lease } from './lease.js';
import type { Head, PartRef } from './manifest-head.js';
import { readSnapshot } from './manifest-read.js';
import { bytesOf, type Manifest, makeManifest } from './manifest-write.js';
import { placeChunk } from './placement.js';
import { awaitReplicas, confirmChunks } from './settle.js';
import { abort, drop, forgetName, type Outcome, publish, type TableRef } from './staging.js';
import type { ChunkMeta, ColumnChunk, Schema, TableSnapshot } from './types.js';

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

/** How much may be on its way to the servers at once: so many bytes (or one chunk that is larger), and so many chunks. */
const BYTES_IN_FLIGHT = 8 * 1024 * 1024;
const CHUNKS_IN_FLIGHT = 16;

export class TableWriter {
  readonly plan: WritePlan;
  readonly #lease: Lease;
  readonly #context: CallContext;
  readonly #made = new Map<number, ChunkMeta>();
  readonly #inFlight = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #nextIndex: number;
  #bytes = 0;
  #bytesInFlight = 0;

  constructor(plan: WritePlan, lease: Lease, context: CallContext) {
    this.plan = plan;
    this.#lease = lease;
    this.#context = context;
    this.#nextIndex = plan.kept;
  }

  /** Bytes of the values written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The keys of a column of a chunk of this write; which of them exist is for whoever writes them to say. */
  keysOf(index: number, column: number): { data: string; validity: string; dictionary: string } {
    const { table, writeId, schema, seed } = this.plan;
    const id = schema[column]?.id;
    if (id === undefined) throw new RangeError(`there is no column ${column}`);
    const { tag } = placeChunk(seed, index);
    const address = { prefix: table.link.prefix, tableId: table.tableId, tag, writeId, index };
    return {
      data: chunkKey(address, id, 'data'),
      validity: chunkKey(address, id, 'validity'),
      dictionary: chunkKey(address, id, 'dictionary'),
    };
  }

  /** Declares chunks up to `end` (exclusive) before any of their keys is written, by `put` or by a kernel. */
  async reserve(end: number): Promise<void> {
    await this.#lease.reserve(end, this.#context);
  }

  /** Sends the next chunk on its way; waits while too many are. @returns its index */
  async put(chunk: EncodedChunk): Promise<number> {
    const index = this.#nextIndex++;
    await this.#explained(() => this.reserve(index + 1));
    const columns = chunk.columns.map(({ meta }) => meta);
    const bytes = bytesOf({ columns });
    while (this.#isBusy(bytes)) await Promise.race(this.#inFlight);
    this.#throwFailure();
    this.note(index, chunk.rows, columns);
    this.#bytesInFlight += bytes;
    const sending = this.#send(index, chunk)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#bytesInFlight -= bytes;
        this.#inFlight.delete(sending);
      });
    this.#inFlight.add(sending);
    return index;
  }

  /** Notes a chunk whose keys are written already (by a kernel, in the shard). It must have been reserved before. */
  note(index: number, rows: number, columns: readonly ColumnChunk[]): void {
    const { seed, writeId } = this.plan;
    const chunk = { ...placeChunk(seed, index), index, writeId, rows, firstRow: 0, columns };
    this.#made.set(index, chunk);
    this.#nextIndex = Math.max(this.#nextIndex, index + 1);
    this.#bytes += bytesOf(chunk);
  }

  /**
   * Makes the chunks the table's newest version.
   * @returns undefined where the append id counts already: then nothing was published, and `abort` tidies up
   * @throws WRITE_CONFLICT where another writer was first, STAGING_EXPIRED where a collector took this write for dead,
   *   CLUSTER_DOWN where a failover lost some of its keys. Nothing is published then; call `abort`.
   */
  async publish(): Promise<TableSnapshot | undefined> {
    const { table, name } = this.plan;
    const manifest = await this.#explained(() => this.#prepare());
    const outcome = await this.#explained(() => this.#switch(manifest));
    await this.#lease.end();
    if (outcome.duplicate) return undefined;
    await this.#confirmVersion(outcome.version);
    const snapshot = await readSnapshot(table.link, { name, tableId: table.tableId }, manifest.head, this.#context);
    if (!snapshot)
      throw new ShardfoldError('VERSION_COLLECTED', `version ${outcome.version} of "${name}" is gone already`);
    await this.#tidy();
    return snapshot;
  }

  /** Gives the write up and deletes its keys; a write that was published stays. */
  async abort(): Promise<void> {
    await this.#lease.end();
    await Promise.all(this.#inFlight);
    const { name, table, writeId, baseVersion, graceMs } = this.plan;
    // A context of its own: the write's may be what ended it.
    const context = table.link.context();
    if (!(await abort(table, writeId, context))) return;
    // A table that was never published and that nobody else is making would only hold its name.
    if (baseVersion === 0 && (await drop(table, 'unpublished', context))) await forgetName(table, name, context);
    await collectTable(table, { graceMs }, context);
  }

  #isBusy(bytes: number): boolean {
    const chunks = this.#inFlight.size;
    return chunks >= CHUNKS_IN_FLIGHT || (chunks > 0 && this.#bytesInFlight + bytes > BYTES_IN_FLIGHT);
  }

  #madeInOrder(): ChunkMeta[] {
    const made = [...this.#made.values()].sort((a, b) => a.index - b.index);
    const gap = made.findIndex(({ index }, k) => index !== this.plan.kept + k);
    if (gap >= 0) throw new RangeError(`chunk ${this.plan.kept + gap} was never written`);
    return made;
  }

  /** All that comes before the one step that readers see. */
  async #prepare(): Promise<Manifest> {
    await Promise.all(this.#inFlight);
    this.#throwFailure();
    await this.#lease.confirm(this.#context);
    const { table, baseVersion, base, waitReplicas } = this.plan;
    const made = this.#madeInOrder();
    const slots = made.map(({ slot }) => slot);
    await awaitReplicas(table.link, slots, waitReplicas, this.#context);
    await confirmChunks(table, made, this.#context);
    const kept = base?.snapshot.chunks.slice(0, made.length > 0 ? this.plan.kept : undefined) ?? [];
    const before = base && { schema: base.head.schema, pages: base.pages, kept: kept.length };
    const manifest = makeManifest({
      ...this.plan,
      version: baseVersion + 1,
      chunks: [...kept, ...made],
      ...(before && { before }),
    });
    await Promise.all(manifest.parts.map(([ref, bytes]) => this.#set(this.#partKey(ref), bytes)));
    return manifest;
  }

  async #confirmVersion(version: number): Promise<void> {
    const { table, name, waitReplicas } = this.plan;
    const home = slotOf(tableKey(table.link.prefix, table.tableId));
    await awaitReplicas(table.link, [home], waitReplicas, this.#context).catch((error: unknown) => {
      if (!(error instanceof ShardfoldError)) throw error;
      const { code, message, hint = '', shard = '' } = error;
      const published = `version ${version} of table "${name}" is published, but a failover may still take it back`;
      throw new ShardfoldError(code, `${published}: ${message}`, { hint, shard, slot: home, cause: error });
    });
  }

  #switch({ headBytes, parts }: Manifest): Promise<Outcome> {
    const { table, writeId, baseVersion, appendId } = this.plan;
    const keys = parts.map(([ref]) => this.#partKey(ref));
    const options = { writeId, base: baseVersion, head: headBytes, parts: keys };
    return publish(table, { ...options, ...(appendId !== undefined && { appendId }) }, this.#context);
  }

  #partKey({ part }: PartRef): string {
    const { link, tableId } = this.plan.table;
    return manifestKey(link.prefix, tableId, part);
  }

  /** Runs a step, and says of what ends it that nothing was published. */
  async #explained<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof ShardfoldError) || !EXPLAINED.has(error.code)) throw error;
      const { slot, shard } = error;
      const message = `nothing was published of this write to table "${this.plan.name}": ${error.message}`;
      throw new ShardfoldError(error.code, message, {
        hint: error.hint ?? 'run it again',
        ...(slot !== undefined && { slot }),
        ...(shard !== undefined && { shard }),
        cause: error,
      });
    }
  }

  /** A collection that fails now is made up for after the next publish, or by fsck: the write itself has succeeded. */
  async #tidy(): Promise<void> {
    const { table, graceMs } = this.plan;
    await collectTable(table, { graceMs }, this.#context).catch((error: unknown) => {
      process.emitWarning(`old versions of "${this.plan.name}" were not collected: ${error}`, 'ShardfoldWarning');
    });
  }

  async #send(index: number, chunk: EncodedChunk): Promise<void> {
    const sets = chunk.columns.flatMap(({ data, validity, dictionary }, column) => {
      const keys = this.keysOf(index, column);
      return [
        this.#set(keys.data, data),
        ...(validity ? [this.#set(keys.validity, validity)] : []),
        ...(dictionary ? [this.#set(keys.dictionary, dictionary)] : []),
      ];
    });
    await Promise.all(sets);
  }

  async #set(key: string, value: Buffer): Promise<void> {
    const command = ['SET', key, value];
    await this.plan.table.link.call({ key, command, readOnly: false, idempotent: true }, this.#context);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

const EXPLAINED = new Set(['WRITE_CONFLICT', 'STAGING_EXPIRED', 'TABLE_NOT_FOUND', 'CLUSTER_DOWN']);
