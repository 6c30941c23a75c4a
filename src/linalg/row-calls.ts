/** Calls over the rows of a matrix: each shard goes through its own blocks, a run of rows a call. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Side } from '../engine/receipt.js';
import { RoundTrips } from '../engine/round-trips.js';
import { chunksByShard, runWork } from '../engine/schedule.js';
import type { ChunkMeta } from '../storage/types.js';
import type { Work } from './matrix-elementwise.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { type VectorReceipt, VectorReceiptBuilder } from './receipt.js';
import { Resident } from './sources.js';

/** Rows of a block that one call takes. */
export interface RowCall {
  readonly chunk: ChunkMeta;
  /** Within the block. */
  readonly firstRow: number;
  readonly rows: number;
  /** Number of the call within its block. */
  readonly step: number;
  /** How often the rows were gone over before. */
  readonly lap: number;
}

export interface RowPlan {
  /** Rows of a call: from the shape and the blocks alone, so that sums do not depend on how fast the shards are. */
  readonly rowsOfCall: number;
  /** How often all rows are gone over; 1 where absent. */
  readonly laps?: number;
  /** The rows of the matrix that are gone over, end exclusive; all where absent. */
  readonly rows?: { readonly from: number; readonly to: number };
}

/** What is accounted for while a matrix is gone over, once or in several parts. */
export class RowAccount {
  readonly receipt: VectorReceiptBuilder;
  readonly #work: Work;
  readonly #left: Map<number, number>;
  readonly #total: number;
  #calls = 0;
  #done = 0;

  constructor(work: Work, matrix: MatrixSnapshot, laps: number) {
    this.#work = work;
    this.receipt = new VectorReceiptBuilder(matrix.table, [new Resident(matrix.table)]);
    this.#left = new Map(matrix.table.chunks.map(({ index, rows }) => [index, (rows / matrix.cols) * laps]));
    this.#total = matrix.rows * laps;
  }

  /** Rows that came here instead. */
  pulled(link: ClusterLink, matrix: MatrixSnapshot, rows: { readonly from: number; readonly to: number }): void {
    for (const chunk of matrix.table.chunks) {
      for (const call of callsOf(matrix, chunk, { rows, rowsOfCall: matrix.rows })) {
        this.done(call, link.ownerOf(chunk.slot).address, 'client');
      }
    }
  }

  done({ chunk, rows }: RowCall, shard: string, side: Side = 'shards'): void {
    const left = (this.#left.get(chunk.index) as number) - rows;
    this.#left.set(chunk.index, left);
    if (left === 0) this.receipt.computed(shard, side);
    this.#calls += 1;
    this.#done += rows;
    const share = this.#done / this.#total;
    const unitsTotal = Math.ceil(this.#calls / share);
    this.#work.run.onProgress?.({
      unitsDone: this.#calls,
      unitsTotal,
      rowsDone: this.#done,
      rowsTotal: this.#total,
    });
  }

  finish(): VectorReceipt {
    return this.receipt.done(this.#work.context);
  }
}

/** The calls that a plan makes of a block. */
export function* callsOf(matrix: MatrixSnapshot, chunk: ChunkMeta, plan: RowPlan, lap = 0): Generator<RowCall> {
  const first = chunk.firstRow / matrix.cols;
  const from = Math.max(0, (plan.rows?.from ?? 0) - first);
  const to = Math.min(chunk.rows / matrix.cols, (plan.rows?.to ?? matrix.rows) - first);
  let step = 0;
  for (let firstRow = from; firstRow < to; firstRow += plan.rowsOfCall) {
    yield { chunk, firstRow, rows: Math.min(plan.rowsOfCall, to - firstRow), step: step++, lap };
  }
}

/**
 * Makes all calls of a plan, at most a few of them in a shard's queue.
 * @param make makes a call and tells the microseconds that it took in the shard
 */
export async function overRows(
  { link, run, context }: Work,
  matrix: MatrixSnapshot,
  { account, ...plan }: RowPlan & { readonly account: RowAccount },
  make: (call: RowCall, shard: string, context: CallContext) => Promise<number>,
): Promise<void> {
  const work = new Map(
    [...chunksByShard(link, matrix.table.chunks)].map(([shard, chunks]) => {
      const calls = allCalls(matrix, chunks, plan);
      const next = (): RowCall | undefined => calls.next().value ?? undefined;
      return [shard, { trips: new RoundTrips(), next, measured: () => undefined }] as const;
    }),
  );
  await runWork(work, { maxInFlight: run.maxInFlight, context }, async (call: RowCall, shard, inner) => {
    const microseconds = await make(call, shard, inner);
    account.done(call, shard);
    return microseconds;
  });
}

function* allCalls(matrix: MatrixSnapshot, chunks: readonly ChunkMeta[], plan: RowPlan): Generator<RowCall, undefined> {
  for (let lap = 0; lap < (plan.laps ?? 1); lap++) {
    for (const chunk of chunks) yield* callsOf(matrix, chunk, plan, lap);
  }
  return undefined;
}
