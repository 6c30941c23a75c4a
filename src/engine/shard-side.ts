/** The shard side of a fold: a generated kernel as a read-only script, called by its digest. */

import { countRetry } from '../cluster/context.js';
import { errorFromReply } from '../cluster/errors.js';
import type { Argument, CallContext, ClusterLink, Reply } from '../cluster/types.js';
import type { Kernel, Slice } from '../codegen/kernel.js';
import type { KernelKey } from '../codegen/lua-runtime.js';
import { type Partial, readPartial } from '../codegen/partial.js';
import { ShardfoldError } from '../errors.js';
import { failureOf } from '../expr/runtime/failure.js';
import { type ColumnKeys, chunkKeys } from '../storage/keys.js';
import type { TableSnapshot } from '../storage/types.js';
import { failureIn } from './overflow.js';

/** A kernel that Lua cannot hold (too many locals, constants or levels): the plan runs on the client side. */
export class KernelTooLarge extends Error {}

const sent = new Set<string>();
/** Redis 7.0 never evicts a script: beyond this many a process makes no new ones. */
const MAX_KERNELS = 256;

/** Whether this process may put one more kernel into the servers. */
export function mayUse(kernel: Pick<Kernel, 'sha1'>): boolean {
  if (sent.has(kernel.sha1)) return true;
  if (sent.size >= MAX_KERNELS) return false;
  sent.add(kernel.sha1);
  return true;
}

export interface ShardReply {
  readonly partial: Partial;
  readonly microseconds: number;
  readonly bytes: number;
}

/** Runs a kernel over a slice where its chunk lies. */
export async function foldInShard(
  link: ClusterLink,
  snapshot: TableSnapshot,
  kernel: Kernel,
  slice: Slice,
  context: CallContext,
): Promise<ShardReply> {
  const columns = kernel.body.shape.columns.map(({ index }) => index);
  const script = { lua: kernel.lua, sha1: kernel.sha1, keys: kernel.keys, columns, args: kernel.pack(slice) };
  const [bytes, microseconds, seen] = await callKernel({ link, snapshot, context }, script, slice);
  // A reply counts only if it accounts for all that was asked.
  if (seen !== slice.rows) throw passedOver(slice, seen);
  return { partial: partialOf(kernel, bytes, slice), microseconds, bytes: bytes.length };
}

export function passedOver({ rows, chunk: { index, slot } }: Slice, seen: number): ShardfoldError {
  const message = `a kernel passed over ${seen} of ${rows} rows of chunk ${index}`;
  return new ShardfoldError('KERNEL_FAILED', message, { slot, kernel: 'generated' });
}

/** A generated script, the columns of the table that it reads, and its arguments for a slice. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
  readonly keys: readonly KernelKey[];
  /** Indexes of the table's columns, by slot. */
  readonly columns: readonly number[];
  readonly args: readonly Argument[];
  /** Keys that the script writes, after those of the columns; it is then no read-only one. */
  readonly targets?: readonly string[];
}

/** @returns what the script says, the microseconds that it took, and the rows that it passed over */
export async function callKernel(
  { link, snapshot, context }: { link: ClusterLink; snapshot: TableSnapshot; context: CallContext },
  script: Script,
  slice: Slice,
): Promise<readonly [bytes: Buffer, microseconds: number, seen: number]> {
  const columns = script.columns.map((index) => chunkKeys(snapshot, slice.chunk, index));
  const keys = script.keys.map(({ slot, kind }) => (columns[slot] as ColumnKeys)[kind] as string);
  const { targets = [] } = script;
  const rest = [String(keys.length + targets.length), ...keys, ...targets, ...script.args];
  const readOnly = targets.length === 0;
  const call = (command: readonly Argument[]): Promise<Reply> =>
    link.call({ key: keys[0] as string, command, readOnly, idempotent: true }, context);
  // Not EVAL for what only reads: a user with read-only rights may run the read-only forms alone.
  const form = readOnly ? '_RO' : '';
  try {
    const reply = await call([`EVALSHA${form}`, script.sha1, ...rest]).catch((error: unknown) => {
      if (!isMissingScript(error)) throw error;
      countRetry(context.tally, 'NOSCRIPT');
      return call([`EVAL${form}`, script.lua, ...rest]);
    });
    return reply as unknown as readonly [Buffer, number, number];
  } catch (error) {
    throw kernelError(error, slice);
  }
}

/** @throws KERNEL_FAILED where the reply is not of the shape that the kernel was generated to give */
function partialOf(kernel: Kernel, bytes: Buffer, { chunk }: Slice): Partial {
  try {
    return readPartial(kernel.body, bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `a kernel's reply for chunk ${chunk.index} cannot be read: ${error.message}`;
    throw new ShardfoldError('KERNEL_FAILED', message, { slot: chunk.slot, kernel: 'generated', cause: error });
  }
}

export const textOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
    : String(error);

export function isMissingScript(error: unknown): boolean {
  return /\bNOSCRIPT\b/.test(textOf(error));
}

function kernelError(error: unknown, slice: Slice): Error {
  const text = textOf(error);
  if (text.includes('Error compiling script')) return new KernelTooLarge(text);
  const raised = failureOf(text);
  if (raised === undefined) return errorFromReply(error, { slot: slice.chunk.slot, kernel: 'generated' });
  return failureIn(slice, raised, error);
}
