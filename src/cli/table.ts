import stringWidth from 'string-width';

export type Cell = string | number | bigint | boolean | Date | null | undefined;

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

const GAP = '  ';

/** Rows under titles and a line of dashes, as psql prints them; aligned by the width that characters have on a terminal. */
export function formatTable(titles: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions = {}) {
  const numeric = (i: number) =>
    rows.length > 0 &&
    rows.every(
      (row) => row[i] === null || row[i] === undefined || typeof row[i] === 'number' || typeof row[i] === 'bigint',
    );
  const right = titles.map((title, i) => (options.right ? options.right.includes(title) : numeric(i)));
  const { empty = '', missing = empty } = options;
  const shown = (cell: Cell): string => (cell === null || cell === undefined ? missing : show(cell) || empty);
  const texts = rows.map((row) => titles.map((_, i) => shown(row[i])));
  const widths = titles.map((title, i) =>
    texts.reduce((most, row) => Math.max(most, stringWidth(row[i] as string)), Math.max(1, stringWidth(title))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] as number) - stringWidth(cell));
        return right[i] ? space + cell : cell + space;
      })
      .join(GAP)
      // The last column is padded as well; nobody wants to copy that.
      .replace(/ +$/, '');
  if (rows.length === 0) return line(titles);
  const rule = widths.map((width) => '─'.repeat(width)).join(GAP);
  return [line(titles), rule, ...texts.map(line)].join('\n');
}
