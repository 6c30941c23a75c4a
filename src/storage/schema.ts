/** Schemas: checked names and types, and the generated ids by which columns reach the keys. */
import { ShardfoldError } from '../errors.js';
import { parseType } from './column-types.js';
import type { ColumnType, Field, Schema } from './types.js';
import { isWellFormed } from './values.js';

export {
  asKey,
  asType,
  decimalScale,
  integerBounds,
  invalidValue,
  MAX_INTEGER,
  parseType,
  type ValuePlace,
} from './column-types.js';
export { fromPhysical, isWellFormed, type LogicalValue, toPhysical } from './values.js';

/** A column as a user declares it. */
export interface FieldSpec {
  readonly name: string;
  readonly type: ColumnType;
}

const MAX_COLUMNS = 4096;
const MAX_NAME_BYTES = 1024;

/** The id of a column, from its place: a collector can tell all keys of a dead writer from the number of columns alone. */
export function columnId(index: number): string {
  return index.toString(36);
}

/** Checks declared columns and gives them ids; INVALID_ARGUMENT for no columns, names taken twice, or unknown types. */
export function makeSchema(fields: readonly FieldSpec[]): Schema {
  if (fields.length === 0) throw invalid('a table needs at least one column', "e.g. { id: 'int32' }");
  if (fields.length > MAX_COLUMNS)
    throw invalid(`${fields.length} columns are too many: at most ${MAX_COLUMNS}`, 'spread them over several tables');
  const seen = new Set<string>();
  return fields.map(({ name, type }, index): Field => {
    checkName(name, `column ${index}`);
    if (seen.has(name)) throw invalid(`two columns are called "${name}"`, 'give one of them another name');
    seen.add(name);
    return { name, type: parseType(type), id: columnId(index) };
  });
}

/** Checks the name of a table or a column: text with a UTF-8 form, not empty, at most 1,024 bytes. */
export function checkName(name: unknown, what: string): asserts name is string {
  if (typeof name !== 'string' || name === '') throw invalid(`${what} has no name`, "text, e.g. 'orders'");
  if (!isWellFormed(name))
    throw invalid(`the name of ${what} holds half a surrogate pair`, 'a name is well-formed Unicode');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw invalid(`the name of ${what} is longer than ${MAX_NAME_BYTES} bytes`, 'shorten it');
}

/**
 * Checks that data with these columns may be appended to a table: the same names and types.
 * @returns for each column of the table, the position of that column in the data.
 */
export function matchSchema(schema: Schema, fields: readonly FieldSpec[], table: string): number[] {
  const extra = fields.find((field) => !schema.some(({ name }) => name === field.name));
  if (extra) throw mismatch(table, `it has no column "${extra.name}"`, schema);
  return schema.map((field) => {
    const position = fields.findIndex(({ name }) => name === field.name);
    const found = fields[position];
    if (!found) throw mismatch(table, `the data lacks its column "${field.name}"`, schema);
    if (found.type !== field.type) {
      throw mismatch(table, `its column "${field.name}" is ${field.type}, the data's is ${found.type}`, schema);
    }
    return position;
  });
}

function mismatch(table: string, reason: string, schema: Schema): ShardfoldError {
  const columns = schema.map(({ name, type }) => `${name}=${type}`).join(' ');
  return new ShardfoldError('SCHEMA_MISMATCH', `cannot append to table "${table}": ${reason}`, {
    hint: `its columns are ${columns.length > 400 ? `${columns.slice(0, 400)}…` : columns}`,
  });
}

function invalid(message: string, hint: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint });
}
