/** What commands print. Data goes to stdout and nothing else does; talk, progress and errors go to stderr. */
import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { ShardfoldError } from '../errors.js';

/** Ends a command with an exit code, after everything has been said. */
export class ExitCode extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}

/** Wrong usage is a failure, too: for some commands 2 means that something differs. */
export const EXIT_FAILED = 1;
/** What shells say of a program that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** Prints data. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints data for programs: one line of JSON, in which bigints are strings. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? item.toString() : item)));
}

/** Says something that is not data. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colours for a terminal; plain text in a pipe or under NO_COLOR. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

/** Says what failed and what mends it; hands back the exit code. */
export function report(error: unknown): number {
  if (error instanceof ExitCode) return error.exitCode;
  // Commander has said its piece already; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_FAILED;
  if (error instanceof ShardfoldError) {
    say(`${paint(['red', 'bold'], `error ${error.code}:`)} ${error.message}`);
    if (error.hint !== undefined) say(`${paint('cyan', 'hint:')} ${error.hint}`);
    if (error.code === 'ABORTED') return EXIT_INTERRUPTED;
  } else {
    say(`${paint(['red', 'bold'], 'error:')} ${error instanceof Error ? error.message : String(error)}`);
    say(`${paint('cyan', 'hint:')} this is a defect of Shardfold; SHARDFOLD_DEBUG=1 shows where it lies`);
  }
  if (process.env.SHARDFOLD_DEBUG && error instanceof Error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) say(at.stack ?? at.message);
  }
  return EXIT_FAILED;
}
