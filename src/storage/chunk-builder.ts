/**
 * Batches of any size in, packed chunks out. It holds one chunk of rows at a time, in arrays that it uses again, so that an
 * import's memory does not grow with its source.
 */
import { ShardfoldError } from '../errors.js';
import { NumberCollector } from './collect-numbers.js';
import { StringCollector } from './collect-strings.js';
import type { EncodedColumn } from './encode.js';
import type { Batch, Schema } from './types.js';

/** A chunk ready to be written. */
export interface EncodedChunk {
  readonly rows: number;
  /** One a schema field, in schema order. */
  readonly columns: readonly EncodedColumn[];
}

export interface ChunkBuilderOptions {
  /** The most rows of the n-th chunk that this builder makes (at most 65,024). */
  readonly rowsOfChunk: (n: number) => number;
  /** Number of the first row handed in, for error messages; negative while rows of an older chunk are taken up again. */
  readonly firstSourceRow?: number;
}

export class ChunkBuilder {
  readonly #schema: Schema;
  readonly #rowsOfChunk: (n: number) => number;
  readonly #collectors: readonly (NumberCollector | StringCollector)[];
  #made = 0;
  #rows = 0;
  #sourceRow: number;

  constructor(schema: Schema, options: ChunkBuilderOptions) {
    this.#schema = schema;
    this.#rowsOfChunk = options.rowsOfChunk;
    this.#sourceRow = options.firstSourceRow ?? 0;
    this.#collectors = schema.map((field) =>
      field.type === 'utf8' ? new StringCollector(field) : new NumberCollector(field),
    );
  }

  /** Takes a batch up and yields the chunks that it fills. Ask for the next one only when the last is on its way. */
  *add(batch: Batch): Generator<EncodedChunk, void> {
    this.#checkShape(batch);
    let from = 0;
    while (from < batch.rows) {
      const room = this.#rowsOfChunk(this.#made) - this.#rows;
      const wanted = Math.min(batch.rows - from, room);
      const taken = this.#take(batch, from, wanted);
      this.#rows += taken;
      from += taken;
      if (taken === room || taken < wanted) yield this.#cut();
    }
  }

  /** The last, short chunk; undefined where no rows are left. */
  finish(): EncodedChunk | undefined {
    return this.#rows > 0 ? this.#cut() : undefined;
  }

  /** Strings first: they alone may find that a row no longer fits, and then no column takes it. */
  #take(batch: Batch, from: number, wanted: number): number {
    let count = wanted;
    const place = { at: this.#rows, sourceRow: this.#sourceRow + this.#rows };
    for (const [k, collector] of this.#collectors.entries()) {
      const column = batch.columns[k];
      if (collector instanceof StringCollector && column?.kind === 'string') {
        count = collector.append(column, from, count, place);
      }
    }
    for (const [k, collector] of this.#collectors.entries()) {
      const column = batch.columns[k];
      if (collector instanceof NumberCollector && column?.kind === 'number') {
        collector.append(column, from, count, place);
      }
    }
    return count;
  }

  #cut(): EncodedChunk {
    const rows = this.#rows;
    const columns = this.#collectors.map((collector) => collector.finish(rows, this.#sourceRow));
    this.#sourceRow += rows;
    this.#rows = 0;
    this.#made += 1;
    return { rows, columns };
  }

  #checkShape(batch: Batch): void {
    if (batch.columns.length !== this.#schema.length) {
      throw misshapen(`a batch has ${batch.columns.length} columns, the table ${this.#schema.length}`);
    }
    for (const [k, field] of this.#schema.entries()) {
      const column = batch.columns[k];
      const kind = field.type === 'utf8' ? 'string' : 'number';
      if (column?.kind !== kind) throw misshapen(`column "${field.name}" (${field.type}) came as ${column?.kind}s`);
      const length = column.kind === 'number' ? column.values.length : column.codes.length;
      if (length < batch.rows || (column.valid?.length ?? length) < batch.rows) {
        throw misshapen(`column "${field.name}" has ${length} values in a batch of ${batch.rows} rows`);
      }
    }
  }
}

function misshapen(message: string): ShardfoldError {
  return new ShardfoldError('INVALID_ARGUMENT', message, {
    hint: 'all columns of a batch need as many values as rows',
  });
}
