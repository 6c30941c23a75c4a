/** Rows for people, as they come: a table that fits the terminal, or a block of lines a row where none would. */
import type { Columns, Output } from '../engine/results/source.js';
import { jsonText } from '../engine/results/write/json-cells.js';
import { cellText } from '../engine/results/write/text-cells.js';
import type { ColumnType } from '../storage/types.js';
import { paint } from './output.js';
import { oneLine } from './table.js';
import { TableLayout, type TextCell, withoutBlanks } from './table-layout.js';
import { padded, widthOf } from './width.js';

/** `auto`: where the table is wider than the terminal. */
export type Expanded = 'auto' | 'on' | 'off';

const NULL = 'NULL';
/** Rows of a piece of text. */
const PIECE_ROWS = 1000;

type Value = Exclude<Columns[number][number], null>;

const isNumber = ({ type }: Output): boolean => /^(int|float|decimal)/.test(type);
const dim = (text: string): string => paint('dim', text, process.stdout);

/**
 * The first rows decide how wide the columns are, whether times have milliseconds, and whether `auto` shows a table. What comes
 * later and is wider makes its column wider from there on, so that nothing need be held back.
 */
export class RowsText {
  readonly #layout: TableLayout;
  readonly #names: readonly string[];
  readonly #texts: readonly ((value: Value) => string)[];
  readonly #isTable: boolean;
  readonly #isEmpty: boolean;
  #rows = 0;

  /** @param first the first rows, which are still to be handed to `lines` */
  constructor(outputs: readonly Output[], first: Columns, expanded: Expanded) {
    const titles = outputs.map(({ name }) => oneLine(name));
    const widest = titles.reduce((most, title) => Math.max(most, widthOf(title)), 0);
    this.#names = titles.map((title) => padded(title, widest));
    this.#texts = outputs.map(({ type }, k) => textOf(type, first[k] ?? []));
    this.#layout = new TableLayout(titles, { right: outputs.map(isNumber), missing: NULL, paintMissing: dim });
    this.#isEmpty = (first[0] ?? []).length === 0;
    if (expanded !== 'on') for (const rows of this.#pieces(first)) this.#layout.fit(rows);
    // A terminal that does not know its width says 0.
    const room = expanded === 'auto' ? process.stdout.columns || Number.POSITIVE_INFINITY : Number.POSITIVE_INFINITY;
    this.#isTable = expanded !== 'on' && (this.#isEmpty || this.#layout.width <= room);
  }

  /** What stands above the rows. */
  head(): string {
    if (!this.#isTable) return '';
    return this.#isEmpty ? `${this.#layout.titles()}\n` : `${this.#layout.titles()}\n${this.#layout.dashes()}\n`;
  }

  /** Lines of these rows, each with its end, some rows at a time. */
  *lines(columns: Columns): Generator<string> {
    for (const rows of this.#pieces(columns)) {
      if (this.#isTable) this.#layout.fit(rows);
      let text = '';
      for (const row of rows) text += this.#isTable ? `${this.#layout.row(row)}\n` : this.#block(row);
      yield text;
    }
  }

  *#pieces(columns: Columns): Generator<TextCell[][]> {
    const count = (columns[0] ?? []).length;
    for (let from = 0; from < count; from += PIECE_ROWS) {
      const rows: TextCell[][] = [];
      for (let row = from; row < Math.min(count, from + PIECE_ROWS); row++) {
        rows.push(this.#texts.map((text, k) => cell(columns[k]?.[row] ?? null, text)));
      }
      yield rows;
    }
  }

  #block(row: readonly TextCell[]): string {
    this.#rows++;
    let text = `${dim(`── row ${this.#rows} ${'─'.repeat(24)}`)}\n`;
    for (const [k, name] of this.#names.entries()) text += `${withoutBlanks(`${name}  ${row[k] ?? dim(NULL)}`)}\n`;
    return text;
  }
}

const cell = (value: Value | null, text: (value: Value) => string): TextCell => (value === null ? null : text(value));

/** Times as people write them, with milliseconds only where the first rows have some, or the time itself. */
function textOf(type: Output['type'], first: Columns[number]): (value: Value) => string {
  if (type.startsWith('list')) {
    const json = jsonText(type) as (value: Value) => string;
    return (value) => oneLine(json(value));
  }
  const text = cellText(type as ColumnType) as (value: Value) => string;
  if (type === 'timestamp') {
    const whole = first.every((value) => value === null || Number(value) % 1000 === 0);
    return (value) => {
      const iso = text(value).replace('T', ' ').replace('Z', '');
      return whole ? iso.replace('.000', '') : iso;
    };
  }
  if (type !== 'utf8') return text;
  // Where there is no colour, a text that reads like the sign for null is told from it.
  return (value) => (value === NULL ? `'${NULL}'` : oneLine(text(value)));
}
