/** Runs the command line as users do: as a process of its own. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { askBroker } from './ask.js';

export interface CliResult {
  /** The exit code; null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  /** Added to the environment of the tests; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** What stdin holds; nothing by default. */
  input?: string | Buffer;
  cwd?: string;
}

export type CliProcess = ChildProcessByStdio<Writable, Readable, Readable>;

let file: string | undefined;

/** Starts `shardfold ...args`; the caller ends it. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  file ??= askBroker('cli');
  const env = { ...process.env, NO_COLOR: '1', SHARDFOLD_URL: undefined, ...options.env };
  return spawn(process.execPath, [file, ...args], {
    env,
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs `shardfold ...args` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options);
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    result.stderr += text;
  });
  // A command that does not read its input may end before it is all written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  [result.code] = await once(child, 'close');
  return result;
}

/** The words of a command line, as a shell takes them. */
export function shellWords(line: string): string[] {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}

/** The first line that a process prints on stdout. */
export async function firstLine(child: CliProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with code ${code} and printed no line`))),
  ]);
  return String(line);
}
