/** What an expression may raise while it runs. Lua names it by code and word, and both sides say the same. */

import { type ErrorCode, ShardfoldError } from '../../errors.js';

const SQUARE_ROOT = 'cannot take the square root of a negative number';
const LOGARITHM_HINT = 'keep such rows out: when(col(name).gt(0)).then(col(name).ln())';

interface Words {
  readonly message: string;
  readonly hint: string;
}

const OVERFLOW_HINT = 'divide first (col(name).div(1) is a float64), or store the column as float64';
const TIME_HINT = 'times reach from -271821-04-20 to 275760-09-13';

const FAILURES: Readonly<Record<string, Words>> = {
  'NUMERIC_OVERFLOW int32': {
    message: 'an arithmetic result is beyond the range of int32',
    hint: OVERFLOW_HINT,
  },
  'NUMERIC_OVERFLOW int64': {
    message: 'an arithmetic result is beyond the range of int64 (±2^53)',
    hint: OVERFLOW_HINT,
  },
  'OUT_OF_RANGE sqrt': { message: SQUARE_ROOT, hint: 'keep such rows out: when(x.gtEq(0)).then(x.sqrt())' },
  'OUT_OF_RANGE logzero': { message: 'cannot take the logarithm of zero', hint: LOGARITHM_HINT },
  'OUT_OF_RANGE lognegative': { message: 'cannot take the logarithm of a negative number', hint: LOGARITHM_HINT },
  'OUT_OF_RANGE angle': {
    message: 'cannot take the sine, cosine or tangent of an infinite number',
    hint: 'keep such rows out with when(…)',
  },
  'OUT_OF_RANGE timestamp': { message: 'a time is beyond the range of timestamps', hint: TIME_HINT },
  'OUT_OF_RANGE date': { message: 'a day is beyond the range of dates', hint: TIME_HINT },
};

/** Characters of a value that a message shows. */
export const SHOWN = 40;

/** Codes that a runtime function may raise. */
export type FailureCode = Extract<ErrorCode, 'NUMERIC_OVERFLOW' | 'OUT_OF_RANGE' | 'CAST_FAILED'>;

export const isFailure = (error: unknown): error is ShardfoldError =>
  error instanceof ShardfoldError && ['NUMERIC_OVERFLOW', 'OUT_OF_RANGE', 'CAST_FAILED'].includes(error.code);

/** @param what a word of the table above, or the type of a cast; @param value a number, or the first bytes of a text */
export function failure(code: FailureCode, what: string, value?: number | string): ShardfoldError {
  if (code === 'CAST_FAILED') return castFailure(what, value ?? '');
  const words = FAILURES[`${code} ${what}`];
  return new ShardfoldError(code, words?.message ?? what, words === undefined ? {} : { hint: words.hint });
}

function castFailure(type: string, value: number | string): ShardfoldError {
  const text = typeof value === 'string' ? Buffer.from(value.slice(0, SHOWN), 'latin1').toString('utf8') : undefined;
  const shown = text === undefined ? String(value) : `'${text}'`;
  return new ShardfoldError('CAST_FAILED', `${shown} is no ${type}, or beyond its range`, {
    hint: 'tryCast gives null for what does not fit',
  });
}

/** Raises `CODE what`, or `CODE what =s<hex>` with the bytes of a text, `=d<hex>` with those of a double. */
const IN_REPLY = /\b(NUMERIC_OVERFLOW|OUT_OF_RANGE|CAST_FAILED) ([a-z0-9]+)(?: =([sd])([0-9a-f]*))?/;

/** The failure that an error reply of a kernel tells of, undefined where it tells of none. */
export function failureOf(reply: string): ShardfoldError | undefined {
  const [, code, what, kind, hex = ''] = IN_REPLY.exec(reply) ?? [];
  if (code === undefined || what === undefined) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const value = kind === undefined ? undefined : kind === 'd' ? bytes.readDoubleLE(0) : bytes.toString('latin1');
  return failure(code as FailureCode, what, value);
}
