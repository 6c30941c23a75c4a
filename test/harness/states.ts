/** Merges of the states of one group, field by field, as the coordinator does them over columns. */
import type { StateField, StateSpec } from '../../src/aggregates/index.js';
import type { StateColumn } from '../../src/codegen/merge-columns.js';
import { initialFields, mergeOf } from '../../src/engine/state-merges.js';

export type Cells = StateField[];

/** The merge of y, whose rows come after, into x. */
export function cellMerge(spec: StateSpec): (x: Cells, y: Cells) => void {
  const merge = mergeOf(spec, { maxValues: 2 ** 24, onShared: () => undefined });
  const initial = initialFields(spec);
  const columns = (cells: Cells): StateColumn[] =>
    cells.map((cell, i) => (typeof initial[i] === 'number' ? Float64Array.of(cell as number) : [cell]));
  return (x, y) => {
    const merged = columns(x);
    merge(merged, columns(y), { to: Uint32Array.of(0), rows: 1, known: 1 });
    for (const [i, column] of merged.entries()) x[i] = column[0] as StateField;
  };
}
