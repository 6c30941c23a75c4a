/** Lines of a table as psql prints them: titles, a line of dashes, and cells aligned by their width on a terminal. */

import { widthOf } from './width.js';

/** Between columns. */
const GAP = '  ';

/** Text without control characters, or null. */
export type TextCell = string | null;

export interface LayoutOptions {
  /** Column by column: to the right? */
  readonly right: readonly boolean[];
  /** How null is shown. */
  readonly missing: string;
  /** Colours the sign for null, which takes no places. */
  readonly paintMissing?: (text: string) => string;
}

/** Work and memory are linear in what is laid out: rows may be handed in piece by piece, and columns grow with them. */
export class TableLayout {
  readonly #titles: readonly string[];
  readonly #options: LayoutOptions;
  readonly #widths: number[];
  readonly #missingWidth: number;

  constructor(titles: readonly string[], options: LayoutOptions) {
    this.#titles = titles;
    this.#options = options;
    this.#widths = titles.map((title) => Math.max(1, widthOf(title)));
    this.#missingWidth = widthOf(options.missing);
  }

  get width(): number {
    return this.#widths.reduce((sum, width) => sum + width, GAP.length * (this.#widths.length - 1));
  }

  /** Makes columns as wide as these rows need. */
  fit(rows: readonly (readonly TextCell[])[]): void {
    for (const row of rows) {
      for (let k = 0; k < this.#widths.length; k++) {
        const width = this.#widthOf(row[k] ?? null);
        if (width > (this.#widths[k] as number)) this.#widths[k] = width;
      }
    }
  }

  titles(): string {
    return this.#line((k) => this.#titles[k] as string);
  }

  dashes(): string {
    return this.#widths.map((width) => '─'.repeat(width)).join(GAP);
  }

  row(cells: readonly TextCell[]): string {
    return this.#line((k) => cells[k] ?? null);
  }

  #line(cellOf: (k: number) => TextCell): string {
    const { right, missing, paintMissing } = this.#options;
    let line = '';
    for (let k = 0; k < this.#widths.length; k++) {
      const cell = cellOf(k);
      const blank = ' '.repeat(Math.max(0, (this.#widths[k] as number) - this.#widthOf(cell)));
      const text = cell ?? paintMissing?.(missing) ?? missing;
      line += `${k === 0 ? '' : GAP}${right[k] ? blank + text : text + blank}`;
    }
    return withoutBlanks(line);
  }

  #widthOf(cell: TextCell): number {
    return cell === null ? this.#missingWidth : widthOf(cell);
  }
}

/** Without those at the end: the last column is padded as well, and nobody wants to copy that. */
export function withoutBlanks(line: string): string {
  let end = line.length;
  while (line.charCodeAt(end - 1) === 0x20) end--;
  return line.slice(0, end);
}
