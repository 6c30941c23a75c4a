/** Columns that DuckDB hands over as text: strings, and values that are parsed here, where a misfit can be named. */
import type { BatchColumn, ColumnType } from '../types.js';
import { isSet, Validity } from './bits.js';
import { StructDictionary } from './dictionary.js';
import { type ColumnReader, placeOf, type Run } from './duckdb-reader.js';
import { itemsAs, type Vector, validityOf } from './duckdb-vector.js';
import type { Target } from './numbers.js';
import { parseText } from './text.js';

/** VARCHAR columns as strings. */
export class StringReader implements ColumnReader {
  protected readonly dictionary = new StructDictionary();
  protected codes = new Int32Array(0);
  private validity = new Validity(0);

  get textBytes(): number {
    return this.dictionary.newBytes;
  }

  begin(capacity: number): void {
    this.dictionary.renew();
    this.codes = new Int32Array(capacity);
    this.validity = new Validity(capacity);
  }

  read(vector: Vector, run: Run): void {
    const structs = itemsAs(vector, Uint32Array);
    const bits = validityOf(vector);
    const rows = bits === undefined ? run : { ...run, isNull: (i: number) => !isSet(bits, i) };
    this.dictionary.encode(structs, rows, this.codes, run.at, (i) => longText(vector, structs, i));
    this.validity.add(bits, run.from, run.to - run.from, run.at);
  }

  finish(rows: number): BatchColumn {
    const valid = this.validity.finish(rows);
    const { entries: dictionary } = this.dictionary;
    return { kind: 'string', codes: this.codes.subarray(0, rows), dictionary, ...(valid && { valid }) };
  }
}

const BYTE_ORDER_MARK = 0xbfbbef;

/** DuckDB's own decoder drops a leading U+FEFF, which is a character of the value like any other. */
function longText(vector: Vector, structs: Uint32Array, i: number): string {
  const text = String(vector.getItem(i));
  return ((structs[4 * i + 1] as number) & 0xffffff) === BYTE_ORDER_MARK ? `\ufeff${text}` : text;
}

/** VARCHAR columns read as another type: every distinct text is parsed once. */
export class TextReader extends StringReader {
  private parsed: number[] = [];
  private known: readonly string[] = [];
  private values: Target = new Float64Array(0);

  constructor(private readonly options: { name: string; type: ColumnType; target: new (length: number) => Target }) {
    super();
  }

  override begin(capacity: number): void {
    super.begin(capacity);
    this.values = new this.options.target(capacity);
    if (this.known !== this.dictionary.entries) {
      this.known = this.dictionary.entries;
      this.parsed = [];
    }
  }

  override read(vector: Vector, run: Run): void {
    super.read(vector, run);
    const { name, type } = this.options;
    const bits = validityOf(vector);
    for (let i = run.from; i < run.to; i++) {
      if (bits !== undefined && !isSet(bits, i)) continue;
      const at = run.at + i - run.from;
      const code = this.codes[at] as number;
      // Codes count up in order of appearance, so that the row at hand is the first with this text.
      this.parsed[code] ??= parseText(type, this.known[code] as string, placeOf(name, i, run)) as number;
      this.values[at] = this.parsed[code];
    }
  }

  override finish(rows: number): BatchColumn {
    const { valid } = super.finish(rows);
    return { kind: 'number', values: this.values.subarray(0, rows), ...(valid && { valid }) };
  }
}
