/** What `shardfold sql` and `shardfold explain` are handed: the text of a statement, and values for its parameters. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { ShardfoldError } from '../errors.js';
import type { SqlParameter } from '../sql/plan.js';
import { type SchemaFlags, schemaOption } from './keys/schema-option.js';

export interface InputFlags extends SchemaFlags {
  file?: string;
  param?: SqlParameter[];
}

export function inputOptions(command: Command): Command {
  return schemaOption(command)
    .argument('[statement]', 'a SELECT; - for stdin')
    .addOption(new Option('--file <file>', 'read the statement from a file'))
    .addOption(
      new Option(
        '-p, --param <value>',
        'a value for $1, then $2, …: a number, true, false, null, [1, 2], or text',
      ).argParser((value: string, before: SqlParameter[] | undefined) => [...(before ?? []), parseParameter(value)]),
    );
}

/** Text that reads like a number, true, false, null or a list is that; in single quotes it is text in any case. */
export function parseParameter(value: string): SqlParameter {
  if (/^-?\d+$/.test(value)) return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
  if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return Number(value);
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === 'null') return null;
  if (/^'.*'$/s.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  if (value.startsWith('[')) return parseList(value);
  return value;
}

function parseList(value: string): SqlParameter {
  try {
    const list: unknown = JSON.parse(value);
    // What else JSON may hold is refused by name where it is used.
    return list as SqlParameter;
  } catch (cause) {
    throw new ShardfoldError('INVALID_ARGUMENT', `--param ${value} is no JSON`, {
      hint: `a list is written [1, 2] or ["a", "b"]; text that begins so stands in single quotes: --param "'[…'"`,
      cause,
    });
  }
}

/** The statement; undefined where none is given and somebody sits at the terminal. */
export async function readStatement(given: string | undefined, { file }: InputFlags): Promise<string | undefined> {
  if (file !== undefined) {
    if (given !== undefined)
      throw new ShardfoldError('INVALID_ARGUMENT', 'the statement is given twice: as text and by --file');
    return readFile(file, 'utf8').catch((cause: Error) => {
      throw new ShardfoldError('FILE_UNREADABLE', `${file} cannot be read: ${cause.message}`, { cause });
    });
  }
  if (given !== undefined && given !== '-') return given;
  if (given === undefined && process.stdin.isTTY) return undefined;
  return readAll(process.stdin);
}
