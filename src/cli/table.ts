import { TableLayout } from './table-layout.js';

export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** Control characters would break the lines, or command the terminal; they are shown as escapes. */
const CONTROL = /\p{Cc}/gu;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeControl = (character: string) =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text on one line that commands no terminal. */
export const oneLine = (text: string): string => text.replace(CONTROL, escapeControl);

/** Text as it is, but for what would command a terminal. In a pipe nothing is changed. */
export const plainText = (text: string): string =>
  process.stdout.isTTY
    ? text.replace(CONTROL, (character) => ('\n\t'.includes(character) ? character : escapeControl(character)))
    : text;

function show(cell: Exclude<Cell, null | undefined>): string {
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return Object.is(cell, -0) ? '-0' : String(cell);
  return oneLine(cell);
}

export interface TableOptions {
  /** Columns, by title, to align right; by default those that hold only numbers. */
  right?: readonly string[];
  /** How null and empty text are shown; nothing by default. */
  empty?: string;
}

/** Rows under titles, aligned by the width that characters have on a terminal; titles alone where there are no rows. */
export function formatTable(titles: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions = {}) {
  const numeric = (i: number) =>
    rows.length > 0 &&
    rows.every(
      (row) => row[i] === null || row[i] === undefined || typeof row[i] === 'number' || typeof row[i] === 'bigint',
    );
  const right = titles.map((title, i) => (options.right ? options.right.includes(title) : numeric(i)));
  const { empty = '' } = options;
  const shown = (cell: Cell): string => (cell === null || cell === undefined ? empty : show(cell) || empty);
  const texts = rows.map((row) => titles.map((_, i) => shown(row[i])));
  const layout = new TableLayout(titles.map(oneLine), { right, missing: empty });
  layout.fit(texts);
  const head = rows.length === 0 ? [layout.titles()] : [layout.titles(), layout.dashes()];
  return [...head, ...texts.map((row) => layout.row(row))].join('\n');
}
