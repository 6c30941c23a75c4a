/** What DuckDB says about a file, cut down to what is wrong and where. */
import { basename } from 'node:path';
import { ShardfoldError } from '../../errors.js';
import { asType } from '../schema.js';
import type { ColumnType } from '../types.js';

const ADVICE =
  /\n\s*(?:Possible (?:fixes|solution)|Column .* is being converted|LINE \d+:|file = |Try |This type was|Candidate bindings)/i;
const MAX_SHOWN = 120;

export function fileError(file: string, cause: unknown): ShardfoldError {
  if (cause instanceof ShardfoldError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return csvError(file, text, cause) ?? plainError(file, text, cause);
}

export function unreadable(file: string, what: string, hint: string, cause?: unknown): ShardfoldError {
  return new ShardfoldError('FILE_UNREADABLE', `${basename(file)}: ${what}`, { hint, cause });
}

/** `CSV Error on Line: 3 / Original Line: 4,5 / Expected Number of Columns: 3 Found: 2` and what follows it. */
function csvError(file: string, text: string, cause: unknown): ShardfoldError | undefined {
  const parts =
    /CSV Error on Line: (\d+)\nOriginal Line: ?([\s\S]*?)\n((?:Expected|Error|Value|Invalid|Maximum|The |It )[\s\S]*)/.exec(
      text,
    );
  if (!parts) return undefined;
  const [, line, original = '', rest = ''] = parts;
  const what = withoutAdvice(rest);
  const message = `${basename(file)}, line ${line}: ${what} in ${JSON.stringify(shorten(original))}`;
  const misfit = /converting column "(.*)"\. Could not convert string "([\s\S]*)" to '\w+'$/.exec(what);
  if (!misfit) return new ShardfoldError('FILE_UNREADABLE', message, { hint: hintFor(what), cause });
  const [, column = '', value = ''] = misfit;
  const where = `${basename(file)}, line ${line}, column "${column}"`;
  return new NoNumber({ where, column, shown: JSON.stringify(shorten(value)), cause });
}

interface Misfit {
  readonly where: string;
  readonly column: string;
  readonly shown: string;
  readonly cause: unknown;
}

/** A text that DuckDB could not make a number of: it reads a DOUBLE, whatever number the column of the table is. */
export class NoNumber extends ShardfoldError {
  constructor(
    readonly misfit: Misfit,
    type?: ColumnType,
  ) {
    const { where, column, shown, cause } = misfit;
    super('INVALID_VALUE', `${where}: ${shown} is no ${type === undefined ? 'number' : `${type} value`}`, {
      hint: `mend the line, or load the column as text: ${asType(column, 'utf8')}`,
      cause,
    });
  }
}

function hintFor(what: string): string {
  if (/unicode|utf-8/i.test(what)) return 'save the file as UTF-8';
  if (/Number of Columns/.test(what)) return 'a field that holds the delimiter needs double quotes; mend the line';
  return 'mend the line: a quote inside a quoted field is written twice';
}

function plainError(file: string, text: string, cause: unknown): ShardfoldError {
  const what = shorten(withoutAdvice(text).replaceAll(/ (?:in|read) file ["'][^"']*["']/g, ''), 300);
  const hint = /JSON/.test(what)
    ? 'the file has to hold one array of objects, or one object a line'
    : 'is the file whole, and of the format that its name says?';
  return unreadable(file, what, hint, cause);
}

function withoutAdvice(text: string): string {
  const end = text.search(ADVICE);
  return (end < 0 ? text : text.slice(0, end))
    .replace(/^(?:Invalid Input|Conversion|IO|Binder|Invalid|Serialization|Out of Range) Error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

function shorten(text: string, length = MAX_SHOWN): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
