/** One call of a kernel over a slice. */

import type { CallContext, ClusterLink } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import { callFunction } from '../functions/call.js';
import type { Kernel } from '../kernels/kernel.js';
import { missingChunkError } from '../storage/read.js';
import type { ChunkMeta } from '../storage/types.js';
import { Resident, type Slice, type Source } from './sources.js';

export interface KernelCall<Params, Partial, Result> {
  readonly kernel: Kernel<Params, Partial, Result>;
  readonly params: Params;
  readonly sources: readonly Source[];
  /** The key that the kernel writes, where it writes. */
  readonly target?: string;
}

/** @throws DATA_LOSS, VERSION_COLLECTED or TABLE_NOT_FOUND where an operand's key is not as its manifest says */
export async function callKernel<Params, Partial, Result>(
  link: ClusterLink,
  { kernel, params, sources, target }: KernelCall<Params, Partial, Result>,
  slice: Slice,
  context: CallContext,
): Promise<{ partial: Partial; microseconds: number }> {
  const found = await Promise.all(sources.map((source) => source.operand(slice, context)));
  const keys = found.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const args = kernel.encode(
    slice,
    found.map(({ operand }) => operand),
    params,
  );
  const call = {
    name: kernel.name,
    key: keys[0] as string,
    keys: target === undefined ? keys : [...keys, target],
    args,
    readOnly: target === undefined,
    idempotent: true,
  };
  try {
    const [partial, microseconds, rows] = (await callFunction(link, call, context)) as [Buffer, number, number];
    if (rows !== slice.rows) {
      throw new ShardfoldError('SERVER_ERROR', `${kernel.name} accounts for ${rows} of ${slice.rows} rows`, {
        kernel: kernel.name,
        slot: slice.chunk.slot,
      });
    }
    return { partial: kernel.decode(partial), microseconds };
  } catch (error) {
    if (!(error instanceof ShardfoldError) || error.code !== 'DATA_LOSS') throw error;
    const lost = sources.find(
      (source, i) => source instanceof Resident && error.message.includes(found[i]?.key ?? ' '),
    );
    if (!lost) throw error;
    throw await missingChunkError(link, lost.snapshot, lost.snapshot.chunks[slice.chunk.index] as ChunkMeta, context);
  }
}
