/** Columns of numbers as a matrix: of a query, a table, or Arrow. */

import type { CollectOptions } from '../engine/options.js';
import { storageBatch } from '../engine/results/into-batches.js';
import type { ResultSource } from '../engine/results/source.js';
import { plainOutputs } from '../engine/results/values.js';
import { ShardfoldError } from '../errors.js';
import { decimalScale } from '../storage/schema.js';
import { arrowSource, isArrowTable, isRecordBatch } from '../storage/sources/arrow.js';
import type { Source, SourceField } from '../storage/sources/source.js';
import type { Batch, BatchColumn, ColumnType } from '../storage/types.js';
import { checkShape, type MatrixSource } from './matrix-data.js';
import { type Shape, showShape } from './matrix-open.js';

/** A query, or a table: what can be run, and gives columns. */
export interface QueryLike {
  resultSource(options: CollectOptions): ResultSource;
}

/** A Table or RecordBatch of apache-arrow. */
export interface ArrowLike {
  readonly schema: { readonly fields: readonly unknown[] };
  readonly numRows: number;
}

export const isQuery = (data: unknown): data is QueryLike =>
  typeof data === 'object' && data !== null && 'resultSource' in data && typeof data.resultSource === 'function';

export const isArrow = (data: unknown): data is ArrowLike => isArrowTable(data) || isRecordBatch(data);

/**
 * Its columns in their order, its rows in theirs; bool as 0 and 1.
 * @throws TYPE_MISMATCH naming a column that holds no numbers, SHAPE_MISMATCH, and while it is read INVALID_VALUE naming row and
 *   column of a null
 */
export async function arrowMatrix(data: ArrowLike, shape: Shape | undefined): Promise<MatrixSource> {
  return fromColumns(await arrowSource(data as Parameters<typeof arrowSource>[0]), shape);
}

/** Of a query the newest versions of its tables are read. As `arrowMatrix`, and all that the query throws. */
export async function queryMatrix(
  query: QueryLike,
  shape: Shape | undefined,
  options: Pick<CollectOptions, 'timeout' | 'signal'>,
): Promise<MatrixSource> {
  const source = query.resultSource(options);
  const stream = source.start(await source.bind());
  const fields = plainOutputs(stream.outputs);
  async function* batches(): AsyncGenerator<Batch> {
    const columns = stream.batches();
    try {
      for (let step = await columns.next(); !step.done; step = await columns.next()) {
        yield storageBatch(fields, step.value);
        // Whoever takes them may have taken its time: that is no reason to give up.
        source.context.progress();
      }
    } finally {
      await columns.return(undefined as never);
    }
  }
  return fromColumns({ fields, batches: batches() }, shape);
}

function fromColumns({ fields, batches }: Pick<Source, 'fields' | 'batches'>, shape: Shape | undefined): MatrixSource {
  for (const field of fields) checkNumbers(field);
  const cols = fields.length;
  checkShape([shape?.[0] ?? 0, cols]);
  if (shape && shape[1] !== cols) throw otherShape(`${cols} columns`, shape);
  return { cols, runs: rowsOfBatches(fields, batches, shape) };
}

async function* rowsOfBatches(
  fields: readonly SourceField[],
  batches: AsyncIterable<Batch>,
  shape: Shape | undefined,
): AsyncGenerator<Float64Array> {
  const cols = fields.length;
  let first = 0;
  for await (const { rows, columns } of batches) {
    const values = new Float64Array(rows * cols);
    for (const [j, field] of fields.entries()) {
      fill(values, j, cols, { field, column: columns[j] as BatchColumn, rows, first });
    }
    first += rows;
    yield values;
  }
  if (shape && shape[0] !== first) throw otherShape(`the shape ${showShape({ rows: first, cols })}`, shape);
}

interface Filled {
  readonly field: SourceField;
  readonly column: BatchColumn;
  readonly rows: number;
  /** Number of the batch's first row. */
  readonly first: number;
}

function fill(target: Float64Array, at: number, cols: number, { field, column, rows, first }: Filled): void {
  if (column.kind !== 'number') throw notNumbers(field);
  const { values, valid } = column;
  const missing = valid?.subarray(0, rows).indexOf(0) ?? -1;
  if (missing >= 0) {
    throw new ShardfoldError('INVALID_VALUE', `row ${first + missing}, column "${field.name}" is null`, {
      hint: `say what it stands for, coalesce(col('${field.name}'), 0), or leave such rows out: .filter(…)`,
    });
  }
  const unit = 10 ** (decimalScale(field.type) ?? 0);
  for (let i = 0; i < rows; i++) target[i * cols + at] = (values[i] as number) / unit;
}

const NUMBERS: ReadonlySet<ColumnType> = new Set(['float64', 'float32', 'int32', 'int64', 'bool']);

function checkNumbers(field: SourceField): void {
  if (!NUMBERS.has(field.type) && decimalScale(field.type) === undefined) throw notNumbers(field);
}

function notNumbers({ name, type }: SourceField): ShardfoldError {
  return new ShardfoldError('TYPE_MISMATCH', `column "${name}" is ${type}, and a matrix holds numbers alone`, {
    hint: 'choose among the columns: set(table.select(…))',
  });
}

function otherShape(found: string, shape: Shape): ShardfoldError {
  return new ShardfoldError('SHAPE_MISMATCH', `the data has ${found}, the shape says [${shape.join(', ')}]`, {
    hint: 'leave the shape out: the columns say it',
  });
}
