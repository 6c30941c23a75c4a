/** What is done with the rows of a matrix on the way to another one. */

import { packStrips } from '../kernels/matmul.js';
import { multiply } from './dense.js';
import type { Dense } from './shapes.js';

export interface Change {
  /** What is subtracted from every row first. */
  readonly shift?: Float64Array;
  /** The rows are multiplied by the first of them first. */
  readonly factors: readonly Dense[];
}

/** As the kernels take it. */
export function packedChange({ shift, factors }: Change): { shift?: Float64Array; factors: Buffer[] } {
  const packed = factors.map(({ data, shape: [rows, cols] }) =>
    packStrips(data, cols, { from: 0, count: rows }, { from: 0, width: cols }),
  );
  return { ...(shift && { shift }), factors: packed };
}

/** In this process, with the operations of the kernels in their order. */
export function changeHere(rows: Dense, { shift, factors }: Change): Dense {
  const [, cols] = rows.shape;
  const shifted = shift ? rows.data.map((value, at) => value - (shift[at % cols] as number)) : rows.data;
  return factors.reduce<Dense>(multiply, { data: shifted, shape: rows.shape });
}
