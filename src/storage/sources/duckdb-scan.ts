/** A planned reading of a file by DuckDB, and its rows as batches. */
import { invalidValue } from '../schema.js';
import type { Batch } from '../types.js';
import { type Duck, identifier } from './duckdb.js';
import type { PlannedColumn } from './duckdb-columns.js';
import { NoNumber } from './duckdb-errors.js';
import { TextMisfit } from './duckdb-numbers.js';
import type { Vector } from './duckdb-vector.js';
import { BATCH_TEXT_BYTES, batchRows } from './source.js';
import { parseText } from './text.js';

export interface Scan {
  /** The relation to select from; the file is `$1`. */
  readonly from: string;
  readonly columns: readonly PlannedColumn[];
  /** The same rows with all columns as VARCHAR, for the files that hold text. */
  readonly textFrom?: string;
  /** Number of rows, where the file says it. */
  readonly rows?: number;
}

/** The rows of a scan in the order of the file. One batch is filled at a time, in arrays of its own. */
export async function* readBatches(duck: Duck, scan: Scan): AsyncGenerator<Batch, void> {
  try {
    yield* fillBatches(duck, scan);
  } catch (error) {
    if (error instanceof NoNumber) throw new NoNumber(error.misfit, typeIn(scan, error.misfit.column));
    throw error instanceof TextMisfit ? await explain(duck, scan, error) : error;
  }
}

const typeIn = (scan: Scan, column: string) => scan.columns.find(({ name }) => name === column)?.type;

async function* fillBatches(duck: Duck, scan: Scan): AsyncGenerator<Batch, void> {
  const readers = scan.columns.map((column) => column.reader());
  const capacity = batchRows(readers.length);
  const begin = () => {
    for (const reader of readers) reader.begin(capacity);
  };
  const finish = (rows: number): Batch => ({ rows, columns: readers.map((reader) => reader.finish(rows)) });
  let at = 0;
  let row = 0;
  let complete = false;
  begin();
  for await (const chunk of duck.stream(selection(scan))) {
    complete = scan.rows === undefined && endsWithMark(chunk, scan);
    const count = chunk.rowCount - (complete ? 1 : 0);
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + capacity - at);
      for (const [k, reader] of readers.entries()) reader.read(chunk.getColumnVector(k), { from, to, at, row });
      at += to - from;
      row += to - from;
      from = to;
      if (at === capacity || readers.reduce((sum, reader) => sum + reader.textBytes, 0) > BATCH_TEXT_BYTES) {
        yield finish(at);
        begin();
        at = 0;
      }
    }
  }
  if (!complete && row !== scan.rows) throw await whyItStopped(duck, scan, row);
  if (at > 0) yield finish(at);
}

/**
 * DuckDB's node API ends a stream in which an error came up like one that has come to its end. So the rows are counted where
 * the file tells their number, and elsewhere one more row marks the end.
 */
function selection({ columns, from, rows }: Scan): string {
  const list = columns.map(({ sql }) => sql).join(', ');
  if (rows !== undefined) return `SELECT ${list} FROM ${from}`;
  return `SELECT ${list}, false FROM ${from} UNION ALL SELECT ${columns.map(() => 'NULL').join(', ')}, true`;
}

function endsWithMark(chunk: { rowCount: number; getColumnVector(index: number): Vector }, scan: Scan): boolean {
  return chunk.getColumnVector(scan.columns.length).getItem(chunk.rowCount - 1) === true;
}

/** The same reading, with nothing kept: this way the error comes to light. */
async function whyItStopped(duck: Duck, scan: Scan, row: number): Promise<Error> {
  await duck.rows(`SELECT ${scan.columns.map(({ sql }) => `count(${sql})`).join(', ')} FROM ${scan.from}`);
  return duck.unreadable(`reading stopped after ${row} rows`, 'has the file been changed in the meantime?');
}

/** Reads the text of the value that did not fit, and says why. */
async function explain(duck: Duck, scan: Scan, { type, place }: TextMisfit): Promise<Error> {
  const column = identifier(place.column);
  const [[text] = []] = await duck.rows(`SELECT ${column} FROM ${scan.textFrom} LIMIT 1 OFFSET ${place.row}`);
  const shown = JSON.stringify(text);
  try {
    parseText(type, String(text), place);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  // Read as a double, ±2^53 is also what its neighbour beyond the range becomes.
  const reason = type === 'timestamp' ? 'write it as ISO 8601' : 'in a text file, integers end just before ±2^53';
  return invalidValue(type, shown, place, reason);
}
