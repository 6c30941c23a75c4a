/** JavaScript values of one column on their way into batches. */
import { ShardfoldError } from '../../errors.js';
import { asType, toPhysical } from '../schema.js';
import type { BatchColumn, ColumnType } from '../types.js';
import { Dictionary } from './dictionary.js';

type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

const ARRAYS: Partial<Record<ColumnType, new (length: number) => Numbers>> = {
  float32: Float32Array,
  int32: Int32Array,
  date: Int32Array,
  bool: Uint8Array,
};

/** The array that holds a type's physical numbers. */
export function numbersFor(type: ColumnType): new (length: number) => Numbers {
  return ARRAYS[type] ?? Float64Array;
}

export class ValueColumn {
  private values: Numbers = new Float64Array(0);
  private codes = new Int32Array(0);
  private valid: Uint8Array | undefined;
  private capacity = 0;
  private readonly dictionary = new Dictionary();
  private readonly place: { row: number; readonly column: string };

  /** @param inferred the type came from the first rows, which the error for a later misfit says */
  constructor(
    readonly name: string,
    readonly type: ColumnType,
    private readonly inferred: boolean,
  ) {
    this.place = { row: 0, column: name };
  }

  get textBytes(): number {
    return this.dictionary.newBytes;
  }

  begin(capacity: number): void {
    this.capacity = capacity;
    this.valid = undefined;
    if (this.type === 'utf8') {
      this.dictionary.renew();
      this.codes = new Int32Array(capacity);
    } else {
      this.values = new (numbersFor(this.type))(capacity);
    }
  }

  /** Puts a value at position `at`; `row` is its number in the source. */
  set(at: number, value: unknown, row: number): void {
    if (value === null || value === undefined) {
      this.valid ??= new Uint8Array(this.capacity).fill(1);
      this.valid[at] = 0;
    } else if (this.type === 'utf8') {
      const known = typeof value === 'string' ? this.dictionary.find(value) : undefined;
      this.codes[at] = known ?? this.dictionary.codeOf(this.physical(value, row) as string);
    } else {
      this.values[at] = this.physical(value, row) as number;
    }
  }

  finish(rows: number): BatchColumn {
    const valid = this.valid && { valid: this.valid.subarray(0, rows) };
    return this.type === 'utf8'
      ? { kind: 'string', codes: this.codes.subarray(0, rows), dictionary: this.dictionary.entries, ...valid }
      : { kind: 'number', values: this.values.subarray(0, rows), ...valid };
  }

  private physical(value: unknown, row: number): number | string | null {
    this.place.row = row;
    try {
      return toPhysical(this.type, value, { ...this.place });
    } catch (error) {
      throw this.inferred ? this.misfit(error, value) : error;
    }
  }

  private misfit(error: unknown, value: unknown): unknown {
    if (!(error instanceof ShardfoldError) || error.code !== 'INVALID_VALUE') return error;
    const isFraction = this.type === 'int64' && typeof value === 'number';
    const hint = isFraction ? `give it: ${asType(this.name, 'float64')}` : error.hint;
    return new ShardfoldError('INVALID_VALUE', error.message, {
      hint: `the type was inferred from the first rows; ${hint}`,
      cause: error,
    });
  }
}
