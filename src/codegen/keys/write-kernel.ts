/** A write over keys made ready to be called. */

import { createHash } from 'node:crypto';
import { columnsOf } from '../../expr/typed.js';
import { boundsOfKeys } from '../../plan/keys/snapshot.js';
import type { KeyWrite } from '../../plan/keys/write-spec.js';
import { RowParts } from '../rows-shape.js';
import type { KeyCall, KeyScript } from './call.js';
import { frameArguments, type KeyFrame, keyFrame } from './frame.js';
import { keyColumns } from './kernel.js';
import { callArguments } from './slots-lua.js';
import { writeRow } from './write-row.js';

export class WriteKernel implements KeyScript {
  readonly lua: string;
  readonly sha1: string;
  readonly readOnly: boolean;
  /** Keys of which the next calls are to tell what is done to them. */
  wanted = 0;
  readonly #parts: RowParts;
  readonly #frame: KeyFrame;

  /** @param how whether it writes, and when keys are to expire (milliseconds since 1970) */
  constructor(write: KeyWrite, how: { readonly apply: boolean; readonly at: number }) {
    const { source } = write;
    this.readOnly = !how.apply;
    this.#parts = new RowParts(keyColumns({ columns: columnsRead(write) }, source), boundsOfKeys(source));
    const { row, before, counts } = writeRow(this.#parts, write, how);
    this.#frame = keyFrame(
      {
        parts: this.#parts,
        before,
        row,
        result: [
          `local result = pack('<${'d'.repeat(counts.length)}I4', ${counts.join(', ')}, #samples + 1)`,
          'result = result .. pack_strings({ shard_name, unpack(samples) }, #samples + 1)',
        ],
        writes: how.apply && (write.action.do === 'update' ? 'more' : 'less'),
        mustRead: true,
      },
      source,
    );
    this.lua = this.#frame.lua;
    this.sha1 = createHash('sha1').update(this.lua).digest('hex');
  }

  args(call: KeyCall, shard: string): readonly (string | Buffer)[] {
    const [, ...numbers] = this.#parts.constants.numbers;
    return callArguments(call, frameArguments(this.#parts, this.#frame, shard, [this.wanted, ...numbers]));
  }
}

/** Indexes of the source's columns, ascending. */
function columnsRead({ filter, type, action }: KeyWrite): number[] {
  const read = new Set<number>();
  if (filter !== undefined) columnsOf(filter, read);
  if (type !== undefined) read.add(type.column);
  if (action.do === 'update') {
    for (const { value, old } of action.assignments) columnsOf(value, read).add(old);
    if (action.marker !== undefined) read.add(action.marker.column);
  }
  return [...read].sort((a, b) => a - b);
}
