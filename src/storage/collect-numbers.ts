/** The numbers of one column on their way into a chunk: batches in, one packed column out, the array used again. */
import { asType, integerBounds, invalidValue, showValue } from './column-types.js';
import { type EncodedColumn, encodeNumbers } from './encode.js';
import { type NumberStats, numberStats } from './number-stats.js';
import { roomFor } from './room.js';
import type { Field, NumberColumn } from './types.js';

export class NumberCollector {
  readonly #field: Field;
  #values = new Float64Array(0);
  #valid: Uint8Array | undefined;

  constructor(field: Field) {
    this.#field = field;
  }

  /** Copies `count` rows of a batch to row `at` of the chunk. */
  append(column: NumberColumn, from: number, count: number, place: { at: number; sourceRow: number }): void {
    const { at } = place;
    this.#values = roomFor(this.#values, at + count);
    if (this.#valid) this.#valid = roomFor(this.#valid, at + count);
    const source = column.values.subarray(from, from + count);
    this.#values.set(source, at);
    if (column.valid) {
      this.#valid ??= new Uint8Array(this.#values.length).fill(1, 0, at);
      this.#valid.set(column.valid.subarray(from, from + count), at);
    } else {
      this.#valid?.fill(1, at, at + count);
    }
    if (this.#field.type === 'float32' && source instanceof Float64Array) this.#round(count, place);
  }

  /**
   * Packs the first `rows` rows and starts anew.
   * @param sourceRow number of the chunk's first row in the source, for the message of an INVALID_VALUE
   */
  finish(rows: number, sourceRow: number): EncodedColumn {
    const values = this.#values.subarray(0, rows);
    const valid = this.#valid?.subarray(0, rows);
    const stats = numberStats(values, valid);
    this.#check(values, valid, stats, sourceRow);
    this.#valid = undefined;
    return encodeNumbers(this.#field.type, { kind: 'number', values, ...(valid && { valid }) }, stats);
  }

  #round(count: number, { at, sourceRow }: { at: number; sourceRow: number }): void {
    for (let i = at; i < at + count; i++) {
      const value = this.#values[i] as number;
      const rounded = Math.fround(value);
      if (Number.isFinite(value) && !Number.isFinite(rounded) && this.#valid?.[i] !== 0) {
        const place = { row: sourceRow + i - at, column: this.#field.name };
        const hint = asType(place.column, 'float64');
        throw invalidValue('float32', showValue(value), place, 'beyond its range', hint);
      }
      this.#values[i] = rounded;
    }
  }

  #check(values: Float64Array, valid: Uint8Array | undefined, stats: NumberStats, sourceRow: number): void {
    const { name, type } = this.#field;
    const bounds = integerBounds(type);
    if (!bounds) return;
    const [low, high] = bounds;
    if (stats.integers && (stats.min ?? low) >= low && (stats.max ?? high) <= high) return;
    const bad = values.findIndex(
      (value, i) => valid?.[i] !== 0 && !(Number.isInteger(value) && value >= low && value <= high),
    );
    const reason = Number.isInteger(values[bad]) ? 'beyond its range' : 'not an integer';
    throw invalidValue(type, showValue(values[bad]), { row: sourceRow + bad, column: name }, reason);
  }
}
