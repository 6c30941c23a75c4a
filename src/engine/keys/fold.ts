/** Runs one pass of a fold over keys, in the shards. */

import { KeyKernel } from '../../codegen/keys/kernel.js';
import type { FoldSpec } from '../../codegen/shape.js';
import type { GroupLayout, Groups } from '../groups.js';
import type { Receipt } from '../receipt.js';
import { KernelTooLarge, mayUse } from '../shard-side.js';
import { takesPartials } from './client-row.js';
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
  const takes = takesPartials((partial) => {
    if (partial.groups > 0) merged.add(layout.read(partial, { body: kernel.body }));
    return undefined;
  });
  const receipt = await walkKeys({ ...work, filter: spec.filter, script: () => kernel, ...takes });
  return { groups: merged.result(), receipt };
}

/** @throws KernelTooLarge where this process has made too many kernels */
export function checkKernel(kernel: KeyKernel): void {
  if (!mayUse(kernel)) throw new KernelTooLarge('this process has made 256 kernels already');
}
