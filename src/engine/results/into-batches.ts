/** Batches of a result as the storage writer takes them. */

import type { Physical } from '../../expr/typed.js';
import type { Batch, BatchColumn, ColumnType } from '../../storage/types.js';
import { type Columns, rowsOf } from './source.js';
import { type PlainOutput, textOf } from './values.js';

export function storageBatch(outputs: readonly PlainOutput[], columns: Columns): Batch {
  return {
    rows: rowsOf(columns),
    columns: outputs.map(({ type }, k) => storageColumn(type, columns[k] as readonly Physical[])),
  };
}

function storageColumn(type: ColumnType, values: readonly Physical[]): BatchColumn {
  const valid = validOf(values);
  if (type === 'utf8') return { ...codesOf(values as readonly (string | null)[]), ...(valid && { valid }) };
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = (values[i] as number | null) ?? 0;
  return { kind: 'number', values: numbers, ...(valid && { valid }) };
}

function codesOf(values: readonly (string | null)[]): Extract<BatchColumn, { kind: 'string' }> {
  const codes = new Int32Array(values.length);
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  for (let i = 0; i < values.length; i++) {
    const bytes = values[i] as string | null;
    if (bytes === null) continue;
    let code = codeOf.get(bytes);
    if (code === undefined) {
      code = dictionary.push(textOf(bytes)) - 1;
      codeOf.set(bytes, code);
    }
    codes[i] = code;
  }
  return { kind: 'string', codes, dictionary };
}

function validOf(values: readonly Physical[]): Uint8Array | undefined {
  if (!values.includes(null)) return undefined;
  return Uint8Array.from(values, (value) => (value === null ? 0 : 1));
}
