/**
 * A result in batches, as it is read: memory for the batch at hand and a few chunks on their way, and nothing is read while
 * the reader is busy with one. Leaving the loop, by any way, ends all work and leaves nothing behind.
 */

import { ShardfoldError, showValue } from '../../errors.js';
import type { Receipt } from '../receipt.js';
import { type ColumnBatch, columnBatch } from './columns.js';
import { type ResultRow, rowAppender } from './rows.js';
import { type Columns, type Output, onNewest, type ResultSource, rowsOf } from './source.js';

/** Rows of one batch; `columns` and `nulls` hold the same as typed arrays, made when they are first asked for. */
export type RowBatch<Row extends object = ResultRow> = Row[] & Pick<ColumnBatch<Row>, 'columns' | 'nulls'>;

export class QueryStream<Row extends object = ResultRow> implements AsyncIterable<RowBatch<Row>> {
  /**
   * What the result accounts for and cost, once all of it was read; undefined where the reader left before the end. Rejects
   * with what ended the reading, which the loop throws as well.
   */
  readonly receipt: Promise<Receipt | undefined>;
  readonly #batches: AsyncGenerator<RowBatch<Row>, void>;
  #taken = false;

  /** @param batchRows the most rows of a batch; without it batches are as the chunks of the table are */
  constructor(source: ResultSource, batchRows: number | undefined) {
    checkBatchRows(batchRows);
    let settle: { resolve(receipt: Receipt | undefined): void; reject(error: unknown): void } | undefined;
    this.receipt = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    // Whoever does not ask for it need not hear twice of a failure.
    this.receipt.catch(() => undefined);
    const ended = settle as NonNullable<typeof settle>;
    this.#batches = read(source, batchRows ?? Number.POSITIVE_INFINITY, ended) as AsyncGenerator<RowBatch<Row>, void>;
  }

  /** @throws INVALID_ARGUMENT the second time: nothing is kept of what was read */
  [Symbol.asyncIterator](): AsyncGenerator<RowBatch<Row>, void> {
    if (this.#taken) {
      throw new ShardfoldError('INVALID_ARGUMENT', 'this stream is being read already, or was', {
        hint: 'query.stream() gives a new one',
      });
    }
    this.#taken = true;
    return this.#batches;
  }
}

function checkBatchRows(batchRows: unknown): void {
  if (batchRows === undefined || (Number.isSafeInteger(batchRows) && (batchRows as number) >= 1)) return;
  throw new ShardfoldError('INVALID_ARGUMENT', `batchRows is ${showValue(batchRows)}`, {
    hint: 'a whole number from 1',
  });
}

async function* read(
  source: ResultSource,
  batchRows: number,
  ended: { resolve(receipt: Receipt | undefined): void; reject(error: unknown): void },
): AsyncGenerator<RowBatch, void> {
  let batches: AsyncGenerator<Columns, Receipt> | undefined;
  let receipt: Receipt | undefined;
  try {
    const begun = await begin(source);
    batches = begun.batches;
    for (let step = begun.first; ; step = await batches.next()) {
      if (step.done) {
        receipt = step.value;
        return;
      }
      const rows = rowsOf(step.value);
      for (let from = 0; from < rows; from += batchRows) {
        yield batchOf(begun.outputs, cut(step.value, from, Math.min(from + batchRows, rows)));
        // The reader may have taken its time: that is no reason to give up.
        source.context.progress();
      }
    }
  } catch (error) {
    ended.reject(error);
    throw error;
  } finally {
    ended.resolve(receipt);
    await batches?.return(undefined as never);
  }
}

/** The first batch is waited for here: until it is there, the query can begin anew on a newer version. */
function begin(source: ResultSource) {
  return onNewest(source, async (stream) => {
    const { outputs } = stream;
    const begun = stream.batches();
    return { outputs, batches: begun, first: await begun.next() };
  });
}

function cut(columns: Columns, from: number, to: number): Columns {
  return from === 0 && to === rowsOf(columns) ? columns : columns.map((column) => column.slice(from, to));
}

function batchOf(outputs: readonly Output[], columns: Columns): RowBatch {
  const rows: ResultRow[] = [];
  rowAppender(outputs, rows)(columns, rowsOf(columns));
  let made: ColumnBatch | undefined;
  const typed = (): ColumnBatch => {
    made ??= columnBatch(outputs, columns);
    return made;
  };
  return Object.defineProperties(rows, {
    columns: { get: () => typed().columns },
    nulls: { get: () => typed().nulls },
  }) as RowBatch;
}
