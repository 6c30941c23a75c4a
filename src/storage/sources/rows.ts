/** Row objects as a source: an array of them, or anything that yields them one by one. */

import { ShardfoldError } from '../../errors.js';
import { asType } from '../schema.js';
import type { Batch } from '../types.js';
import { inferType } from './infer.js';
import { type AnyIterable, declaredFields, iteratorOf, mismatch, ONCE, type ValueOptions } from './shape.js';
import { BATCH_ROWS, BATCH_TEXT_BYTES, type Source, type SourceField } from './source.js';
import { ValueColumn } from './value-column.js';
import { checkTypes } from './wishes.js';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Rows as objects: a missing key, null and undefined are null. Columns and types are the declared ones, or those of the
 * first 65,024 rows.
 *
 * @throws SCHEMA_MISMATCH naming the row for a key that is no column, for what is no object, and for a column of nulls alone
 * without a declared type; INVALID_VALUE naming row and column for a value that does not fit
 */
export async function rowsSource(rows: AnyIterable<Row>, options: ValueOptions = {}): Promise<Source> {
  const reader = new RowReader(rows);
  const first = await reader.take();
  const declared = declaredFields(options);
  const fields = declared ?? inferFields(first, options);
  checkTypes(
    options.types,
    fields.map(({ name }) => name),
  );
  const inferred = (name: string) => declared === undefined && options.types?.[name] === undefined;
  const columns = fields.map(({ name, type }) => new ValueColumn(name, type, inferred(name)));
  let started = false;
  return {
    fields,
    batches: {
      async *[Symbol.asyncIterator]() {
        const from = started && Array.isArray(rows) ? new RowReader(rows) : reader;
        if (started && from === reader)
          throw new ShardfoldError('INVALID_ARGUMENT', 'these rows have been read already', { hint: ONCE });
        const head = started ? await from.take() : first;
        started = true;
        yield* rowBatches(from, head, columns);
      },
    },
    ...(Array.isArray(rows) && { rows: rows.length }),
  };
}

/** Takes rows off an iterator, as many as make a batch. */
class RowReader {
  private readonly iterator: ReturnType<typeof iteratorOf<Row>> | undefined;
  private readonly list: readonly Row[];
  private taken = 0;

  constructor(rows: AnyIterable<Row>) {
    this.list = Array.isArray(rows) ? rows : [];
    this.iterator = Array.isArray(rows) ? undefined : iteratorOf(rows);
  }

  async take(): Promise<readonly Row[]> {
    if (!this.iterator) {
      this.taken += BATCH_ROWS;
      return this.list.slice(this.taken - BATCH_ROWS, this.taken);
    }
    const rows: Row[] = [];
    while (rows.length < BATCH_ROWS) {
      const item = await this.iterator.next();
      if (item.done) break;
      rows.push(item.value);
    }
    return rows;
  }

  async stop(): Promise<void> {
    await this.iterator?.stop();
  }
}

async function* rowBatches(reader: RowReader, head: readonly Row[], columns: readonly ValueColumn[]) {
  const names = new Set(columns.map(({ name }) => name));
  let firstRow = 0;
  try {
    for (let rows = head; rows.length > 0; rows = await reader.take()) {
      for (const [i, row] of rows.entries()) checkRow(row, firstRow + i, names);
      yield* fill(rows, firstRow, columns);
      firstRow += rows.length;
    }
  } finally {
    await reader.stop();
  }
}

function* fill(rows: readonly Row[], firstRow: number, columns: readonly ValueColumn[]): Generator<Batch, void> {
  for (let from = 0; from < rows.length; ) {
    for (const column of columns) column.begin(rows.length - from);
    let at = 0;
    let text = 0;
    while (from + at < rows.length && text <= BATCH_TEXT_BYTES) {
      const row = rows[from + at] as Row;
      text = 0;
      for (const column of columns) {
        column.set(at, row[column.name], firstRow + from + at);
        text += column.textBytes;
      }
      at++;
    }
    yield { rows: at, columns: columns.map((column) => column.finish(at)) };
    from += at;
  }
}

function checkRow(row: unknown, index: number, names: ReadonlySet<string>): void {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw mismatch(`row ${index} is no object`, 'a row is an object with the columns as keys');
  }
  for (const key in row) {
    if (!names.has(key)) {
      throw mismatch(`row ${index} has a key "${key}", which is no column`, `the columns are ${[...names].join(', ')}`);
    }
  }
}

function inferFields(rows: readonly Row[], options: ValueOptions): SourceField[] {
  const names = new Set<string>();
  for (const [i, row] of rows.entries()) {
    checkRow(row, i, new Set(Object.keys(row ?? {})));
    for (const key in row) names.add(key);
  }
  if (names.size === 0) throw mismatch('no rows, so no columns are known', "declare them: schema: { id: 'int64', … }");
  return [...names].map((name) =>
    fieldOf(
      name,
      rows.map((row) => row[name]),
      options,
    ),
  );
}

/** A column whose type is wished for or inferred from values; SCHEMA_MISMATCH where all of them are null. */
export function fieldOf(name: string, values: Iterable<unknown>, options: ValueOptions): SourceField {
  const type = options.types?.[name] ?? inferType(values, name);
  if (type !== undefined) return { name, type };
  throw mismatch(`column "${name}" holds only nulls`, `give its type: ${asType(name, 'float64')}`);
}
