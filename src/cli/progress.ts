import { SingleBar } from 'cli-progress';
import { formatBytes, formatCount, formatMs, formatRate } from './units.js';

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
}

const WIDTH = 28;
const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on stderr where that is a terminal, and silence in a pipe. Without a total it counts up. */
export function progressBar({ label, unit, total }: ProgressOptions): Progress {
  if (!process.stderr.isTTY) return SILENT;
  const from = Date.now();
  let tail = '';
  const amount = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCount(value));
  const bar = new SingleBar({
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
    fps: 10,
    // Ctrl-C is the command's to handle: it cancels the work, then stops the bar.
    gracefulExit: false,
    format: (_options, params) => {
      const elapsed = Date.now() - from;
      const rate =
        unit === 'bytes'
          ? `${formatBytes((params.value * 1000) / Math.max(elapsed, 1))}/s`
          : formatRate(params.value, elapsed, unit);
      if (params.total === 0)
        return `${label}  ${amount(params.value)} ${unit === 'bytes' ? '' : `${unit} `} ${rate}  ${formatMs(elapsed)}${tail}`;
      const part = Math.min(1, params.value / params.total);
      const filled = Math.round(part * WIDTH);
      const left =
        part > 0 && part < 1 ? `  ${formatMs((elapsed * (1 - part)) / part)} left` : `  ${formatMs(elapsed)}`;
      const counts = `${amount(params.value)} of ${amount(params.total)}${unit === 'bytes' ? '' : ` ${unit}`}`;
      return `${label}  ${'━'.repeat(filled)}${'─'.repeat(WIDTH - filled)} ${Math.floor(part * 100)}%  ${counts}  ${rate}${left}${tail}`;
    },
  });
  bar.start(total ?? 0, 0);
  return {
    update(done, newTotal, note) {
      if (note !== undefined) tail = `  ${note}`;
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
