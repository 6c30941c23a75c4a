import { formatBytes, formatCount, formatMs, formatRate } from './units.js';

export interface ProgressState {
  label: string;
  /** What is counted: `rows`, `bytes`, `chunks`. */
  unit: string;
  done: number;
  /** 0 where it is not known. */
  total: number;
  elapsedMs: number;
  note: string;
}

const WIDEST_BAR = 28;
const NARROWEST_BAR = 6;

/** One line of progress that fits into so many columns: what matters least is left out first. */
export function progressLine(state: ProgressState, columns: number): string {
  const { label, unit, done, total, elapsedMs, note } = state;
  const inBytes = unit === 'bytes';
  const amount = (value: number) => (inBytes ? formatBytes(value) : formatCount(value));
  const of = inBytes ? '' : ` ${unit}`;
  const rate = inBytes ? `${formatBytes((done * 1000) / Math.max(elapsedMs, 1))}/s` : formatRate(done, elapsedMs, unit);
  const part = total > 0 ? Math.min(1, done / total) : 0;
  const running = part > 0 && part < 1;
  const time = running ? `${formatMs((elapsedMs * (1 - part)) / part)} left` : formatMs(elapsedMs);
  const long = total > 0 ? `${amount(done)} of ${amount(total)}${of}` : `${amount(done)}${of}`;
  const percent = total > 0 ? [`${Math.floor(part * 100)}%`] : [];
  const choices = [
    [...percent, long, rate, time, ...(note === '' ? [] : [note])],
    [...percent, long, rate, time],
    [...percent, `${amount(done)}${of}`, rate, time],
    [...percent, rate, time],
    [...percent, time],
    percent,
  ];
  for (const pieces of choices) {
    const text = pieces.join('  ');
    // The last column stays empty: some terminals go to the next line when it is written.
    const room = columns - 1 - label.length - text.length - 3;
    if (total === 0 && room >= -1) return `${label}  ${text}`;
    if (total > 0 && room >= NARROWEST_BAR) return `${label}  ${bar(part, Math.min(room, WIDEST_BAR))} ${text}`;
  }
  return `${label} ${percent.join('')}`.slice(0, Math.max(columns - 1, 0));
}

function bar(part: number, width: number): string {
  const filled = Math.round(part * width);
  return '━'.repeat(filled) + '─'.repeat(width - filled);
}
