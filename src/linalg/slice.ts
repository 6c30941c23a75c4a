/** Parts of vectors. */

import type { ClusterLink } from '../cluster/types.js';
import { collectColumns } from '../engine/results/columns.js';
import { ShardfoldError, showValue } from '../errors.js';
import { KERNELS } from '../kernels/index.js';
import type { PlanNode } from '../plan/nodes.js';
import { shiftedSeed } from '../storage/placement.js';
import type { ChunkMeta, TableSnapshot } from '../storage/types.js';
import { openVector } from './open.js';
import { vectorSource, writeQuery } from './query.js';
import { contextOf, type VectorOptions, type VectorWriteOptions } from './run.js';
import { Resident, type Slice } from './sources.js';
import { type Target, writeVector } from './updates.js';

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
  const source = vectorSource(link, name, { options, context: contextOf(link, options) }, (scan, home) =>
    cut(scan, home, range),
  );
  const { columns, receipt } = await collectColumns(source);
  options.onReceipt?.(receipt);
  return columns.value as Float64Array;
}

/** The cut vector would have no seed under which all its chunks lie beside those that they are cut from. */
class NotBeside extends Error {}

/**
 * Cuts the chunks where they lie: chunk j of the result is what the range has of the j-th chunk that it touches.
 * @param seedFor that of the result, of a source's seed, first chunk and number of chunks; where there is none the values come here
 * @throws OUT_OF_RANGE where the vector does not have these rows
 */
export async function sliceInto(
  link: ClusterLink,
  { name, into, ...range }: Target & Range,
  options: VectorWriteOptions,
  seedFor = shiftedSeed,
): Promise<void> {
  try {
    await writeVector(link, into, options, async (context) => {
      const home = await openVector(link, name, context);
      checkRange(home, range);
      const parts = partsOf(home, range);
      const seed = seedFor(home.seed, parts[0]?.chunk.index ?? 0, parts.length);
      if (seed === undefined) throw new NotBeside();
      const start = parts[0]?.firstRow ?? 0;
      // All but the first part begin where their chunks do.
      const paramsOf = ({ index }: ChunkMeta) => ({ start: index === parts[0]?.chunk.index ? start : 0 });
      const work = { kernel: KERNELS.cut, sources: [new Resident(home)], params: { start }, paramsOf, parts };
      return { home, seed, work };
    });
  } catch (error) {
    if (!(error instanceof NotBeside)) throw error;
    await writeQuery(link, { name, into }, options, (scan, home) => cut(scan, home, range));
  }
}

/** What each chunk has of the range, where it has anything. */
function partsOf({ chunks }: TableSnapshot, { from, to }: Range): Slice[] {
  return chunks.flatMap((chunk) => {
    const firstRow = Math.max(from - chunk.firstRow, 0);
    const rows = Math.min(to - chunk.firstRow, chunk.rows) - firstRow;
    return rows > 0 ? [{ chunk, firstRow, rows }] : [];
  });
}

function cut(input: PlanNode, home: TableSnapshot, range: Range): PlanNode {
  checkRange(home, range);
  return { kind: 'slice', input, offset: range.from, count: range.to - range.from };
}

function checkRange({ name, rows }: TableSnapshot, { from, to }: Range): void {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > rows) {
    const message = `values ${showValue(from)} to ${showValue(to)} of vector "${name}" are asked for, which has ${rows}`;
    throw new ShardfoldError('OUT_OF_RANGE', message, { hint: `whole numbers, 0 <= from <= to <= ${rows}` });
  }
}
