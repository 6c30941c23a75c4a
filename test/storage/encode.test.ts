// Round trips of every encoding over every kind of value, and the choice of the encoding.
import fc from 'fast-check';
import { checksum } from '../../src/storage/checksum.js';
import { decodeColumn } from '../../src/storage/decode.js';
import { type EncodedColumn, encodeColumn } from '../../src/storage/encode.js';
import type { BatchColumn, ColumnType, NumberColumn, StringColumn } from '../../src/storage/types.js';

type Value = number | string | null;

const EDGES = [0, -0, 1, -1, 0.1, 1e308, 5e-324, -5e-324, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 2 ** 24 + 1, Number.NaN];
const number = fc.oneof(
  fc.constantFrom(...EDGES, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.401298464324817e-45, 2 ** 128),
  fc.double(),
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: 0, max: 70000 }).map((n) => n * 60_000 + 1.7e12),
  fc.maxSafeInteger(),
);
const text = fc.oneof(
  fc.constantFrom('', '{}', '{tag}', '"', "'", '\0', 'a\0b', '🦆', 'é', 'Z', 'a', '\u{10ffff}', 'x'.repeat(500)),
  fc.string({ unit: 'grapheme' }),
);

function columnOf(values: readonly Value[]): BatchColumn {
  const valid = values.includes(null) ? { valid: Uint8Array.from(values, (v) => (v === null ? 0 : 1)) } : {};
  if (values.some((v) => typeof v === 'string')) {
    const dictionary = [...new Set(values.filter((v) => typeof v === 'string'))].reverse();
    const codes = Int32Array.from(values, (v) => (v === null ? 0 : dictionary.indexOf(v as string)));
    return { kind: 'string', codes, dictionary, ...valid };
  }
  return { kind: 'number', values: Float64Array.from(values, (v) => (v === null ? 77.7 : Number(v))), ...valid };
}

function valuesOf(column: NumberColumn | StringColumn): Value[] {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  return Array.from({ length: rows }, (_, i) => {
    if (column.valid?.[i] === 0) return null;
    return column.kind === 'number'
      ? (column.values[i] as number)
      : (column.dictionary[column.codes[i] as number] as string);
  });
}

function pack(values: readonly Value[], type: ColumnType = 'float64'): EncodedColumn {
  return encodeColumn(type, columnOf(values));
}

function roundTrip(values: readonly Value[], type?: ColumnType): Value[] {
  const { meta, ...buffers } = pack(values, type);
  expect(meta.bytes).toBe(buffers.data.length);
  expect(meta.checksum).toBe(checksum(buffers.data));
  expect(meta.validityBytes).toBe(buffers.validity?.length ?? 0);
  expect(meta.dictionaryBytes).toBe(buffers.dictionary?.length ?? 0);
  expect(meta.nullCount).toBe(values.filter((v) => v === null).length);
  return valuesOf(decodeColumn(meta, values.length, buffers));
}

describe('numbers', () => {
  it('come back bit for bit, with nulls, in every mixture', () => {
    const columns = fc.array(fc.oneof({ weight: 5, arbitrary: number }, fc.constant(null)), { maxLength: 40 });
    fc.assert(
      fc.property(columns, (values) => {
        expect(roundTrip(values)).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });

  it('come back bit for bit from ranges about the borders of the narrow codes', () => {
    const borders = fc.record({
      base: fc.constantFrom(0, 1, -1, -(2 ** 53), 2 ** 53 - 65536, 1.7e12, -300),
      step: fc.constantFrom(1, 2, 7, 1000, 60_000, 2 ** 37, 2 ** 52 - 1),
      steps: fc.array(fc.constantFrom(0, 1, 2, 253, 254, 255, 65533, 65534, 65535), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(borders, ({ base, step, steps }) => {
        const values = steps.map((n) => base + n * step);
        expect(roundTrip(values)).toEqual(values);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Value[], string]>([
    ['small integers', [5, 6, null, 259], 'u8'],
    ['255 steps', [0, 1, 255], 'u16'],
    ['65,534 steps', [0, 1, 65534], 'u16'],
    ['65,535 steps', [0, 1, 65535], 'f32'],
    ['multiples of a step', [0, 60_000, 600_000], 'u8'],
    ['times of day in whole minutes', [1.7e12, 1.7e12 + 60_000 * 1440, 1.7e12 + 60_000], 'u16'],
    ['−0', [-0, 1], 'f32'],
    ['halves', [0.5, 1.5], 'f32'],
    ['tenths', [0.1, 0.2], 'f64'],
    ['NaN among integers', [1, Number.NaN], 'f32'],
    ['the least integer, whose base would not be exact', [-(2 ** 53)], 'f32'],
    ['one value', [2 ** 53], 'u8'],
    ['no value', [null, null], 'u8'],
    ['no row', [], 'u8'],
  ])('%s', (_, values, encoding) => {
    expect(pack(values).meta.encoding).toBe(encoding);
    expect(roundTrip(values)).toEqual(values);
  });

  it('equal columns have equal bytes whatever the bits of their NaN, and of what lies under nulls', () => {
    for (const exact of [0.5, 0.1]) {
      const values = new Float64Array([exact, 0, 3]);
      new Uint32Array(values.buffer).set([0x1234, 0xfff80001], 2);
      const valid = Uint8Array.from([1, 1, 0]);
      const odd = encodeColumn('float64', { kind: 'number', values, valid });
      values.set([Number.NaN, Number.NaN], 1);
      const even = encodeColumn('float64', { kind: 'number', values, valid });
      expect(odd.data.equals(even.data)).toBe(true);
      expect(even.data.toString('hex')).toContain(exact === 0.5 ? '0000c07f' : '000000000000f87f');
    }
  });

  it('integer types know no −0', () => {
    expect(pack([-0, 5], 'int32').meta).toMatchObject({ encoding: 'u8', min: 0, max: 5 });
    expect(Object.is(pack([-0, 5], 'int32').meta.min, 0)).toBe(true);
  });
});

describe('strings', () => {
  it('come back, with nulls, in every mixture', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.constant(null)), { minLength: 1, maxLength: 40 }), (values) => {
        if (values.every((v) => v === null)) return;
        expect(roundTrip(values, 'utf8')).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it('have dictionaries in the order of their bytes, not of UTF-16', () => {
    const { meta, data, dictionary } = pack(['🦆', '￮', 'Z', 'a', 'é', 'Z', '🦆', '￮', 'a'], 'utf8');
    expect(meta.encoding).toBe('dict8');
    expect([...data]).toEqual([5, 4, 1, 2, 3, 1, 5, 4, 2]);
    expect(dictionary?.subarray(24).toString()).toBe('Zaé￮🦆');
  });

  it('lie plain where a dictionary would be larger, and never leave unused entries behind', () => {
    const many = Array.from({ length: 300 }, (_, i) => `distinct ${i}`);
    expect(pack(many, 'utf8').meta.encoding).toBe('plain');
    expect(pack([...many, ...many, ...many], 'utf8').meta).toMatchObject({
      encoding: 'dict16',
      dictionaryEntries: 300,
    });
    const unused = encodeColumn('utf8', {
      kind: 'string',
      codes: new Uint8Array([2, 2, 2, 0]),
      dictionary: ['null stands here', 'never', 'used'],
      valid: new Uint8Array([1, 1, 1, 0]),
    });
    expect(unused.meta).toMatchObject({ dictionaryEntries: 1, nullCount: 1, min: Buffer.from('used') });
  });
});

describe('damaged bytes', () => {
  it('are an error, never other values', () => {
    const { meta, data } = pack([1, 2, 3]);
    expect(() => decodeColumn(meta, 3, { data: data.subarray(1) })).toThrow(
      expect.objectContaining({ code: 'DATA_LOSS' }),
    );
    const texts = pack(['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'], 'utf8');
    expect(() => decodeColumn(texts.meta, 9, { data: texts.data })).toThrow(
      expect.objectContaining({ code: 'DATA_LOSS' }),
    );
    const wrong = { data: Buffer.alloc(9, 2), dictionary: texts.dictionary as Buffer };
    expect(() => decodeColumn(texts.meta, 9, wrong)).toThrow(expect.objectContaining({ code: 'DATA_LOSS' }));
  });
});
