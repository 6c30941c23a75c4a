// Keys numbered, and put in order, against what Map and a comparator make of them.
import fc from 'fast-check';
import { NumberTable } from '../../src/codegen/number-table.js';
import { compareValues } from '../../src/engine/compare.js';
import { KeyIndex } from '../../src/engine/key-index.js';
import { orderByKeys } from '../../src/engine/key-order.js';
import { textRanks } from '../../src/engine/text-ranks.js';
import type { Physical } from '../../src/expr/typed.js';

const limit = { keys: ['k'], maxGroups: 2 ** 24 };
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(null, Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53),
);
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 9,
});
const alike = fc.tuple(fc.constantFrom('', 'prefix', 'prefixes of some length'), bytes).map((parts) => parts.join(''));
const text = fc.oneof(alike, fc.constant(null));
const size = { minLength: 0, maxLength: 700, size: 'max' } as const;

function check(rows: readonly (readonly Physical[])[], keys: number): void {
  const index = new KeyIndex(keys, limit);
  const half = rows.length >> 1;
  const ids = [rows.slice(0, half), rows.slice(half)].flatMap((part) => [
    ...index.number(
      Array.from({ length: keys }, (_, key) => part.map((row) => row[key] as Physical)),
      part.length,
    ),
  ]);
  const shown = (row: readonly Physical[]) =>
    JSON.stringify(row.map((v) => (typeof v === 'number' ? `${v + 0}` : [v])));
  const known = new Map<string, number>();
  for (const row of rows) if (!known.has(shown(row))) known.set(shown(row), known.size);
  expect(ids).toEqual(rows.map((row) => known.get(shown(row))));
  expect(index.size).toBe(known.size);
  const all = Uint32Array.from({ length: index.size }, (_, id) => id);
  const ordered = [...orderByKeys(index.columns, all)].map((id) => index.columns.map((column) => column.at(id)));
  const expected = [...new Map(rows.map((row) => [shown(row), row])).values()].sort((a, b) => {
    for (const [key, value] of a.entries()) {
      const by = compareValues(value, b[key] as Physical);
      if (by !== 0) return by;
    }
    return 0;
  });
  expect(ordered.map(shown)).toEqual(expected.map(shown));
}

it('numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(number), size), (rows) => check(rows, 1)),
    { numRuns: 60 },
  );
});

it('strings', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text), size), (rows) => check(rows, 1)),
    { numRuns: 60 },
  );
});

it('several keys', () => {
  const few = fc.constantFrom(null, 0, 1, Number.NaN);
  fc.assert(
    fc.property(fc.array(fc.tuple(few, text, number), size), (rows) => check(rows, 3)),
    { numRuns: 60 },
  );
});

it('strings that are alike in all but the end, and the ends of others', () => {
  const same = 'x'.repeat(300);
  const texts = Array.from({ length: 1000 }, (_, i) => `${same.slice(0, i % 300)}${String.fromCharCode(i % 256)}${i}`);
  const ranks = textRanks(texts);
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
  expect([...ranks]).toEqual(texts.map((each) => sorted.indexOf(each)));
});

it('a table of numbers is a Map', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 3000, size: 'max' }), (keys) => {
      const [table, map] = [new NumberTable(), new Map<number | null, number>()];
      for (const [i, key] of keys.entries()) {
        expect(table.get(key)).toBe(map.get(key));
        if (map.has(key)) continue;
        table.set(key, i + 1);
        map.set(key, i + 1);
      }
      for (const key of keys) expect(table.get(key)).toBe(map.get(key));
    }),
    { numRuns: 30 },
  );
});
