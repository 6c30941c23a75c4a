/** The text of a statement, and errors that show where in it they lie. */

import { type ErrorCode, type Place, ShardfoldError } from '../errors.js';
import { plainCasts } from './try-cast.js';

/** More of a line than this is cut off around the place. */
const WIDEST = 100;

/** Characters that take two places on a terminal, so that the caret stands under what it means. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** Where something stands: a count of UTF-8 bytes, as PostgreSQL's tree has it; undefined where the tree does not say. */
export type Offset = number | undefined;

/** The first place that anything below a node has. */
export function insideOf(node: unknown): Offset {
  if (typeof node !== 'object' || node === null) return undefined;
  const { location } = node as { location?: number };
  if (typeof location === 'number' && location >= 0) return location;
  for (const value of Object.values(node)) {
    const found = insideOf(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

export class SqlText {
  readonly text: string;
  /** As the parser reads it, byte for byte as long. */
  readonly plain: string;
  readonly #bytes: Buffer;
  readonly #lenient: ReadonlySet<number>;

  constructor(text: string) {
    this.text = text;
    this.#bytes = Buffer.from(text);
    const { text: plain, lenient } = plainCasts(text);
    this.plain = plain;
    this.#lenient = lenient;
  }

  /** Where the last of these words stand: for clauses whose place PostgreSQL's tree does not say. */
  lastOf(words: RegExp): Offset {
    const last = [...this.text.matchAll(words)].at(-1);
    return last && Buffer.byteLength(this.text.slice(0, last.index));
  }

  /** Names a clause, a type or a function that is not supported, and what to write instead. */
  unsupported(what: string, instead: string, at: Offset): ShardfoldError {
    return this.error('SQL_UNSUPPORTED', `${what} is not supported`, instead, at);
  }

  error(code: ErrorCode, message: string, hint: string | undefined, at: Offset, cause?: unknown): ShardfoldError {
    const details = { ...(hint !== undefined && { hint }), ...(cause !== undefined && { cause }) };
    if (at === undefined || at < 0) return new ShardfoldError(code, message, details);
    return this.errorAt(code, message, { ...details, before: this.#bytes.subarray(0, at).toString() });
  }

  /** @param before the text up to the place */
  errorAt(
    code: ErrorCode,
    message: string,
    { before, hint, cause }: { before: string; hint?: string; cause?: unknown },
  ): ShardfoldError {
    const start = before.lastIndexOf('\n') + 1;
    const place: Place = { line: before.split('\n').length, column: [...before.slice(start)].length + 1 };
    const end = this.text.indexOf('\n', before.length);
    const line = this.text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
    const shown = excerpt(line, before.slice(start));
    return new ShardfoldError(code, `${message}, line ${place.line}, column ${place.column}\n${shown}`, {
      ...(hint !== undefined && { hint }),
      ...(cause !== undefined && { cause }),
      place,
    });
  }

  /** Whether a TRY_CAST begins here. */
  isLenient(at: Offset): boolean {
    return at !== undefined && this.#lenient.has(at);
  }

  /** Whether this very text stands here, in quotes and without escapes but for quotes that are written twice. */
  isPlainText(at: number, value: string): boolean {
    const written = Buffer.from(`'${value.replaceAll("'", "''")}'`);
    return written.equals(this.#bytes.subarray(at, at + written.length));
  }

  /** Whether a quoted name begins here: a name in small letters looks the same in the tree. */
  isQuoted(at: Offset): boolean {
    return at !== undefined && this.#bytes[at] === 0x22;
  }

  /** A name in the letters in which it is written at this place: the parser makes small ones of it, unless it is quoted. */
  asWritten(name: string, at: Offset): string {
    const written = at === undefined ? '' : this.#bytes.subarray(at).toString();
    return written.slice(0, name.length).toLowerCase() === name ? written.slice(0, name.length) : name;
  }
}

function excerpt(line: string, before: string): string {
  const characters = [...line];
  const at = [...before].length;
  const from = Math.max(0, Math.min(at - WIDEST / 2, characters.length - WIDEST));
  const part = characters.slice(from, from + WIDEST);
  const left = from > 0 ? '…' : '';
  const right = from + WIDEST < characters.length ? '…' : '';
  const blank = characters
    .slice(from, at)
    .map((character) => (character === '\t' ? '\t' : WIDE.test(character) ? '  ' : ' '));
  return `  ${left}${part.join('')}${right}\n  ${left && ' '}${blank.join('')}^`;
}
