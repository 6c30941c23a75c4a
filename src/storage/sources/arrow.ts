/** Arrow tables and record batches as a source. */
import type { Batch } from '../types.js';
import { type ArrowColumn, arrowColumn } from './arrow-columns.js';
import { type ArrowBatch, type ArrowData, type ArrowSchema, type ArrowTable, arrowData } from './arrow-facts.js';
import { type AnyIterable, mismatch, peek } from './shape.js';
import { BATCH_ROWS, type ColumnWishes, type Source } from './source.js';
import { resolveWishes } from './wishes.js';

export function isRecordBatch(value: unknown): value is ArrowBatch {
  return hasFields(value) && 'data' in value && 'numRows' in value && 'getChildAt' in value;
}

export function isArrowTable(value: unknown): value is ArrowTable {
  return hasFields(value) && 'batches' in value && Array.isArray(value.batches);
}

function hasFields(value: unknown): value is { schema: ArrowSchema } {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  return typeof schema === 'object' && schema !== null && 'fields' in schema && Array.isArray(schema.fields);
}

/**
 * An Arrow table, a record batch, or anything that yields record batches of one schema. Integers, floats, booleans, text
 * (plain or dictionary), dates, timestamps and 128-bit decimals map as in `fileSource`; other types are refused by name.
 *
 * @throws TYPE_MISMATCH, SCHEMA_MISMATCH where a later batch has other columns, and INVALID_VALUE naming row and column
 */
export async function arrowSource(
  input: ArrowTable | ArrowBatch | AnyIterable<ArrowBatch>,
  wishes: ColumnWishes = {},
): Promise<Source> {
  if (isArrowTable(input)) {
    return { ...recordBatches(input.schema, input.batches, wishes), rows: input.numRows };
  }
  const { first, rest } = await peek(isRecordBatch(input) ? [input] : (input as AnyIterable<ArrowBatch>));
  if (!isRecordBatch(first)) throw mismatch('no record batches, so no columns are known', 'pass an Arrow table');
  return recordBatches(first.schema, rest, wishes);
}

/** Record batches whose schema is known. */
export function recordBatches(schema: ArrowSchema, batches: AnyIterable<ArrowBatch>, wishes: ColumnWishes): Source {
  const names = schema.fields.map(({ name }) => name);
  const { typeOf, nameOf, truncate } = resolveWishes(names, wishes);
  const plan = () => schema.fields.map((field) => arrowColumn(field, typeOf(field.name), truncate));
  return {
    fields: plan().map(({ type }, k) => ({ name: nameOf(names[k] as string), type })),
    batches: { [Symbol.asyncIterator]: () => convert(schema, batches, plan()) },
  };
}

async function* convert(
  schema: ArrowSchema,
  batches: AnyIterable<ArrowBatch>,
  columns: readonly ArrowColumn[],
): AsyncGenerator<Batch, void> {
  let row = 0;
  for await (const batch of batches) {
    checkSchema(schema, batch.schema, row);
    const data = columns.map((_, k) => {
      const vector = batch.getChildAt(k);
      if (vector === null) throw mismatch(`the record batch at row ${row} has only ${k} columns`);
      return arrowData(vector);
    });
    for (let from = 0; from < batch.numRows; from += BATCH_ROWS) {
      const to = Math.min(batch.numRows, from + BATCH_ROWS);
      const range = { from, to, row: row + from };
      yield {
        rows: to - from,
        columns: columns.map((column, k) => column.read(data[k] as ArrowData, range)),
      };
    }
    row += batch.numRows;
  }
}

function checkSchema(schema: ArrowSchema, other: ArrowSchema, row: number): void {
  if (schema === other) return;
  const show = ({ fields }: ArrowSchema) => fields.map(({ name, type }) => `${name}: ${type}`).join(', ');
  if (show(schema) === show(other)) return;
  throw mismatch(
    `the record batch at row ${row} has the columns ${show(other)}`,
    `those before it have ${show(schema)}`,
  );
}
