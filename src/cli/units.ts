/** Numbers as people read them. */

const count = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `3,000,000` */
export const formatCount = (value: number | bigint): string => count.format(value);

/** `1 row`, `3,000,000 rows`, `2 libraries` */
export const formatCounted = (count: number, thing: string): string =>
  `${formatCount(count)} ${count === 1 ? thing : `${thing.replace(/([^aeiou])y$/, '$1ie')}s`}`;

function scaled(value: number, steps: readonly string[], step: number): string {
  let unit = 0;
  let left = value;
  // 999.95 would be printed as 1000.0 of the smaller unit.
  while (Math.abs(left) >= step * 0.99995 && unit < steps.length - 1) {
    left /= step;
    unit++;
  }
  return `${unit === 0 ? count.format(left) : left.toFixed(1)} ${steps[unit]}`;
}

/** `812 B`, `15.2 MB`: powers of 1000. */
export const formatBytes = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], 1000);

/** `0.8 ms`, `42 ms`, `3.4 s`, `2 min 5 s` */
export function formatMs(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1.9 M rows/s` */
export function formatRate(items: number, ms: number, unit = 'rows'): string {
  const rate = ms > 0 ? (items * 1000) / ms : 0;
  const [number, scale] = scaled(rate, ['', 'k', 'M', 'G'], 1000).split(' ');
  return `${number} ${scale ? `${scale} ` : ''}${unit}/s`;
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|min)?$/;
const MS = { ms: 1, s: 1000, m: 60_000, min: 60_000 } as const;

/** Milliseconds of `500ms`, `30s`, `2m`; a bare number is seconds. Undefined where it is none of these. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text.trim());
  if (parts === null) return undefined;
  return Number(parts[1]) * MS[(parts[2] ?? 's') as keyof typeof MS];
}
