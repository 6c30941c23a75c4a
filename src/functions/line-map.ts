/** Servers name lines of the bundle (`user_function:412`); people want the file that they wrote. */

/** Which lines of the bundle, both ends included, are the lines 1… of a file, or (of a compiled one) the `lines` of it, 0 for none. */
export type LineMap = readonly {
  readonly from: number;
  readonly to: number;
  readonly file: string;
  readonly lines?: readonly number[];
}[];

/** `lua/kernels/dot.lua:7`; undefined for a line that the bundler wrote. */
export function sourceOf(lineMap: LineMap, line: number): string | undefined {
  const part = lineMap.find(({ from, to }) => line >= from && line <= to);
  if (!part) return undefined;
  const own = line - part.from;
  const source = part.lines ? part.lines[own] : own + 1;
  return source ? `${part.file}:${source}` : undefined;
}

const BUNDLE_LINE = /@?user_function:(\d+)/;

/** The source line that an error text names first. */
export function findSource(lineMap: LineMap, text: string): string | undefined {
  const [, line] = BUNDLE_LINE.exec(text) ?? [];
  return line === undefined ? undefined : sourceOf(lineMap, Number(line));
}

/** The text with every line of the bundle replaced by the line of its source. */
export function translateLines(lineMap: LineMap, text: string): string {
  return text.replace(new RegExp(BUNDLE_LINE, 'g'), (whole, line) => sourceOf(lineMap, Number(line)) ?? whole);
}
