/** Some columns of a block's rows, cut out where they lie. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import type { Kernel } from '../kernels/kernel.js';
import { encodeStripe, type Stripe } from '../kernels/stripes.js';
import { decodeColumn } from '../storage/decode.js';
import type { ChunkMeta, ColumnChunk, NumberColumn } from '../storage/types.js';
import { callKernel } from './call.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { Resident } from './sources.js';

/** A call takes about half a microsecond a row. */
const MOST_ROWS = 2032;

const CUT: Kernel<Stripe, Buffer, Buffer> = {
  name: 'matrix_stripe',
  operands: 1,
  encode: (run, operands, stripe) => encodeStripe(run, operands, stripe),
  decode: (reply) => reply,
  merge: (left, right) => Buffer.concat([left, right]),
  finish: (partial = Buffer.alloc(0)) => partial,
};

/** Whether columns are to be cut out in the shard, or whole rows pulled. */
export const isWorthCutting = (rows: number, { cols, width }: Stripe): boolean =>
  width * 2 <= cols && rows <= MOST_ROWS;

/** The values row by row. @throws DATA_LOSS, VERSION_COLLECTED, TABLE_NOT_FOUND */
export async function readStripe(
  link: ClusterLink,
  { table }: MatrixSnapshot,
  { chunk, stripe, ...run }: { chunk: ChunkMeta; firstRow: number; rows: number; stripe: Stripe },
  context: CallContext,
): Promise<Float64Array> {
  const call = { kernel: CUT, params: stripe, sources: [new Resident(table)] };
  const { partial: data } = await callKernel(link, call, { chunk, ...run }, context);
  const column = decodeColumn(chunk.columns[0] as ColumnChunk, run.rows * stripe.width, { data }) as NumberColumn;
  return Float64Array.from(column.values);
}
