/** Rows for people: a table that fits the terminal, or a block of lines a row where none would. */
import type { Columns, Output } from '../engine/results/source.js';
import { jsonText } from '../engine/results/write/json-cells.js';
import { cellText } from '../engine/results/write/text-cells.js';
import type { ColumnType } from '../storage/types.js';
import { paint } from './output.js';
import { formatTable } from './table.js';

/** `auto`: where the table is wider than the terminal. */
export type Expanded = 'auto' | 'on' | 'off';

const NULL = 'NULL';

const isNumber = ({ type }: Output): boolean => /^(int|float|decimal)/.test(type);

export function formatRows(outputs: readonly Output[], columns: Columns, expanded: Expanded = 'off'): string {
  const texts = outputs.map((output, k) => columnTexts(output, columns[k] ?? []));
  const rows = (texts[0] ?? []).map((_, row) => texts.map((column) => column[row] ?? null));
  const titles = outputs.map(({ name }) => name);
  const missing = paint('dim', NULL, process.stdout);
  if (expanded === 'on') return blocks(titles, rows, missing);
  const right = outputs.filter(isNumber).map(({ name }) => name);
  const table = formatTable(titles, rows, { right, missing });
  if (expanded === 'off' || rows.length === 0) return table;
  // A terminal that does not know its width says 0.
  const width = (table.split('\n')[1] ?? '').length;
  return width > (process.stdout.columns || Number.POSITIVE_INFINITY) ? blocks(titles, rows, missing) : table;
}

function columnTexts({ type }: Output, values: Columns[number]): (string | null)[] {
  const text = textOf(type, values);
  return values.map((value) => (value === null ? null : text(value)));
}

type Value = Exclude<Columns[number][number], null>;

/** Times as people write them, with milliseconds only in columns that have some. */
function textOf(type: Output['type'], values: Columns[number]): (value: Value) => string {
  if (type.startsWith('list')) return jsonText(type) as (value: Value) => string;
  const text = cellText(type as ColumnType) as (value: Value) => string;
  if (type === 'timestamp') {
    const whole = values.every((value) => value === null || Number(value) % 1000 === 0);
    return (value) => {
      const iso = text(value).replace('T', ' ').replace('Z', '');
      return whole ? iso.replace('.000', '') : iso;
    };
  }
  // Where there is no colour, a text that reads like the sign for null is told from it.
  return (value) => (type === 'utf8' && value === NULL ? `'${NULL}'` : text(value));
}

function blocks(titles: readonly string[], rows: readonly (readonly (string | null)[])[], missing: string): string {
  const parts = rows.map((row, i) => {
    const head = paint('dim', `── row ${i + 1} ${'─'.repeat(24)}`, process.stdout);
    const lines = formatTable(
      ['', ''],
      titles.map((title, k) => [title, row[k]]),
      { right: [], missing },
    );
    // Without the line of titles and the one below it.
    return `${head}\n${lines.split('\n').slice(2).join('\n')}`;
  });
  return parts.join('\n');
}
