import { clearScreenDown, cursorTo } from 'node:readline';
import { sleepUnder } from '../cluster/context.js';
import type { CallContext } from '../cluster/types.js';
import { ShardfoldError } from '../errors.js';
import type { Session } from './link.js';
import type { Look } from './look.js';
import { paint, print, printJson } from './output.js';
import { formatMs } from './units.js';

/** A server that has stopped is not waited for longer: the others are to be seen meanwhile. */
const LONGEST_LOOK_MS = 5000;

export interface WatchOptions {
  readonly intervalMs: number;
  /** What goes over the table on a terminal. */
  readonly title: string;
}

/**
 * Looks again and again until Ctrl-C, which is its proper end. A terminal shows the latest look; in a pipe there is one line (with
 * --json one line of JSON) for the first look and for each that differs from the one before.
 */
export async function watch(
  { link, signal, flags, json }: Session<object>,
  look: (context: CallContext) => Promise<Look>,
  { intervalMs, title }: WatchOptions,
): Promise<void> {
  const timeoutMs = Math.min(flags.timeout ?? LONGEST_LOOK_MS, LONGEST_LOOK_MS);
  const onTerminal = process.stdout.isTTY && !json;
  let last = '';
  while (!signal.aborted) {
    const seen = await lookAt(() => look(link.context({ timeoutMs, signal })), signal);
    if (seen === undefined) break;
    const state = JSON.stringify(seen.json);
    if (onTerminal) redraw(`${title}, every ${formatMs(intervalMs)}, until Ctrl-C`, seen);
    else if (state !== last && json) printJson({ time: new Date().toISOString(), ...seen.json });
    else if (state !== last) print(`${clock()}  ${seen.line}`);
    last = state;
    const pause = link.context({ timeoutMs: intervalMs + LONGEST_LOOK_MS, signal });
    await sleepUnder(pause, intervalMs, () => 'the next look').catch(unlessAborted);
  }
  if (onTerminal) print('');
}

/** Undefined where Ctrl-C came meanwhile. What else stands in the way is shown, and may pass. */
async function lookAt(look: () => Promise<Look>, signal: AbortSignal): Promise<Look | undefined> {
  try {
    return await look();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof ShardfoldError)) throw error;
    const { code, message } = error;
    return { json: { error: { code, message } }, text: '', verdict: message, line: `${code}: ${message}`, exitCode: 1 };
  }
}

function unlessAborted(error: unknown): void {
  if (!(error instanceof ShardfoldError) || error.code !== 'ABORTED') throw error;
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

function redraw(title: string, { text, verdict, exitCode }: Look): void {
  const { stdout } = process;
  cursorTo(stdout, 0, 0);
  clearScreenDown(stdout);
  const colour = exitCode === 0 ? 'green' : 'yellow';
  const state = verdict === '' ? 'all nodes are in step' : verdict;
  print(`${paint('dim', `${clock()}  ${title}`, stdout)}\n\n${text}\n\n${paint(colour, state, stdout)}`);
}
