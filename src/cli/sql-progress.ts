import type { Progress as Done } from '../engine/options.js';
import { type Progress, progressBar } from './progress.js';

/** What is done sooner needs no progress. */
const DELAY_MS = 600;

export interface LateProgress {
  update(done: Done): void;
  /** Takes the line away where rows are about to be printed; it comes back only where they go somewhere else. */
  quiet(): void;
  stop(): void;
}

/** A line of progress for work that takes a while; it is gone when the work is done. */
export function lateProgress(): LateProgress {
  const from = Date.now();
  let bar: Progress | undefined;
  let isOver = false;
  const take = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    update({ rowsDone, rowsTotal }) {
      if (isOver || Date.now() - from < DELAY_MS) return;
      bar ??= progressBar({ label: 'reading', unit: 'rows', total: rowsTotal, clear: true });
      bar.update(rowsDone, rowsTotal);
    },
    quiet() {
      take();
      isOver ||= process.stdout.isTTY === true;
    },
    stop() {
      take();
      isOver = true;
    },
  };
}
