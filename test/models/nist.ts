/** NIST's Statistical Reference Datasets of linear regression. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/nist');
const json = (name: string): Record<string, Figures> => JSON.parse(readFileSync(join(folder, name), 'utf8'));

interface Figures {
  readonly intercept: boolean;
  readonly columns: readonly string[];
  /** In decimal: of the exact solution for the stored doubles 25 digits. */
  readonly beta: readonly string[];
  readonly se: readonly string[];
  /** Of what is certified: the residual standard deviation. */
  readonly sd: string;
  readonly r2: string;
}

export const EXACT = json('exact.json');
export const CERTIFIED = json('certified.json');

export function nistData(name: string): Record<string, Float64Array> {
  const [head = '', ...lines] = readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return Object.fromEntries(
    head.split(',').map((column, j) => [column, Float64Array.from(rows.map((row) => row[j] as number))]),
  );
}
