import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ShardfoldError } from '../errors.js';

/** True where somebody is there to be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

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
