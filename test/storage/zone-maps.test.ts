// Zone maps against DuckDB: it knows the order of NaN and of strings by bytes, and shares none of our code.
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { encodeColumn } from '../../src/storage/encode.js';
import { lowerBound, upperBound } from '../../src/storage/encode-strings.js';

const specials = fc.constantFrom(Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324);
const numbers = fc.array(fc.oneof(specials, fc.double(), fc.integer(), fc.constant(null)), {
  minLength: 1,
  maxLength: 20,
});

function meta(values: readonly (number | null)[]) {
  const valid = Uint8Array.from(values, (v) => (v === null ? 0 : 1));
  return encodeColumn('float64', { kind: 'number', values: Float64Array.from(values, (v) => v ?? -1e300), valid }).meta;
}

function literal(value: number | null): string {
  if (value === null) return '(NULL::DOUBLE)';
  if (Number.isFinite(value)) return `(${Object.is(value, -0) ? '-0.0' : value.toExponential()}::DOUBLE)`;
  return `('${value}'::DOUBLE)`;
}

it('numbers: the extremes are those of DuckDB, NaN the greatest', async () => {
  const db = await (await DuckDBInstance.create()).connect();
  await fc.assert(
    fc.asyncProperty(numbers, async (values) => {
      const rows = await db.runAndReadAll(
        `SELECT min(x), max(x), count(*) - count(x) FROM (VALUES ${values.map(literal).join(',')}) t(x)`,
      );
      const [min, max, nulls] = rows.getRows()[0] ?? [];
      const ours = meta(values);
      // SQL knows one zero only.
      expect([plus(ours.min), plus(ours.max), BigInt(ours.nullCount)]).toEqual([plus(min), plus(max), nulls]);
    }),
    { numRuns: 100 },
  );
});

const plus = (value: unknown) => (typeof value === 'number' ? value + 0 : (value ?? null));

it('zeros: the extremes do not depend on the order of rows', () => {
  expect(Object.is(meta([0, -0, 1.5]).min, -0)).toBe(true);
  expect(Object.is(meta([-0, 0, -1.5]).max, 0)).toBe(true);
  expect(Object.is(meta([-0, null, -1.5]).max, -0)).toBe(true);
});

describe('strings', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
  const long = fc
    .tuple(fc.constantFrom(0x61, 0xff, 0x7f), bytes)
    .map(([fill, end]) => Buffer.concat([Buffer.alloc(30, fill), end]));

  it('every string lies between its bounds, and bounds hold at most 32 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, long), (text) => {
        const [low, high] = [lowerBound(text) as Buffer, upperBound(text)];
        expect(Buffer.compare(low, text)).toBeLessThanOrEqual(0);
        expect(low.length).toBeLessThanOrEqual(32);
        if (high === undefined) expect(text.subarray(0, 32).every((byte) => byte === 0xff)).toBe(true);
        else expect([Buffer.compare(high, text) >= 0, high.length <= 32]).toEqual([true, true]);
      }),
      { numRuns: 1000 },
    );
  });

  it('the upper bound is rounded up at the byte, past trailing 0xff', () => {
    expect(upperBound(Buffer.alloc(33, 'a'))?.toString()).toBe(`${'a'.repeat(31)}b`);
    expect(upperBound(Buffer.concat([Buffer.from('a'), Buffer.alloc(40, 0xff)]))?.toString()).toBe('b');
    expect(upperBound(Buffer.alloc(32, 0xff))?.length).toBe(32);
    expect(upperBound(Buffer.alloc(33, 0xff))).toBeUndefined();
    expect(upperBound(undefined)).toBeUndefined();
  });
});
