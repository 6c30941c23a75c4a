// Generated tables as columns of physical values (dates as days, decimals as scaled integers), and how they go into Shardfold and
// into DuckDB: the same rows in the same order.
import { DuckDBDataChunk } from '@duckdb/node-api';

const BATCH_ROWS = 65_024;
/** The most rows of a DuckDB data chunk. */
const VECTOR_ROWS = 2048;

const slice = (column, from, to) =>
  column.type === 'utf8'
    ? { kind: 'string', codes: column.codes.subarray(from, to), dictionary: column.dictionary }
    : { kind: 'number', values: column.values.subarray(from, to) };

/** What `sf.createTable` takes. */
export function sourceOf({ rows, columns }) {
  return {
    fields: columns.map(({ name, type }) => ({ name, type })),
    rows,
    batches: {
      async *[Symbol.asyncIterator]() {
        for (let from = 0; from < rows; from += BATCH_ROWS) {
          const to = Math.min(rows, from + BATCH_ROWS);
          yield { rows: to - from, columns: columns.map((column) => slice(column, from, to)) };
        }
      },
    },
  };
}

/** What `collectColumns` gives, in the form of a generated table: decimals as scaled integers again, strings as they are. */
export function pulledTable({ rows, columns, types }) {
  const list = Object.entries(types).map(([name, type]) => {
    const values = columns[name];
    if (type === 'utf8') return { name, type, texts: values };
    return { name, type, values: Array.isArray(values) ? Float64Array.from(values, unscaled) : values };
  });
  return { rows, columns: list };
}

const unscaled = (text) => Number(text.replace('.', ''));

const SQL_TYPES = { utf8: 'VARCHAR', int32: 'INTEGER', float64: 'DOUBLE', date: 'DATE' };

function sqlType(type) {
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1];
  return scale === undefined ? SQL_TYPES[type] : `DECIMAL(15, ${scale})`;
}

/** Copies physical numbers into a vector of DuckDB's: decimals of up to 18 digits are 64-bit integers there. */
function fillNumbers(vector, type, values) {
  if (type.startsWith('decimal')) {
    for (let i = 0; i < values.length; i++) vector.dataView.setBigInt64(i * 8, BigInt(values[i]), true);
  } else {
    vector.items.set(values);
  }
  vector.flush();
}

function textsOf({ texts, codes, dictionary }, from, to) {
  return texts?.slice(from, to) ?? Array.from(codes.subarray(from, to), (code) => dictionary[code]);
}

/** Makes a table of a DuckDB connection. */
export async function loadIntoDuckdb(connection, name, { rows, columns }) {
  const list = columns.map((column) => `${column.name} ${sqlType(column.type)}`);
  await connection.run(`CREATE OR REPLACE TABLE ${name} (${list.join(', ')})`);
  const appender = await connection.createAppender(name);
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i));
  for (let from = 0; from < rows; from += VECTOR_ROWS) {
    const to = Math.min(rows, from + VECTOR_ROWS);
    const chunk = DuckDBDataChunk.create(types, to - from);
    for (const [i, column] of columns.entries()) {
      if (column.type === 'utf8') {
        chunk.setColumnValues(i, textsOf(column, from, to));
      } else {
        fillNumbers(chunk.getColumnVector(i), column.type, column.values.subarray(from, to));
      }
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
