/** Whatever a user hands in, as a source. */
import { ShardfoldError } from '../../errors.js';
import { arrowSource, isArrowTable, isRecordBatch } from './arrow.js';
import type { ArrowBatch } from './arrow-facts.js';
import { type Columns, columnBatches, columnFields, columnsSource } from './columns.js';
import { type FileOptions, fileSource } from './file.js';
import { type Row, rowsSource } from './rows.js';
import { type AnyIterable, declaredFields, isIterable, mismatch, peek, type ValueOptions } from './shape.js';
import type { Source } from './source.js';

export type SourceOptions = ValueOptions & Omit<FileOptions, 'types'>;

/**
 * A source from the path of a file, a source, an Arrow table or record batch, columns by name, an array of rows, or an (async)
 * iterable of rows, of arrays of rows, of columns or of record batches. The first item of an iterable decides which it is; but
 * objects in an array are always rows, for a row that holds nothing but arrays looks like columns.
 *
 * @throws INVALID_ARGUMENT for anything else, and what the single sources throw
 */
export async function toSource(input: unknown, options: SourceOptions = {}): Promise<Source> {
  if (typeof input === 'string') return asDeclared(await fileSource(input, withSchema(options)), options);
  if (isSource(input)) return input;
  if (isArrowTable(input) || isRecordBatch(input))
    return asDeclared(await arrowSource(input, withSchema(options)), options);
  if (Array.isArray(input) && !isBatchItem(input[0])) return await rowsSource(input as Row[], options);
  if (isIterable(input) && !ArrayBuffer.isView(input)) return await batchesSource(input, options);
  if (isColumns(input)) return columnsSource(input, options);
  throw new ShardfoldError('INVALID_ARGUMENT', `${describe(input)} is no source of rows`, {
    hint: 'pass rows, columns, an Arrow table, the path of a file, or an (async) iterable of batches',
  });
}

/** An (async) iterable of rows, or of batches: arrays of rows, objects of columns, record batches. */
export async function batchesSource(items: AnyIterable<unknown>, options: SourceOptions = {}): Promise<Source> {
  const { first, rest } = await peek(items);
  if (isRecordBatch(first)) {
    return asDeclared(await arrowSource(rest as AsyncIterable<ArrowBatch>, withSchema(options)), options);
  }
  if (isColumns(first)) return columnsOf(first, rest as AsyncIterable<Columns>, options);
  return await rowsSource(Array.isArray(first) ? flatten(rest) : (rest as AsyncIterable<Row>), options);
}

/** Objects of columns; the first settles names and types. */
function columnsOf(first: Columns, rest: AsyncIterable<Columns>, options: ValueOptions): Source {
  const fields = columnFields(first, options);
  return {
    fields,
    batches: {
      async *[Symbol.asyncIterator]() {
        let row = 0;
        for await (const columns of rest) {
          columnFields(columns, { schema: fields });
          for (const batch of columnBatches(columns, fields, row)) {
            row += batch.rows;
            yield batch;
          }
        }
      },
    },
  };
}

async function* flatten(items: AsyncIterable<unknown>): AsyncGenerator<Row, void> {
  let index = 0;
  for await (const rows of items) {
    if (!Array.isArray(rows))
      throw mismatch(`batch ${index} is no array of rows`, 'all batches have to be of one kind');
    yield* rows as Row[];
    index++;
  }
}

/** A declared schema as wishes, for data that has types of its own. */
function withSchema(options: SourceOptions): FileOptions {
  const declared = declaredFields(options)?.map(({ name, type }) => [name, type] as const) ?? [];
  const { schema: _, ...others } = options;
  return { ...others, types: { ...Object.fromEntries(declared), ...options.types } };
}

function asDeclared(source: Source, options: SourceOptions): Source {
  const declared = declaredFields(options);
  const extra = declared && source.fields.find(({ name }) => !declared.some((field) => field.name === name));
  if (extra)
    throw mismatch(`the data has a column "${extra.name}" that is not declared`, 'declare all columns, or none');
  return source;
}

function isSource(input: unknown): input is Source {
  return (
    typeof input === 'object' && input !== null && 'fields' in input && 'batches' in input && isIterable(input.batches)
  );
}

function isBatchItem(item: unknown): boolean {
  return Array.isArray(item) || isRecordBatch(item);
}

function isColumns(input: unknown): input is Columns {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false;
  const values = Object.values(input);
  return values.length > 0 && values.every((value) => Array.isArray(value) || ArrayBuffer.isView(value));
}

function describe(input: unknown): string {
  return input === null ? 'null' : typeof input === 'object' ? 'this object' : `a ${typeof input}`;
}
