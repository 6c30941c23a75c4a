/** Parts of vectors. */

import type { ClusterLink } from '../cluster/types.js';
import { collectColumns } from '../engine/results/columns.js';
import { ShardfoldError, showValue } from '../errors.js';
import type { PlanNode } from '../plan/nodes.js';
import type { TableSnapshot } from '../storage/types.js';
import { vectorSource, writeQuery } from './query.js';
import type { VectorOptions, VectorWriteOptions } from './run.js';
import type { Target } from './updates.js';

/** Rows from … to, `to` not among them. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** @throws OUT_OF_RANGE where the vector does not have these rows */
export async function sliceOf(
  link: ClusterLink,
  name: string,
  range: Range,
  options: VectorOptions,
): Promise<Float64Array> {
  const source = vectorSource(link, name, options, (scan, home) => cut(scan, home, range));
  const { columns, receipt } = await collectColumns(source);
  options.onReceipt?.(receipt);
  return columns.value as Float64Array;
}

/** @throws OUT_OF_RANGE where the vector does not have these rows */
export function sliceInto(
  link: ClusterLink,
  { from, to, ...target }: Target & Range,
  options: VectorWriteOptions,
): Promise<void> {
  return writeQuery(link, target, options, (scan, home) => cut(scan, home, { from, to }));
}

function cut(input: PlanNode, { name, rows }: TableSnapshot, { from, to }: Range): PlanNode {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > rows) {
    const message = `values ${showValue(from)} to ${showValue(to)} of vector "${name}" are asked for, which has ${rows}`;
    throw new ShardfoldError('OUT_OF_RANGE', message, { hint: `whole numbers, 0 <= from <= to <= ${rows}` });
  }
  return { kind: 'slice', input, offset: from, count: to - from };
}
