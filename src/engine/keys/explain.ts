/** What a pass over keys would do, in words. */

import { KeyKernel } from '../../codegen/keys/kernel.js';
import type { FoldSpec } from '../../codegen/shape.js';
import { type KeysSnapshot, nameOfKeys } from '../../plan/keys/snapshot.js';
import type { Output, Part } from '../../plan/relation.js';
import { slotsToRead } from './pattern-slots.js';
import { scanSpec } from './scan-spec.js';

/** @param kernels whether the generated Lua is printed */
export function explainKeysFold(snapshot: KeysSnapshot, spec: FoldSpec, kernels: boolean): string[] {
  return keysText(snapshot, spec, 'folded in the shards, slot by slot', kernels);
}

export function explainKeysScan(
  snapshot: KeysSnapshot,
  part: Part,
  outputs: readonly Output[],
  kernels: boolean,
): string[] {
  const spec = scanSpec(snapshot, part, outputs);
  const does = part.filter === undefined ? 'read' : 'filtered';
  return keysText(snapshot, spec, `${does} in the shards, slot by slot; the rows come here`, kernels);
}

function keysText({ keys }: KeysSnapshot, spec: FoldSpec, does: string, kernels: boolean): string[] {
  const slots = slotsToRead(keys, spec.filter).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const columns = spec.columns.map((index) => {
    const { name, type } = keys.columns[index] as (typeof keys.columns)[number];
    return `${name} (${type})`;
  });
  const lines = [
    '',
    `keys      ${nameOfKeys(keys)}, in ${slots.toLocaleString('en')} slot${slots === 1 ? '' : 's'}`,
    `columns   ${columns.join(', ')}`,
    `computed  ${does}`,
  ];
  if (!kernels) return lines;
  const { sha1, lua } = new KeyKernel(spec, keys);
  return [...lines, '', `-- kernel ${sha1.slice(0, 12)}`, lua];
}
