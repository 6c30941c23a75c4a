/**
 * A write in steps: stage, put chunks (or note chunks that a kernel wrote in place), publish or abort. Nothing that a reader
 * sees changes before `publish`, and a writer that dies at any step leaves only keys that a collector finds.
 */
import type { CallContext } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { EncodedChunk } from './chunk-builder.js';
import { collectTable } from './collect.js';
import { chunkKey } from './keys.js';
import type { Lease } from './lease.js';
import { readSnapshot } from './manifest-read.js';
import { bytesOf, type Manifest, makeManifest } from './manifest-write.js';
import { Outbox } from './outbox.js';
import { placeChunk } from './placement.js';
import { awaitReplicas, confirmChunks } from './settle.js';
import { abort, drop, forgetName } from './staging.js';
import { confirmVersion, explained, partKey, switchVersion } from './switch.js';
import type { ChunkMeta, ColumnChunk, TableSnapshot } from './types.js';
import type { WritePlan } from './write-plan.js';

export class TableWriter {
  readonly plan: WritePlan;
  readonly #lease: Lease;
  readonly #context: CallContext;
  readonly #made = new Map<number, ChunkMeta>();
  readonly #outbox = new Outbox();
  #nextIndex: number;
  #bytes = 0;

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
    await explained(this.plan.name, () => this.reserve(index + 1));
    const columns = chunk.columns.map(({ meta }) => meta);
    await this.#outbox.send(bytesOf({ columns }), () => this.#send(index, chunk));
    this.note(index, chunk.rows, columns);
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
    const manifest = await explained(name, () => this.#prepare());
    const outcome = await switchVersion(this.plan, manifest, this.#context);
    await this.#lease.end();
    if (outcome.duplicate) return undefined;
    await confirmVersion(this.plan, outcome.version, this.#context);
    const snapshot = await readSnapshot(table.link, { name, tableId: table.tableId }, manifest.head, this.#context);
    if (!snapshot)
      throw new ShardfoldError('VERSION_COLLECTED', `version ${outcome.version} of "${name}" is gone already`, {
        hint: 'it was published, and another writer has replaced it since: read the table to see what it holds',
      });
    await this.#tidy();
    return snapshot;
  }

  /** Gives the write up and deletes its keys; a write that was published stays. */
  async abort(): Promise<void> {
    await this.#lease.end();
    await this.#outbox.drain();
    const { name, table, writeId, baseVersion, graceMs } = this.plan;
    // A context of its own: the write's may be what ended it.
    const context = table.link.context();
    if (!(await abort(table, writeId, context))) return;
    // A table that was never published and that nobody else is making would only hold its name.
    if (baseVersion === 0 && (await drop(table, 'unpublished', context))) await forgetName(table, name, context);
    await collectTable(table, { graceMs }, context);
  }

  #madeInOrder(): ChunkMeta[] {
    const made = [...this.#made.values()].sort((a, b) => a.index - b.index);
    const gap = made.findIndex(({ index }, k) => index !== this.plan.kept + k);
    if (gap >= 0) throw new RangeError(`chunk ${this.plan.kept + gap} was never written`);
    return made;
  }

  /** All that comes before the one step that readers see. */
  async #prepare(): Promise<Manifest> {
    await this.#outbox.settle();
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
    await Promise.all(manifest.parts.map(([ref, bytes]) => this.#set(partKey(table, ref), bytes)));
    return manifest;
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
}
