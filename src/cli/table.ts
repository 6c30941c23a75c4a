import Table from 'cli-table3';

export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** No lines but one of dashes under the titles, as psql prints it. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '  ',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Control characters would break the lines, or command the terminal; they are shown as escapes. */
const CONTROL = /\p{Cc}/gu;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeControl = (character: string) =>
  SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text as it is, but for what would command a terminal. In a pipe nothing is changed. */
export const plainText = (text: string): string =>
  process.stdout.isTTY
    ? text.replace(CONTROL, (character) => ('\n\t'.includes(character) ? character : escapeControl(character)))
    : text;

function show(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return Object.is(cell, -0) ? '-0' : String(cell);
  return cell.replace(CONTROL, escapeControl);
}

export interface TableOptions {
  /** Columns, by title, to align right; by default those that hold only numbers. */
  right?: readonly string[];
  /** How null and empty text are shown; nothing by default. */
  empty?: string;
  /** How null is shown where it must be told from empty text. */
  missing?: string;
}

/** Rows under titles, aligned by the width that characters have on a terminal. */
export function formatTable(titles: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions = {}) {
  const numeric = (i: number) =>
    rows.length > 0 &&
    rows.every(
      (row) => row[i] === null || row[i] === undefined || typeof row[i] === 'number' || typeof row[i] === 'bigint',
    );
  const right = titles.map((title, i) => (options.right ? options.right.includes(title) : numeric(i)));
  const { empty = '', missing = empty } = options;
  const shown = (cell: Cell): string => (cell === null || cell === undefined ? missing : show(cell) || empty);
  const table = new Table({
    head: [...titles],
    chars: PLAIN,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    colAligns: right.map((isRight) => (isRight ? 'right' : 'left')),
  });
  for (const row of rows) table.push(titles.map((_, i) => shown(row[i])));
  // The last column is padded as well; nobody wants to copy that.
  return table.toString().replace(/ +$/gm, '');
}
