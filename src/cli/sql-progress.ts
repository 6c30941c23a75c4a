import type { Progress as Done } from '../engine/options.js';
import { type Progress, progressBar } from './progress.js';

/** Rows of a unit of work. */
const UNIT_ROWS = 8128;
/** What is done sooner needs no progress. */
const DELAY_MS = 600;

/** A line of progress for work that takes a while; it is gone when the work is done. */
export function lateProgress(): { update(done: Done): void; stop(): void } {
  const from = Date.now();
  let bar: Progress | undefined;
  return {
    update({ unitsDone, unitsTotal }) {
      if (Date.now() - from < DELAY_MS) return;
      bar ??= progressBar({ label: 'reading', unit: 'rows', total: unitsTotal * UNIT_ROWS, clear: true });
      bar.update(unitsDone * UNIT_ROWS, unitsTotal * UNIT_ROWS);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}
