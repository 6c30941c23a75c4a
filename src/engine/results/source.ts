/** A finished query, as every form of its result reads it: batches of physical values, and a receipt at the end. */

import { countRetry } from '../../cluster/context.js';
import type { CallContext } from '../../cluster/types.js';
import { ShardfoldError } from '../../errors.js';
import type { Relation } from '../../plan/relation.js';
import type { ResultStream } from '../execute.js';
import type { Columns } from '../local-table.js';
import type { RunOptions } from '../options.js';
import type { Receipt } from '../receipt.js';

export type { Output } from '../../plan/relation.js';
export type { ResultStream } from '../execute.js';
export type { Columns } from '../local-table.js';

/** A query with its options checked, ready to be run. */
export interface ResultSource {
  /** Deadline, abort signal and tally of all that is done for it. */
  readonly context: CallContext;
  readonly run: RunOptions;
  /** Binds it to the newest versions; what is wrong with the query is found here, before anything is read. */
  bind(): Promise<Relation>;
  start(relation: Relation): ResultStream;
}

/** A version that is collected while it is read is read again in its successor, so many times. */
const MAX_VERSIONS = 5;

/** Runs the query and works on its result; anew from the start where a version was collected meanwhile. */
export async function onNewest<Result>(
  source: ResultSource,
  work: (stream: ResultStream, relation: Relation) => Promise<Result>,
): Promise<Result> {
  const { context } = source;
  for (let version = 1; ; version++) {
    try {
      const relation = await source.bind();
      return await work(source.start(relation), relation);
    } catch (error) {
      const collected = error instanceof ShardfoldError && error.code === 'VERSION_COLLECTED';
      if (!collected || version === MAX_VERSIONS) throw error;
      countRetry(context.tally, 'VERSION_COLLECTED');
    }
  }
}

/** Hands every batch that has rows to `take`, one at a time. @returns the receipt */
export async function drain(
  batches: AsyncGenerator<Columns, Receipt>,
  take: (columns: Columns, rows: number) => void | Promise<void>,
): Promise<Receipt> {
  try {
    for (;;) {
      const step = await batches.next();
      if (step.done) return step.value;
      const rows = rowsOf(step.value);
      if (rows > 0) await take(step.value, rows);
    }
  } finally {
    // Where `take` failed, this is what ends the reading.
    await batches.return(undefined as never);
  }
}

export const rowsOf = (columns: Columns): number => columns[0]?.length ?? 0;
