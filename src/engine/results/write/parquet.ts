/**
 * Parquet, a row group of at least 65,024 rows at a time (but the last), compressed by Snappy, by hyparquet-writer. float64 DOUBLE,
 * float32 FLOAT, int32 INT32, int64 INT64, bool BOOLEAN, utf8 STRING, timestamp TIMESTAMP(MILLIS, UTC), date DATE,
 * decimal(s) DECIMAL(18, s) as INT64.
 */

import type { SchemaElement } from 'hyparquet';
import type { Physical } from '../../../expr/typed.js';
import { decimalScale } from '../../../storage/schema.js';
import { CHUNK_ROWS, type ColumnType } from '../../../storage/types.js';
import { DECIMAL_DIGITS } from '../arrow-columns.js';
import { type PlainOutput, textOf } from '../values.js';
import type { Encoder } from './format.js';

export async function parquetEncoder(outputs: readonly PlainOutput[]): Promise<Encoder> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const sink = new ByteWriter();
  const root: SchemaElement = { name: 'root', num_children: outputs.length };
  const schema = [
    root,
    ...outputs.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL', ...element(type) }) as const),
  ];
  const writer = new ParquetWriter({ writer: sink, schema, createdBy: 'shardfold' });
  const handedOn = (): Uint8Array[] => {
    const bytes = sink.getBytes().slice();
    sink.index = 0;
    return [bytes];
  };
  return {
    rows: CHUNK_ROWS,
    begin: handedOn,
    add(columns) {
      const columnData = outputs.map(({ name, type }, k) => ({
        name,
        data: valuesOf(type, columns[k] as readonly Physical[]),
        // Its dictionaries would take -0 for 0.
        ...((type === 'float64' || type === 'float32') && { encoding: 'PLAIN' as const }),
      }));
      writer.write({ columnData, rowGroupSize: columns[0]?.length ?? 1 });
      return handedOn();
    },
    end() {
      writer.finish();
      return handedOn();
    },
  };
}

function element(type: ColumnType): Partial<SchemaElement> {
  switch (type) {
    case 'float64':
      return { type: 'DOUBLE' };
    case 'float32':
      return { type: 'FLOAT' };
    case 'int32':
      return { type: 'INT32' };
    case 'int64':
      return { type: 'INT64' };
    case 'bool':
      return { type: 'BOOLEAN' };
    case 'utf8':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    default: {
      const [scale, precision] = [decimalScale(type) ?? 0, DECIMAL_DIGITS];
      const logical_type = { type: 'DECIMAL', scale, precision } as const;
      return { type: 'INT64', converted_type: 'DECIMAL', scale, precision, logical_type };
    }
  }
}

function valuesOf(type: ColumnType, values: readonly Physical[]): (number | string | bigint | boolean | null)[] {
  switch (type) {
    case 'float64':
    case 'float32':
    case 'int32':
    case 'date':
      return values as Physical[];
    case 'bool':
      return values.map((value) => (value === null ? null : value === 1));
    case 'utf8':
      return values.map((value) => (value === null ? null : textOf(value as string)));
    default:
      return values.map((value) => (value === null ? null : BigInt(value)));
  }
}
