/** Prints what a query gives as a table, while it comes. */
import type { Receipt } from '../engine/receipt.js';
import { type Columns, onNewest, type ResultSource, rowsOf } from '../engine/results/source.js';
import { paint, say, write } from './output.js';
import { footerText, keysNotes } from './sql-footer.js';
import { type Expanded, RowsText } from './sql-table.js';
import { formatCounted } from './units.js';

/** Rows that decide about the look: they are held until all of them are there. */
const FIRST_ROWS = 100_000;

export interface TableOptions {
  readonly expanded: Expanded;
  /** The most rows that are shown; undefined for all. */
  readonly maxRows: number | undefined;
  /** Say what the result accounts for. */
  readonly footer: boolean;
  /** How more rows are shown, where there are more. */
  readonly more: string;
  /** Takes the line of progress away. */
  readonly quiet: () => void;
}

/** @throws what the query throws; where that comes late, rows before it are printed */
export async function printRows(source: ResultSource, options: TableOptions): Promise<void> {
  const { maxRows = Number.POSITIVE_INFINITY, footer, expanded, more, quiet } = options;
  const started = performance.now();
  const { outputs, reader, first } = await onNewest(source, async (stream) => {
    const reader = new Reader(stream.batches());
    // One more than may be shown tells whether there are more.
    const first = await reader.gather(stream.outputs.length, Math.min(FIRST_ROWS, maxRows + 1));
    return { outputs: stream.outputs, reader, first };
  });
  reader.waitedMs = performance.now() - started;
  quiet();
  let shown = 0;
  try {
    const text = new RowsText(outputs, cut(first, maxRows), expanded);
    await write(text.head());
    for (let columns: Columns | undefined = first; columns !== undefined; columns = await reader.next()) {
      for (const piece of text.lines(cut(columns, maxRows - shown))) await write(piece);
      shown += rowsOf(columns);
      if (shown > maxRows) break;
      source.context.progress();
    }
  } finally {
    await reader.close();
  }
  quiet();
  const { receipt } = reader;
  if (shown > maxRows || receipt === undefined)
    say(paint('dim', `the first ${formatCounted(maxRows, 'row')}; ${more}`));
  else if (footer) say(paint('dim', footerText(shown, receipt, reader.waitedMs)));
  if (receipt !== undefined) for (const note of keysNotes(receipt)) say(paint('yellow', note));
}

const cut = (columns: Columns, rows: number): Columns =>
  rowsOf(columns) <= rows ? columns : columns.map((column) => column.slice(0, rows));

/** Batches one by one, and how long they took: the time of the query, and none of what is done with its rows. */
class Reader {
  /** Once all are read. */
  receipt: Receipt | undefined;
  waitedMs = 0;
  readonly #batches: AsyncGenerator<Columns, Receipt>;

  constructor(batches: AsyncGenerator<Columns, Receipt>) {
    this.#batches = batches;
  }

  async next(): Promise<Columns | undefined> {
    if (this.receipt) return undefined;
    const from = performance.now();
    const step = await this.#batches.next();
    this.waitedMs += performance.now() - from;
    if (!step.done) return step.value;
    this.receipt = step.value;
    return undefined;
  }

  /** So many rows, if there are; some more where a batch has more. */
  async gather(width: number, rows: number): Promise<Columns> {
    const gathered = Array.from({ length: width }, (): Columns[number][number][] => []);
    while (rowsOf(gathered) < rows) {
      const columns = await this.next();
      if (columns === undefined) break;
      for (const [k, column] of columns.entries()) for (const value of column) gathered[k]?.push(value);
    }
    return gathered;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined as never);
  }
}
