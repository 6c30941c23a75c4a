/**
 * CSV by RFC 4180, with lines that end in \n: the first line names the columns, null is an empty field and an empty text "".
 * Fields are quoted where they hold a comma, a quote or a line break, or could be taken for something else.
 */

import { isListType, type ResultType, type ResultValue } from '../../../aggregates/index.js';
import { type Columns, type Output, rowsOf } from '../source.js';
import type { Encoder } from './format.js';
import { jsonText } from './json-cells.js';
import { cellText } from './text-cells.js';

/** Lines that are joined to one piece of text. */
const PIECE_ROWS = 8192;
// Blanks at the ends are cut off by some readers, and a # may begin a comment.
const QUOTED = /[",\n\r]|^$|^[\s#]|\s$|^\ufeff/;

export function csvEncoder(outputs: readonly Output[]): Encoder {
  const cells = outputs.map(({ type }) => cellOf(type));
  return {
    rows: 1,
    begin: () => [`${outputs.map(({ name }) => quoted(name)).join(',')}\n`],
    *add(columns) {
      yield* pieces(columns, (row) => {
        const line = cells.map((cell, k) => {
          const value = (columns[k] as readonly ResultValue[])[row] as ResultValue;
          return value === null ? '' : cell(value);
        });
        return `${line.join(',')}\n`;
      });
    },
    end: () => [],
  };
}

/** Lists are JSON, as an import reads nested values. */
function cellOf(type: ResultType): (value: Exclude<ResultValue, null>) => string {
  if (isListType(type)) {
    const json = jsonText(type);
    return (value) => quoted(json(value));
  }
  const text = cellText(type);
  return type === 'utf8' ? (value) => quoted(text(value as string)) : (value) => text(value as number);
}

/** Rows as text, a few thousand at a time. */
export function* pieces(columns: Columns, line: (row: number) => string): Generator<string> {
  const rows = rowsOf(columns);
  for (let from = 0; from < rows; from += PIECE_ROWS) {
    const lines: string[] = [];
    for (let row = from; row < Math.min(rows, from + PIECE_ROWS); row++) lines.push(line(row));
    yield lines.join('');
  }
}

function quoted(text: string): string {
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
