import { DuckDBResult } from '@duckdb/node-api';
import { jest } from '@jest/globals';
import { fileSource } from '../../src/storage/sources/file';
import type { Batch, NumberColumn, StringColumn } from '../../src/storage/types';
import { duck, typesOf, workFolder } from './helpers';

const at = workFolder();
const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';

/** Sums, extremes and an order-dependent checksum of a column of numbers; null counts are 0 in this file. */
class NumberFacts {
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  weighted = 0;
  add({ values, valid }: NumberColumn, firstRow: number): void {
    expect(valid).toBeUndefined();
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      this.sum += value % 1_000_003;
      this.weighted += (value % 1009) * ((firstRow + i) % 1013);
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
  }
}

test('three million flights: types, aggregates and order as DuckDB has them', async () => {
  const source = await fileSource(FLIGHTS);
  expect(source.rows).toBe(3_000_000);
  expect(typesOf(source)).toEqual({
    date: 'timestamp',
    delay: 'int64',
    distance: 'int64',
    origin: 'utf8',
    destination: 'utf8',
  });
  const facts = [new NumberFacts(), new NumberFacts(), new NumberFacts()];
  const origins = new Map<string, number>();
  let rows = 0;
  let weightedDestinations = 0;
  for await (const batch of source.batches) {
    for (const [k, fact] of facts.entries()) fact.add(batch.columns[k] as NumberColumn, rows);
    const [origin, destination] = batch.columns.slice(3) as [StringColumn, StringColumn];
    for (let i = 0; i < batch.rows; i++) {
      const from = origin.dictionary[origin.codes[i] as number] as string;
      origins.set(from, (origins.get(from) ?? 0) + 1);
      const to = destination.dictionary[destination.codes[i] as number] as string;
      weightedDestinations += (to.charCodeAt(0) * 7 + to.charCodeAt(1)) * ((rows + i) % 1013);
    }
    rows += batch.rows;
  }
  expect(rows).toBe(3_000_000);
  const columns = ['epoch_ms(date)', 'delay', 'distance'].map(
    (c) =>
      `sum(${c} % 1000003)::DOUBLE, min(${c})::DOUBLE, max(${c})::DOUBLE, sum((${c} % 1009) * (row % 1013))::DOUBLE`,
  );
  const [expected = []] = await duck(
    `SELECT ${columns.join(', ')}, sum((ascii(destination) * 7 + ascii(destination[2])) * (row % 1013))::DOUBLE
     FROM (SELECT *, file_row_number AS row FROM read_parquet('${FLIGHTS}', file_row_number = true))`,
  );
  expect([...facts.flatMap(({ sum, min, max, weighted }) => [sum, min, max, weighted]), weightedDestinations]).toEqual(
    expected,
  );
  const counts = await duck(`SELECT origin, count(*)::INTEGER FROM '${FLIGHTS}' GROUP BY 1`);
  expect(Object.fromEntries(origins)).toEqual(Object.fromEntries(counts));
});

test.each([
  ['parquet', 'FORMAT PARQUET'],
  ['csv', 'FORMAT CSV'],
  ['json', 'FORMAT JSON, ARRAY true'],
  ['ndjson', 'FORMAT JSON'],
])('%s: a slow consumer holds the reader back to one chunk ahead', async (format, options) => {
  const path = at(`slow.${format}`);
  await duck(`COPY (SELECT i AS id, 'text ' || i % 1000 AS t FROM range(400000) r(i)) TO '${path}' (${options})`);
  const source = await fileSource(path);
  const fetched = jest.spyOn(DuckDBResult.prototype, 'fetchChunk');
  try {
    let batches = 0;
    let rows = 0;
    for await (const batch of source.batches as AsyncIterable<Batch>) {
      batches++;
      rows += batch.rows;
      // Chunks have at most 2,048 rows and may have fewer, but never did DuckDB hand over much more than was taken.
      expect(fetched.mock.calls.length).toBeLessThanOrEqual((2 * rows) / 2048 + 3);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect([batches, rows]).toEqual([7, 400_000]);
  } finally {
    fetched.mockRestore();
  }
});
