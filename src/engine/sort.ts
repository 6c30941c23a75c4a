/**
 * All rows in an order, with bounded memory. What fits is fetched once, sorted part by part, and merged. What does not fit is sorted
 * in passes: splitters found by counting cut the order into ranges that fit, and a pass fetches the rows of one range after the other.
 */

import type { Entry } from '../codegen/rows-entries.js';
import type { OrderBy } from '../codegen/rows-shape.js';
import type { Physical } from '../expr/typed.js';
import { compareBy } from './compare.js';
import { type Columns, isLocal } from './local-table.js';
import { bytesHeld, SORT_MEMORY } from './order-way.js';
import { type Receipt, ReceiptBuilder } from './receipt.js';
import { scanRows } from './scan.js';
import type { RowWork } from './scan-spec.js';
import { Taker } from './scan-take.js';
import { RangePasses } from './selection-ranges.js';
import { BATCH_ROWS, mergeRuns, type SortedBatch, sortBatch } from './sort-runs.js';
import { keysAsOutputs } from './top.js';

export interface SortOptions {
  /** Bytes of rows that are held at once; 512 MiB by default. */
  readonly memory?: number;
  /** Rows from the start of the order that are wanted; more may come. */
  readonly most?: number;
  /** Called with the number of rows that are held whenever it changes: how tests see the bound kept. */
  readonly onHeld?: (rows: number) => void;
}

/** Rows in order, in batches of up to 8,192; the receipt at the end. Rows that are equal come in the order of the table. */
export async function* sortRows(
  work: RowWork,
  order: readonly OrderBy[],
  options: SortOptions = {},
): AsyncGenerator<Columns, Receipt> {
  const batches = sortedBatches(work, order, options);
  let step = await batches.next();
  for (; !step.done; step = await batches.next()) yield step.value.columns;
  return step.value;
}

/** As `sortRows`, with the keys beside the columns, so that several results can be merged. */
export async function* sortedBatches(
  work: RowWork,
  order: readonly OrderBy[],
  options: SortOptions = {},
): AsyncGenerator<SortedBatch, Receipt> {
  const { memory = SORT_MEMORY, onHeld = () => undefined, most: wanted = Number.POSITIVE_INFINITY } = options;
  const { chunks, snapshot } = work.spec;
  const bytes = bytesHeld(work.spec, order);
  // Rows of a result that is kept here are held already.
  if (bytes <= memory || isLocal(snapshot)) return yield* atOnce(work, order, { most: wanted, onHeld });
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const most = Math.max(BATCH_ROWS, Math.floor((memory / bytes) * rows));
  return yield* inPasses(work, order, { most, onHeld });
}

type OnHeld = (rows: number) => void;

async function* atOnce(
  work: RowWork,
  order: readonly OrderBy[],
  { most, onHeld }: { most: number; onHeld: OnHeld },
): AsyncGenerator<SortedBatch, Receipt> {
  const { spec } = work;
  const compare = order.map(compareBy);
  const keys = order.map(({ expr }, k) => ({ name: `key ${k}`, type: 'float64' as const, expr }));
  const outputs = [...spec.outputs, ...keys];
  const parts = scanRows({ ...work, spec: { ...spec, outputs } }, { offset: 0, limit: undefined });
  const runs: SortedBatch[] = [];
  let held = 0;
  let worst: Physical | undefined;
  let step = await parts.next();
  for (; !step.done; step = await parts.next()) {
    const width = spec.outputs.length;
    const found = { columns: step.value.slice(0, width), keys: step.value.slice(width) };
    const batch = sortBatch(found, compare, { most, worst });
    // Whatever comes after the last wanted row of any chunk is not wanted.
    const last = batch.keys[0]?.[most - 1] as Physical | undefined;
    if (last !== undefined) worst = last;
    held += batch.keys[0]?.length ?? 0;
    runs.push(batch);
    onHeld(held);
  }
  yield* mergeRuns(runs.map(single), compare, most);
  onHeld(0);
  return step.value;
}

async function* single(batch: SortedBatch): AsyncGenerator<SortedBatch, void> {
  yield batch;
}

/** Samples from which splitters are drawn, for each range that is to be. */
const SAMPLES_A_RANGE = 64;
/** Ranges are meant to be smaller than what fits, since samples are not exact. */
const FILL = 0.75;

async function* inPasses(
  work: RowWork,
  order: readonly OrderBy[],
  { most, onHeld }: { most: number; onHeld: OnHeld },
): AsyncGenerator<SortedBatch, Receipt> {
  const receipt = new ReceiptBuilder(work.spec.snapshot);
  const passes = new RangePasses(work, order, receipt);
  const taker = new Taker(work, passes.side, receipt);
  const ends = await rangeEnds(passes, { most, onHeld });
  const entries = ends.flatMap((end) => end ?? []);
  for (let i = 0; i <= entries.length; i++) {
    const strides = ends.map((_, range) => (range === i ? 1 : 0));
    const found = (await passes.run(entries, strides, false)).rows[i] as readonly Entry[];
    onHeld(found.length);
    const columns = keysAsOutputs(work.spec, order, found) ?? (await taker.take(found.map(({ row }) => row)));
    for (let from = 0; from < found.length; from += BATCH_ROWS) {
      const batch = found.slice(from, from + BATCH_ROWS);
      yield {
        columns: columns.map((values) => values.slice(from, from + BATCH_ROWS)),
        keys: order.map((_, k) => batch.map(({ keys }) => keys[k] as Physical)),
      };
    }
  }
  onHeld(0);
  passes.finish();
  return receipt.finish(work.context.tally, passes.bytesStored);
}

/** The last entries of ranges that hold at most `most` rows each; undefined for the last. Equal keys are told apart by their rows. */
async function rangeEnds(
  passes: RangePasses,
  { most, onHeld }: { most: number; onHeld: OnHeld },
): Promise<(Entry | undefined)[]> {
  const stride = Math.max(1, Math.floor((most * FILL) / SAMPLES_A_RANGE));
  let ends: (Entry | undefined)[] = [undefined];
  let strides = [stride];
  for (;;) {
    const { counts, rows: samples } = await passes.run(
      ends.flatMap((end) => end ?? []),
      strides,
    );
    onHeld(samples.reduce((sum, list) => sum + list.length, 0));
    if (counts.every((count) => count <= most)) return ends;
    const next: { end: Entry | undefined; stride: number }[] = [];
    for (const [i, count] of counts.entries()) {
      const end = ends[i];
      const list = samples[i] as readonly Entry[];
      const pieces = count <= most ? 1 : Math.ceil(count / (most * FILL));
      // A range that came out too large is sampled before it is cut.
      const sampled = list.length > pieces;
      for (let k = 1; sampled && k < pieces; k++) {
        const splitter = list[Math.floor((k * list.length) / pieces)] as Entry;
        if (end === undefined || passes.compare(splitter, end) < 0) next.push({ end: splitter, stride: 0 });
      }
      next.push({
        end,
        stride: count <= most || sampled ? 0 : Math.max(1, Math.floor(count / pieces / SAMPLES_A_RANGE)),
      });
    }
    ends = next.map(({ end }) => end);
    strides = next.map((each) => each.stride);
  }
}
