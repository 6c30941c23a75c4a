import { SingleBar } from 'cli-progress';
import { progressLine } from './progress-line.js';

export interface Progress {
  /** @param done so far; @param total where it is known only now, or better; @param note shown at the end of the line */
  update(done: number, total?: number, note?: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What is done, such as `importing flights`. */
  label: string;
  /** What is counted: `rows`, `bytes`, `chunks`. */
  unit: string;
  total?: number;
  /** Takes the bar away at the end. */
  clear?: boolean;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on stderr where that is a terminal, and silence in a pipe. Without a total it counts up. */
export function progressBar({ label, unit, total, clear = false }: ProgressOptions): Progress {
  if (!process.stderr.isTTY) return SILENT;
  const from = Date.now();
  let note = '';
  const bar = new SingleBar({
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: clear,
    fps: 10,
    // Ctrl-C is the command's to handle: it cancels the work, then stops the bar.
    gracefulExit: false,
    format: (_options, params) =>
      progressLine(
        { label, unit, done: params.value, total: params.total, elapsedMs: Date.now() - from, note },
        process.stderr.columns || 80,
      ),
  });
  bar.start(total ?? 0, 0);
  return {
    update(done, newTotal, newNote) {
      if (newNote !== undefined) note = newNote;
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
