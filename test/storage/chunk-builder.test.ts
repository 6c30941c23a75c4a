// Batches of any cut become the same chunks.
import fc from 'fast-check';
import { ChunkBuilder, type EncodedChunk } from '../../src/storage/chunk-builder.js';
import { decodeColumn } from '../../src/storage/decode.js';
import { makeSchema } from '../../src/storage/schema.js';
import type { Batch } from '../../src/storage/types.js';

const schema = makeSchema([
  { name: 'n', type: 'float64' },
  { name: 's', type: 'utf8' },
  { name: 'i', type: 'int32' },
]);

interface Row {
  n: number | null;
  s: string | null;
  i: number;
}

function batch(rows: readonly Row[], dictionary: string[]): Batch {
  const codes = Int32Array.from(rows, ({ s }) => {
    if (s === null) return 0;
    const known = dictionary.indexOf(s);
    return known < 0 ? dictionary.push(s) - 1 : known;
  });
  const valid = (key: 'n' | 's') =>
    rows.some((row) => row[key] === null) ? { valid: Uint8Array.from(rows, (row) => (row[key] === null ? 0 : 1)) } : {};
  return {
    rows: rows.length,
    columns: [
      { kind: 'number', values: Float64Array.from(rows, ({ n }) => n ?? 9), ...valid('n') },
      { kind: 'string', codes, dictionary, ...valid('s') },
      { kind: 'number', values: Int32Array.from(rows, ({ i }) => i) },
    ],
  };
}

function build(batches: readonly Batch[], chunkRows: number): EncodedChunk[] {
  const builder = new ChunkBuilder(schema, { rowsOfChunk: () => chunkRows });
  const chunks = batches.flatMap((one) => [...builder.add(one)]);
  const last = builder.finish();
  return last ? [...chunks, last] : chunks;
}

function rowsOf(chunk: EncodedChunk): Row[] {
  const columns = chunk.columns.map(({ meta, ...buffers }) => decodeColumn(meta, chunk.rows, buffers));
  return Array.from({ length: chunk.rows }, (_, r) => {
    const [n, s, i] = columns.map((column) => {
      if (column.valid?.[r] === 0) return null;
      return column.kind === 'number' ? column.values[r] : column.dictionary[column.codes[r] as number];
    });
    return { n, s, i } as Row;
  });
}

const row = fc.record({
  n: fc.option(fc.double({ noNaN: true })),
  s: fc.option(fc.string({ unit: 'grapheme', maxLength: 3 })),
  i: fc.integer({ min: -5, max: 5 }),
});

it('every row comes back once and in order, whatever the batches and the dictionaries', () => {
  const runs = fc.array(fc.tuple(fc.array(row, { maxLength: 12 }), fc.boolean()), { maxLength: 8 });
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 9 }), (cuts, chunkRows) => {
      let shared: string[] = [];
      const batches = cuts.map(([rows, fresh]) => {
        if (fresh) shared = [];
        return batch(rows, shared);
      });
      const chunks = build(batches, chunkRows);
      const rows = cuts.flatMap(([part]) => part);
      expect(chunks.flatMap(rowsOf)).toEqual(rows);
      expect(chunks.slice(0, -1).every((chunk) => chunk.rows === chunkRows)).toBe(true);
      const whole = build([batch(rows, [])], chunkRows);
      expect(chunks.map((c) => c.columns.map((x) => x.meta))).toEqual(whole.map((c) => c.columns.map((x) => x.meta)));
    }),
    { numRuns: 200 },
  );
});

it('no rows, no chunk', () => {
  expect(build([], 5)).toEqual([]);
  expect(build([batch([], [])], 5)).toEqual([]);
});

it('a chunk ends before a column of it holds more than 4 MiB', () => {
  const rows = Array.from({ length: 30 }, (_, i) => ({ n: i, s: `${i}`.repeat(200_000), i }));
  const chunks = build([batch(rows, [])], 100);
  expect(chunks.length).toBeGreaterThan(2);
  for (const { columns } of chunks) for (const { data } of columns) expect(data.length).toBeLessThan(4 * 1024 * 1024);
  expect(chunks.flatMap(rowsOf)).toEqual(rows);
});

describe('values that do not fit', () => {
  const invalid = (message: RegExp) =>
    expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringMatching(message) });
  const good = { n: 1, s: 'a', i: 1 };

  it('name the row of the whole source', () => {
    const late = batch([good, { ...good, s: '\ud800' }], []);
    expect(() => build([batch([good, good], []), late], 3)).toThrow(invalid(/row 3, column "s"/));
    const odd = batch([good, good], []);
    (odd.columns[2] as { values: unknown }).values = new Float64Array([1, 2 ** 31]);
    expect(() => build([batch([good, good, good], []), odd], 3)).toThrow(invalid(/row 4, column "i".*beyond/));
    const huge = batch([{ ...good, s: 'x'.repeat(5e6) }], []);
    expect(() => build([huge], 3)).toThrow(invalid(/row 0, column "s"/));
  });

  it('misshapen batches are refused', () => {
    const short = batch([good], []);
    expect(() => build([{ ...short, rows: 2 }], 3)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const two = { rows: 1, columns: short.columns.slice(1) };
    expect(() => build([two], 3)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
