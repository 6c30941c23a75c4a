/** Columns of numbers, dates, timestamps, decimals and booleans, read from the memory of DuckDB's vectors. */
import { invalidValue, type ValuePlace } from '../schema.js';
import type { BatchColumn, ColumnType } from '../types.js';
import { isSet, Validity } from './bits.js';
import { type ColumnReader, placeOf, type Run } from './duckdb-reader.js';
import { itemsAs, type RawMaker, type Vector, validityOf } from './duckdb-vector.js';
import type { Fill, Target } from './numbers.js';

export interface NumberOptions {
  readonly name: string;
  readonly type: ColumnType;
  readonly fill: Fill;
  /** The array that holds the vector's items. */
  readonly raw: RawMaker;
  readonly target: new (length: number) => Target;
  /** Narrower bounds than those of `fill`. */
  readonly bounds?: readonly [number, number];
  /** Why a value does not fit, from its text. */
  readonly reason?: (shown: string) => string;
  readonly hint?: string;
  /** The vector holds what DuckDB made of a text: a misfit is explained from the text itself. */
  readonly fromText?: boolean;
}

/** A text that does not fit its column, told by the number that DuckDB made of it; whoever can fetches the text. */
export class TextMisfit extends Error {
  constructor(
    readonly type: ColumnType,
    readonly place: ValuePlace,
  ) {
    super(`row ${place.row} of column ${place.column}`);
  }
}

export class NumberReader implements ColumnReader {
  readonly textBytes = 0;
  private target: Target;
  private validity = new Validity(0);

  constructor(private readonly options: NumberOptions) {
    this.target = new options.target(0);
  }

  begin(capacity: number): void {
    this.target = new this.options.target(capacity);
    this.validity = new Validity(capacity);
  }

  read(vector: Vector, run: Run): void {
    const raw = itemsAs(vector, this.options.raw);
    const bits = validityOf(vector);
    let from = run.from;
    while (from < run.to) {
      const bad = this.options.fill(raw, from, run.to, this.target, run.at + from - run.from);
      if (bad < 0) break;
      if (bits === undefined || isSet(bits, bad)) throw this.misfit(vector, bad, run);
      this.target[run.at + bad - run.from] = 0;
      from = bad + 1;
    }
    if (this.options.bounds) this.checkBounds(vector, run, bits, this.options.bounds);
    this.validity.add(bits, run.from, run.to - run.from, run.at);
  }

  finish(rows: number): BatchColumn {
    const valid = this.validity.finish(rows);
    return { kind: 'number', values: this.target.subarray(0, rows), ...(valid && { valid }) };
  }

  private checkBounds(vector: Vector, run: Run, bits: Uint8Array | undefined, [low, high]: readonly [number, number]) {
    for (let i = run.from; i < run.to; i++) {
      const value = this.target[run.at + i - run.from] as number;
      if ((value < low || value > high) && (bits === undefined || isSet(bits, i))) throw this.misfit(vector, i, run);
    }
  }

  private misfit(vector: Vector, index: number, run: Run) {
    const { name, type, reason, hint, fromText } = this.options;
    const place = placeOf(name, index, run);
    if (fromText) return new TextMisfit(type, place);
    const shown = String(vector.getItem(index));
    return invalidValue(type, shown, place, reason?.(shown) ?? 'beyond its range', hint);
  }
}
