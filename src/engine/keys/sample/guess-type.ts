/** The column type that texts, or values of JSON, look as if they were of. */

import type { KeyType } from '../../../plan/keys/key-types.js';
import { parseText } from '../parse-text.js';

/** What was seen of one field, path or value. */
export interface Seen {
  /** The name that it goes by: it may say that a number is a time. */
  readonly name: string;
  readonly texts: readonly string[];
}

/** As a program writes a whole number. One that begins with 0 is rather a code. */
const WHOLE = /^-?(0|[1-9]\d*)$/;
const TRUTH = /^(true|false)$/i;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/;
const NUMBER = /^[+-]?(\d|\.\d)|^[+-]?(inf|nan)/i;
const LEADING_ZERO = /^[+-]?0\d/;

const TIME_NAME =
  /(^|[_\W])(at|time|ts|date|timestamp|created|updated|modified|expires|since|until)$|(At|Time|Date|Timestamp)$/;
/** Seconds from 2001 to 2096, and as many milliseconds. */
const SECONDS: readonly [number, number] = [1e9, 4e9];

/** One byte a char, as keys are read. Empty texts say nothing; without any other, text. */
export function guessOfTexts({ name, texts }: Seen): KeyType {
  const said = texts.filter((text) => text !== '');
  const all = (test: (text: string) => boolean): boolean => said.length > 0 && said.every(test);
  const reads = (type: Parameters<typeof parseText>[0]) => {
    const parse = parseText(type);
    return (text: string): boolean => parse(text) !== undefined;
  };
  if (all((text) => WHOLE.test(text))) {
    const values = said.map(Number);
    // Ids beyond 2^53 would no longer be told from one another as numbers.
    return values.every(Number.isSafeInteger) ? wholeType(name, values) : 'utf8';
  }
  const isFloat = reads('float64');
  if (all((text) => NUMBER.test(text) && !LEADING_ZERO.test(text) && isFloat(text))) return 'float64';
  if (all((text) => TRUTH.test(text))) return 'bool';
  return timeType(all, reads) ?? 'utf8';
}

function timeType(
  all: (test: (text: string) => boolean) => boolean,
  reads: (type: 'date' | 'timestamp') => (text: string) => boolean,
): 'date' | 'timestamp' | undefined {
  const [isDate, isTime] = [reads('date'), reads('timestamp')];
  if (all((text) => DATE.test(text) && isDate(text))) return 'date';
  return all((text) => (DATE.test(text) || TIME.test(text)) && isTime(text)) ? 'timestamp' : undefined;
}

function wholeType(name: string, values: readonly number[]): KeyType {
  if (TIME_NAME.test(name)) {
    const within = (scale: number): boolean =>
      values.every((value) => value >= SECONDS[0] * scale && value < SECONDS[1] * scale);
    if (within(1)) return 'timestamp(s)';
    if (within(1000)) return 'timestamp(ms)';
  }
  return 'int64';
}

/**
 * Of JSON, where a column takes one kind of values: that which most of them are. Numbers are numbers there, texts are text or times.
 * @param values not null, neither objects nor arrays
 */
export function guessOfJson(name: string, values: readonly unknown[]): KeyType {
  const numbers = values.filter((value) => typeof value === 'number');
  const texts = values.filter((value) => typeof value === 'string');
  const bools = values.length - numbers.length - texts.length;
  if (bools > Math.max(numbers.length, texts.length)) return 'bool';
  if (numbers.length > texts.length)
    return numbers.every((value) => Number.isSafeInteger(value)) ? wholeType(name, numbers) : 'float64';
  const guessed = guessOfTexts({ name, texts });
  return guessed === 'date' || guessed === 'timestamp' ? guessed : 'utf8';
}
