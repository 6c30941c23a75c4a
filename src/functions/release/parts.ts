/** A bundle's text, taken apart again: what a server holds is compared module by module, not as one file of thousands of lines. */

export interface BundlePart {
  /** The name it is required by; null for what the bundler wrote around the modules: registrations, specs. */
  readonly module: string | null;
  readonly text: string;
}

const MODULE = /^modules\["(.+)"\] = function\(\.\.\.\)$/;
/** What stands after the last module. */
const TAIL = /^(local specs = \{\}|redis\.register_function\(\{ function_name = )/;

/**
 * Modules in the order of the text, and last what stands around them. Names that carry the hash lose it, so that two versions
 * of a bundle differ where their sources do. A text that the bundler did not write is one part.
 */
export function bundleParts(code: string, hash: string): BundlePart[] {
  const lines = code.replace(/\n$/, '').split('\n');
  const starts = lines.flatMap((line, i) => (MODULE.test(line) ? [i] : []));
  const around: string[] = [];
  const parts: BundlePart[] = [];
  let from = 0;
  starts.forEach((start, i) => {
    around.push(...lines.slice(from, start));
    const next = starts[i + 1];
    const end = next === undefined ? lastEnd(lines, start) : next - 1;
    parts.push({ module: MODULE.exec(lines[start] as string)?.[1] as string, text: text(lines.slice(start + 1, end)) });
    from = end + 1;
  });
  around.push(...lines.slice(from));
  const named = hash === '' ? around : around.map((line) => line.replaceAll(`_${hash}`, ''));
  const rest = named.filter((line) => line !== `-- ${hash}`);
  return [...parts, { module: null, text: text(rest) }];
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function lastEnd(lines: readonly string[], start: number): number {
  for (let i = start; i + 1 < lines.length; i++) if (lines[i] === 'end' && TAIL.test(lines[i + 1] as string)) return i;
  return lines.length;
}
