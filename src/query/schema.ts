/** The columns of a table as an app declares them: for the compiler, and checked when a query runs. */

import { ShardfoldError, showValue } from '../errors.js';
import type { DeclaredColumn } from '../plan/nodes.js';
import { parseType } from '../storage/schema.js';
import type { ColumnType } from '../storage/types.js';

/** `'int32'` is a column of that type; `'int32!'` is one without nulls. */
export type DeclaredType = ColumnType | `${ColumnType}!`;

/** Columns by their names: `{ origin: 'utf8', delay: 'int32!' }`. */
export type TableSchema = Readonly<Record<string, DeclaredType>>;

/** The type of a value as rows hold it: dates and timestamps as Date, decimals as exact text. */
export type ValueOfType<T extends ColumnType> = T extends 'utf8'
  ? string
  : T extends 'bool'
    ? boolean
    : T extends 'timestamp' | 'date'
      ? Date
      : T extends `decimal(${number})`
        ? `${number}`
        : number;

/** The rows of a table with this schema. Values may be null, but for those that are declared with `!`. */
export type RowOfSchema<D extends TableSchema> = {
  -readonly [K in keyof D]: D[K] extends `${infer T extends ColumnType}!`
    ? ValueOfType<T>
    : D[K] extends ColumnType
      ? ValueOfType<D[K]> | null
      : never;
};

/** @throws INVALID_ARGUMENT for no columns, and for what is no type */
export function declaredColumns(schema: TableSchema): readonly DeclaredColumn[] {
  const entries = typeof schema === 'object' && schema !== null ? Object.entries(schema) : [];
  if (entries.length === 0) throw invalid(`the schema is ${showValue(schema)}`);
  return Object.freeze(
    entries.map(([name, declared]): DeclaredColumn => {
      if (typeof declared !== 'string') throw invalid(`the type of column "${name}" is ${showValue(declared)}`);
      const nullable = !declared.endsWith('!');
      return Object.freeze({ name, type: parseType(nullable ? declared : declared.slice(0, -1)), nullable });
    }),
  );
}

function invalid(message: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, { hint: "e.g. { origin: 'utf8', delay: 'int32!' }" });
}
