/**
 * Who computes what when: each shard works through its own chunks, at most a few calls in its queue, each call of about a
 * millisecond. Queueing more would not make a job faster, and stalls everybody else (measured: 16 calls of 1 ms in flight
 * raise the p99 of a foreground GET from 3 to 23 ms).
 */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { UNITS, type Units } from '../codegen/units.js';
import type { ChunkMeta } from '../storage/types.js';
import { RoundTrips } from './round-trips.js';

/** An aligned run of units of one chunk: 1, 2, 4 or 8 of them, the last possibly past the chunk's end. */
export interface Task {
  readonly chunk: ChunkMeta;
  readonly firstUnit: number;
  readonly units: number;
  readonly firstRow: number;
  readonly rows: number;
}

export interface ScheduleOptions {
  readonly maxInFlight: number;
  /** Fixed number of units a call (1, 2, 4 or 8); adapts where absent. */
  readonly sliceUnits: number | undefined;
  /** Microseconds that a call takes before its first row. */
  readonly overheadUs?: number;
  /** How rows are cut; into units of 8,128 where absent. */
  readonly units?: Units;
  /** Whether chunks are taken whole from now on, because they are pulled. */
  wholeChunks(): boolean;
}

/** Microseconds of server time that a call should take. */
const TARGET_US = 1000;
/** Until something has been measured. */
const FIRST_UNITS = 1;

/** How many units a shard's next call takes, from what the last ones took. */
export class Pace {
  readonly #fixed: number | undefined;
  readonly #overheadUs: number;
  readonly #unitRows: number;
  readonly trips = new RoundTrips();
  #usPerUnit: number | undefined;

  /** @param overheadUs what a call takes before its first row: where it is much, its rows are to take half as long */
  constructor(fixed: number | undefined, overheadUs = 0, unitRows = UNITS.rows) {
    this.#fixed = fixed;
    this.#unitRows = unitRows;
    this.#overheadUs = overheadUs;
  }

  get units(): number {
    if (this.#fixed !== undefined) return this.#fixed;
    const wanted = Math.max(TARGET_US - this.#overheadUs, this.#overheadUs / 2);
    if (this.#usPerUnit === undefined) return wanted > TARGET_US ? 4 * FIRST_UNITS : FIRST_UNITS;
    const fitting = wanted / this.#usPerUnit;
    return fitting >= 8 ? 8 : fitting >= 4 ? 4 : fitting >= 2 ? 2 : 1;
  }

  measured(rows: number, microseconds: number): void {
    if (rows < this.#unitRows / 2) return;
    const now = (Math.max(microseconds - this.#overheadUs, microseconds / 4) / rows) * this.#unitRows;
    this.#usPerUnit = this.#usPerUnit === undefined ? now : 0.7 * this.#usPerUnit + 0.3 * now;
  }
}

/** The slices of a shard's chunks, cut as they are asked for. */
class ShardQueue {
  readonly pace: Pace;
  readonly #chunks: ChunkMeta[];
  readonly #units: Units;
  #unit = 0;

  constructor(chunks: ChunkMeta[], { sliceUnits, overheadUs = 0, units = UNITS }: ScheduleOptions) {
    this.#chunks = chunks.reverse();
    this.#units = units;
    this.pace = new Pace(sliceUnits, overheadUs, units.rows);
  }

  next(whole: boolean): Task | undefined {
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return undefined;
    const { rows: unitRows, perChunk } = this.#units;
    let units = whole && this.#unit === 0 ? perChunk : this.pace.units;
    while (this.#unit % units !== 0) units /= 2;
    const firstUnit = this.#unit;
    const firstRow = firstUnit * unitRows;
    const rows = Math.min(units * unitRows, chunk.rows - firstRow);
    this.#unit += units;
    if (this.#unit * unitRows >= chunk.rows) {
      this.#chunks.pop();
      this.#unit = 0;
    }
    return { chunk, firstUnit, units, firstRow, rows };
  }
}

/** What a shard has to do, handed out piece by piece. */
export interface ShardWork<Item> {
  readonly trips: RoundTrips;
  next(): Item | undefined;
  measured(item: Item, microseconds: number): void;
}

/**
 * Runs all slices of the chunks. The first failure stops dispatch and ends what waits under the inner context at once, so
 * that an error does not wait for the retries of other shards.
 * @param run computes a slice under the inner context and tells the microseconds it took in the shard, 0 where none did
 */
export async function runTasks(
  link: ClusterLink,
  chunks: readonly ChunkMeta[],
  options: ScheduleOptions & { readonly context: CallContext },
  run: (task: Task, shard: string, context: CallContext) => Promise<number>,
): Promise<void> {
  const work = new Map(
    [...chunksByShard(link, chunks)].map(([shard, list]) => {
      const queue = new ShardQueue(list, options);
      return [
        shard,
        {
          trips: queue.pace.trips,
          next: () => queue.next(options.wholeChunks()),
          measured: (task: Task, microseconds: number) => queue.pace.measured(task.rows, microseconds),
        },
      ] as const;
    }),
  );
  return runWork(work, options, run);
}

/** The chunks of each shard, in their order. */
export function chunksByShard(link: ClusterLink, chunks: readonly ChunkMeta[]): Map<string, ChunkMeta[]> {
  const byShard = new Map<string, ChunkMeta[]>();
  for (const chunk of chunks) {
    const { address } = link.ownerOf(chunk.slot);
    const list = byShard.get(address);
    if (list) list.push(chunk);
    else byShard.set(address, [chunk]);
  }
  return byShard;
}

/** Runs what the shards have to do; otherwise as `runTasks`. */
export async function runWork<Item>(
  work: ReadonlyMap<string, ShardWork<Item>>,
  options: Pick<ScheduleOptions, 'maxInFlight'> & { readonly context: CallContext },
  run: (item: Item, shard: string, context: CallContext) => Promise<number>,
): Promise<void> {
  const failures: unknown[] = [];
  const { context, stop } = stoppable(options.context);
  const step = async (shard: string, queue: ShardWork<Item>, item: Item, alone: boolean): Promise<void> => {
    try {
      context.check();
      const started = performance.now();
      const microseconds = await run(item, shard, context);
      if (alone) queue.trips.noted(((performance.now() - started) * 1000 - microseconds) / microseconds);
      queue.measured(item, microseconds);
      context.progress();
    } catch (error) {
      failures.push(error);
      stop();
    }
  };
  const drain = (shard: string, queue: ShardWork<Item>): Promise<void> =>
    new Promise((resolve) => {
      let running = 0;
      const fill = (): void => {
        while (running === 0 || running < queue.trips.inFlight(options.maxInFlight)) {
          const item = failures.length === 0 ? queue.next() : undefined;
          if (item === undefined) break;
          running += 1;
          void step(shard, queue, item, running === 1).then(() => {
            running -= 1;
            fill();
          });
        }
        if (running === 0) resolve();
      };
      fill();
    });
  await Promise.all([...work].map(([shard, queue]) => drain(shard, queue)));
  if (failures.length > 0) throw failures[0];
}

/** A context under the given one, and the means to end all that waits under it. */
export function stoppable(outer: CallContext): { readonly context: CallContext; stop(): void } {
  const controller = new AbortController();
  const signal = outer.signal ? AbortSignal.any([outer.signal, controller.signal]) : controller.signal;
  return { context: { ...outer, signal }, stop: () => controller.abort() };
}

/** Height of a task's node in the merge tree, and its index there. */
export function nodeOf(
  { chunk, firstUnit, units }: Task,
  { perChunk }: Units = UNITS,
): readonly [height: number, index: number] {
  return [Math.log2(units), (chunk.index * perChunk + firstUnit) / units];
}
