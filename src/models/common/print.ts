/** Numbers and small tables as R prints them in summaries. */

/** Rows under titles: the first column to the left, the others to the right. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, k) => Math.max(...all.map((row) => (row[k] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k] as number) : cell.padStart(widths[k] as number))).join(' ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** Decimals at which each number that is not 0 keeps so many digits; at most 12. */
export function decimalsFor(values: readonly number[], digits: number): number {
  const sizes = values.filter((value) => value !== 0 && Number.isFinite(value)).map(Math.abs);
  const least = sizes.length === 0 ? 1 : Math.min(...sizes);
  return Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(least))));
}

/** With decimals that fit all of them; very large and very small numbers each in their own way. */
export function formatAll(values: readonly number[], digits = 4): string[] {
  const decimals = decimalsFor(values, digits);
  const far = values.some((value) => Math.abs(value) >= 1e9) || decimals > 6;
  return values.map((value) =>
    Number.isFinite(value) ? (far ? signif(value, digits) : value.toFixed(decimals)) : String(value),
  );
}

/** So many significant digits, without zeros at the end. */
export function signif(value: number, digits = 4): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const [mantissa = '', exponent] = value.toPrecision(digits).split('e');
  if (exponent !== undefined && value >= 1e5 && value < 1e9) return String(Math.round(value));
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? short : `${short}e${exponent}`;
}

/** A probability; below the spacing of numbers near 1 it only says so. */
export function formatProbability(p: number, digits = 3): string {
  if (Number.isNaN(p)) return 'NaN';
  if (p < Number.EPSILON) return '<2e-16';
  return p < 1e-4 ? p.toExponential(digits - 1) : signif(p, digits);
}

/** What R calls significance codes. */
export const stars = (p: number): string => (p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : p < 0.1 ? '.' : '');

export const STARS = "Signif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1";
