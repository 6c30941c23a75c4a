/** Runs one pass of a fold over keys, in the shards. */

import { KeyKernel } from '../../codegen/keys/kernel.js';
import { type Partial, readPartial } from '../../codegen/partial.js';
import type { FoldSpec } from '../../codegen/shape.js';
import { ShardfoldError } from '../../errors.js';
import type { GroupLayout, Groups } from '../groups.js';
import type { Receipt } from '../receipt.js';
import { KernelTooLarge, mayUse } from '../shard-side.js';
import { MergedGroups } from './folds.js';
import type { KeysWork } from './pass.js';
import { walkKeys } from './walk.js';

/** A pass whose kernel Lua cannot hold throws KernelTooLarge before anything is taken. */
export async function foldKeys(
  work: KeysWork,
  spec: FoldSpec,
  layout: GroupLayout,
): Promise<{ readonly groups: Groups | undefined; readonly receipt: Receipt }> {
  const kernel = new KeyKernel(spec, work.snapshot.keys);
  checkKernel(kernel);
  const merged = new MergedGroups(layout);
  const take = (bytes: Buffer): void => {
    const partial = partialOf(kernel, bytes);
    if (partial.groups > 0) merged.add(layout.read(partial, { body: kernel.body }));
  };
  const receipt = await walkKeys({ ...work, filter: spec.filter, script: () => kernel, take });
  return { groups: merged.result(), receipt };
}

/** @throws KernelTooLarge where this process has made too many kernels */
export function checkKernel(kernel: KeyKernel): void {
  if (!mayUse(kernel)) throw new KernelTooLarge('this process has made 256 kernels already');
}

/** @throws KERNEL_FAILED where the reply is not of the shape that the kernel was generated to give */
export function partialOf(kernel: KeyKernel, bytes: Buffer): Partial {
  try {
    return readPartial(kernel.body, bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `a reply of a kernel over keys cannot be read: ${error.message}`;
    throw new ShardfoldError('KERNEL_FAILED', message, { kernel: 'generated', cause: error });
  }
}
