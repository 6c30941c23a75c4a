/** What commands print. Data goes to stdout and nothing else does; talk, progress and errors go to stderr. */
import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { ShardfoldError } from '../errors.js';
import { cliHint } from './hints.js';

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

/** Prints a piece of what is long; settles when more may follow. */
export function write(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}

/** Prints data for programs: one line of JSON. */
export function printJson(value: unknown): void {
  print(toJsonText(value));
}

/** JSON in which bigints are strings, and times have three decimals: what a clock says beyond them is noise. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (name, item) => {
    if (typeof item === 'bigint') return item.toString();
    return typeof item === 'number' && /Ms$|^(milli)?seconds$/.test(name) ? Math.round(item * 1000) / 1000 : item;
  });
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

/**
 * Says what failed and what mends it; hands back the exit code.
 * @param worded the hint as it is worded where it is read
 */
export function report(error: unknown, worded: (hint: string | undefined) => string | undefined = cliHint): number {
  if (error instanceof ExitCode) return error.exitCode;
  // Commander has said its piece already; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_FAILED;
  if (error instanceof ShardfoldError) {
    say(`${paint(['red', 'bold'], `error ${error.code}:`)} ${error.message}`);
    const hint = worded(error.hint);
    if (hint !== undefined) say(`${paint('cyan', 'hint:')} ${hint}`);
    if (error.resume !== undefined) say(`${paint('cyan', 'to go on:')} the same command with --resume ${error.resume}`);
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
