/** Parts of a matrix on their way out. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ReceiptBuilder } from '../engine/receipt.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { Stripe } from '../kernels/stripes.js';
import { decodeColumn, VALUE_BYTES } from '../storage/decode.js';
import { chunkKeys } from '../storage/keys.js';
import { missingChunkError } from '../storage/read.js';
import type { ChunkMeta, ColumnChunk, NumberColumn } from '../storage/types.js';
import { type MatrixSnapshot, showShape } from './matrix-open.js';
import { isWorthCutting, readStripe } from './matrix-stripe.js';
import type { Reduced } from './reduce.js';

/** Rows r0 … r1 and columns c0 … c1, the ends exclusive. */
export interface Area {
  readonly r0: number;
  readonly r1: number;
  readonly c0: number;
  readonly c1: number;
}

/** At most so many reads at once. */
const AT_ONCE = 8;

/**
 * The values of an area, row by row. Few columns are cut out in the shards; else whole rows are read.
 * @throws OUT_OF_RANGE where the matrix has no such rows or columns
 */
export async function readArea(
  link: ClusterLink,
  matrix: MatrixSnapshot,
  area: Area,
  context: CallContext,
): Promise<Reduced<Float64Array>> {
  checkArea(matrix, area);
  const { table, cols, blockRows: perBlock } = matrix;
  const { r0, r1, c0, c1 } = area;
  const receipt = new ReceiptBuilder(table);
  receipt.because('the values are asked for');
  const values = new Float64Array((r1 - r0) * (c1 - c0));
  const read = async (block: number): Promise<void> => {
    const first = block * perBlock;
    const [from, to] = [Math.max(r0, first), Math.min(r1, first + perBlock)];
    const chunk = table.chunks[block] as ChunkMeta;
    const count = to - from;
    const stripe = { cols, first: c0, width: c1 - c0 };
    if (count === 1 || isWorthCutting(count, stripe)) {
      const part = { chunk, firstRow: from - first, rows: count, stripe };
      const found =
        count === 1 ? await readPart(link, matrix, part, context) : await readStripe(link, matrix, part, context);
      values.set(found, (from - r0) * stripe.width);
    } else {
      const whole = { chunk, firstRow: from - first, rows: count, stripe: { cols, first: 0, width: cols } };
      const rows = await readPart(link, matrix, whole, context);
      for (let i = 0; i < count; i++) {
        values.set(rows.subarray(i * cols + c0, i * cols + c1), (from - r0 + i) * stripe.width);
      }
    }
    receipt.computed(link.ownerOf(chunk.slot).address, 'client');
  };
  const [firstBlock, lastBlock] = [Math.floor(r0 / perBlock), Math.ceil(r1 / perBlock)];
  const blocks = values.length === 0 ? [] : range(firstBlock, lastBlock);
  for (let i = 0; i < blocks.length; i += AT_ONCE) await Promise.all(blocks.slice(i, i + AT_ONCE).map(read));
  receipt.notNeeded(table.chunks.length - blocks.length);
  return { result: values, receipt: receipt.finish(context.tally, 8 * values.length) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

interface Part {
  readonly chunk: ChunkMeta;
  readonly firstRow: number;
  readonly rows: number;
  readonly stripe: Stripe;
}

/** Whole rows, or a part of one. */
function readPart(
  link: ClusterLink,
  matrix: MatrixSnapshot,
  { chunk, firstRow, rows, stripe }: Part,
  context: CallContext,
): Promise<Float64Array> {
  const range = { start: firstRow * stripe.cols + stripe.first, count: rows * stripe.width };
  return readValueRange(link, matrix, chunk, range, context);
}

/** Some values of a chunk that follow each other. @throws DATA_LOSS, VERSION_COLLECTED, TABLE_NOT_FOUND */
export async function readValueRange(
  link: ClusterLink,
  { table }: MatrixSnapshot,
  chunk: ChunkMeta,
  { start, count }: { readonly start: number; readonly count: number },
  context: CallContext,
): Promise<Float64Array> {
  const meta = chunk.columns[0] as ColumnChunk;
  const width = VALUE_BYTES[meta.encoding as keyof typeof VALUE_BYTES];
  const { data: key } = chunkKeys(table, chunk, 0);
  const command = ['GETRANGE', key, `${start * width}`, `${(start + count) * width - 1}`];
  const data = await link.call({ key, command, readOnly: true, idempotent: true }, context);
  if (!Buffer.isBuffer(data) || data.length !== count * width)
    throw await missingChunkError(link, table, chunk, context);
  return Float64Array.from((decodeColumn(meta, count, { data }) as NumberColumn).values);
}

function checkArea(matrix: MatrixSnapshot, { r0, r1, c0, c1 }: Area): void {
  const check = (from: unknown, to: unknown, most: number, what: string): void => {
    const isWhole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
    if (isWhole && (from as number) >= 0 && (from as number) <= (to as number) && (to as number) <= most) return;
    throw new ShardfoldError(
      isWhole ? 'OUT_OF_RANGE' : 'INVALID_ARGUMENT',
      `${what} ${showValue(from)} to ${showValue(to)} (exclusive) of matrix "${matrix.table.name}" of shape ${showShape(matrix)}`,
      { hint: `${what} count from 0, ends are exclusive` },
    );
  };
  check(r0, r1, matrix.rows, 'rows');
  check(c0, c1, matrix.cols, 'columns');
}
