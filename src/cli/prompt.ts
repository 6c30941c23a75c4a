import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ShardfoldError } from '../errors.js';
import { EXIT_FAILED, ExitCode, say } from './output.js';

/** True where somebody is there to be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on the terminal; undefined where Ctrl-C, Ctrl-D or the signal came instead of an answer. */
export function ask(
  question: string,
  signal: AbortSignal,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } = {
    input: process.stdin,
    output: process.stderr,
  },
): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: true });
  const end = () => lines.close();
  signal.addEventListener('abort', end);
  return new Promise<string | undefined>((resolve) => {
    lines.on('SIGINT', end);
    lines.on('close', () => {
      signal.removeEventListener('abort', end);
      // Only where there was no answer; what is said next gets a line of its own.
      if (!answered) output.write('\n');
      resolve(undefined);
    });
    let answered = false;
    lines.question(question, (answer) => {
      answered = true;
      resolve(answer);
      end();
    });
  });
}

export interface ConfirmOptions {
  /** --yes was given. */
  yes?: boolean | undefined;
  signal: AbortSignal;
  /** What a no comes to: `nothing was dropped`. */
  otherwise: string;
}

/**
 * Goes on where somebody says yes, or --yes stands for it. A no is an answer like any other, and ends the command as failed.
 * @throws ABORTED on Ctrl-C and Ctrl-D, INVALID_ARGUMENT where nobody can be asked
 */
export async function confirm(question: string, { yes, signal, otherwise }: ConfirmOptions): Promise<void> {
  if (yes) return;
  if (!canAsk()) {
    throw new ShardfoldError('INVALID_ARGUMENT', 'there is no terminal to ask on', {
      hint: '--yes goes on without asking',
    });
  }
  const answer = await ask(`${question} [y/N] `, signal);
  if (answer === undefined) throw new ShardfoldError('ABORTED', `interrupted: ${otherwise}`);
  if (/^y(es)?$/i.test(answer.trim())) return;
  say(otherwise);
  throw new ExitCode(EXIT_FAILED);
}

/** Asks for a password on the terminal; what is typed is not shown. @throws ABORTED on Ctrl-C */
export function askPassword(question: string): Promise<string> {
  // readline echoes what is typed to its output; this one shows nothing.
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true });
  return new Promise((resolve, reject) => {
    lines.on('SIGINT', () => lines.close());
    lines.on('close', () => {
      process.stderr.write('\n');
      reject(new ShardfoldError('ABORTED', 'no password was given'));
    });
    lines.on('line', (line) => {
      resolve(line);
      lines.close();
    });
  });
}
