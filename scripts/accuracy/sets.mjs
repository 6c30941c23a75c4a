// NIST's Statistical Reference Datasets of linear regression (public domain), as the doubles that a program receives: powers of x are
// computed exactly and rounded once. With them the exact solutions for those doubles, and what NIST certifies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bundle.mjs';

const folder = join(root, 'test/fixtures/nist');
const json = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

export function nistSets() {
  const certified = json('certified.json');
  return Object.entries(json('exact.json')).map(([name, { intercept, columns, beta, se }]) => {
    const [head, ...lines] = readFileSync(join(folder, `${name}.csv`), 'utf8')
      .trim()
      .split('\n');
    const rows = lines.map((line) => line.split(',').map(Number));
    const data = Object.fromEntries(
      head.split(',').map((column, j) => [column, Float64Array.from(rows.map((row) => row[j]))]),
    );
    return { name, intercept, columns, data, exact: { beta, se }, certified: certified[name] };
  });
}
