export interface Row {
  name: string;
  value: number;
  unit: string;
  target?: string;
  holds?: boolean;
}
export function quantile(values: ArrayLike<number>, q: number): number;
export function median(values: ArrayLike<number>): number;
export function rounds<T extends number | Record<string, number> | undefined>(
  cases: readonly (() => T | Promise<T>)[],
  runs?: number,
): Promise<(T extends undefined ? number : T)[][]>;
export function interleave<T extends number | Record<string, number> | undefined>(
  cases: readonly (() => T | Promise<T>)[],
  runs?: number,
): Promise<(T extends undefined ? number : T)[]>;
export function row(name: string, value: number, unit: string, bound?: { atMost?: number; atLeast?: number }): Row;
export function formatNumber(value: number): string;
export function formatTable(rows: readonly (readonly string[])[], right?: readonly number[]): string;
export interface ProcessorTime {
  /** Nanoseconds. */
  read(): Promise<number>;
  close(): void;
}
export function processorTime(env: {
  load(entry: string): Promise<unknown>;
  cluster(): Promise<{ nodes: readonly { port: number }[] }>;
}): Promise<ProcessorTime>;
