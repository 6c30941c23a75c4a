/** A matrix as a .npy file or buffer, row by row, in the type that it is stored in. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ReceiptBuilder } from '../engine/receipt.js';
import { fileTarget, type Target } from '../engine/results/write/target.js';
import type { NumberColumn } from '../storage/types.js';
import { readBatch } from '../storage/write.js';
import type { MatrixSnapshot } from './matrix-open.js';
import { makeHeader } from './npy-header.js';
import type { Reduced } from './reduce.js';
import { storedBytes } from './sources.js';

/** Blocks that are on their way at once. */
const AHEAD = 4;

/** @returns the bytes. Where there is a path none: the file is there only when it is whole */
export async function writeNpy(
  link: ClusterLink,
  matrix: MatrixSnapshot,
  path: string | undefined,
  context: CallContext,
): Promise<Reduced<Buffer>> {
  if (path === undefined) {
    const pieces: Buffer[] = [];
    const receipt = await writeTo({ write: async (piece) => void pieces.push(piece) }, link, matrix, context);
    return { result: Buffer.concat(pieces), receipt };
  }
  const target: Target = fileTarget(path, false);
  try {
    const receipt = await writeTo(target, link, matrix, context);
    await target.finish();
    return { result: Buffer.alloc(0), receipt };
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

async function writeTo(
  target: { write(piece: Buffer): Promise<void> },
  link: ClusterLink,
  { table, rows, cols, type }: MatrixSnapshot,
  context: CallContext,
): Promise<ReturnType<ReceiptBuilder['finish']>> {
  const receipt = new ReceiptBuilder(table);
  receipt.because('the values are asked for');
  await target.write(makeHeader(type === 'float32' ? '<f4' : '<f8', [rows, cols]));
  const pending: Promise<Buffer>[] = [];
  const pull = (index: number): void => {
    if (index >= table.chunks.length) return;
    const bytes = readBatch(link, table, index, context).then(({ columns }) =>
      bytesOf(columns[0] as NumberColumn, type),
    );
    // Whoever waits for it hears of the failure.
    bytes.catch(() => undefined);
    pending.push(bytes);
  };
  for (let index = 0; index < AHEAD; index++) pull(index);
  for (const chunk of table.chunks) {
    await target.write(await (pending.shift() as Promise<Buffer>));
    pull(chunk.index + AHEAD);
    receipt.computed(link.ownerOf(chunk.slot).address, 'client');
    context.progress();
  }
  return receipt.finish(context.tally, storedBytes(table));
}

function bytesOf({ values }: NumberColumn, type: MatrixSnapshot['type']): Buffer {
  return Buffer.from(type === 'float32' ? Float32Array.from(values).buffer : Float64Array.from(values).buffer);
}
