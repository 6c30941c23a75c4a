/** Random values of a schema, with what is special among them: NaN, -0, subnormals, NUL, characters of one to four bytes. */
import fc from 'fast-check';
import type { Schema } from '../../../src/functions/define/schema.js';

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  0.1,
  0.5,
  -0.5,
  2.5,
  1e21,
  1e-7,
  5e-324,
  2 ** 53,
  123456789012345680000,
  Infinity,
  -Infinity,
  NaN,
];

const number = fc.oneof(fc.double(), fc.integer({ min: -20, max: 20 }), fc.constantFrom(...NUMBERS), fc.float());

/** What every object has in JavaScript, and no map of the server's. */
const inherited = (name: string): boolean => name in {};

const CHARACTERS = ['a', 'b', ',', '-', ' ', '\0', '\n', '\u00a0', '\ufeff', 'é', '€', '😀', '"', '\\', '%', '1'];
const string = fc
  .oneof(fc.string({ unit: fc.constantFrom(...CHARACTERS) }), fc.string({ unit: 'binary', maxLength: 8 }))
  .filter((text) => !inherited(text));

/** What may look like a number. */
const numeric = fc.oneof(
  fc.double().map(String),
  fc.string({ unit: fc.constantFrom(...'0123456789.eE+-xXbBoOafn_ \u00a0\n'), maxLength: 8 }),
  fc.constantFrom(
    '',
    ' ',
    '0x10',
    '0b101',
    '0o777',
    '0xFFFFFFFFFFFFFFFFF',
    '1_000',
    'Infinity',
    '-Infinity',
    'inf',
    'nan',
    '.5',
    '5.',
    '.',
    '1e400',
  ),
  fc.bigInt({ min: 0n, max: 1n << 80n }).map((big) => `0x${big.toString(16)}`),
  fc.bigInt({ min: 0n, max: 1n << 80n }).map((big) => `0b${big.toString(2)}`),
  fc.bigInt({ min: 0n, max: 1n << 80n }).map((big) => `0o${big.toString(8)}`),
);

/** Arguments that are of use only within certain bounds, by their names. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  numeric,
  small: fc.integer({ min: -3, max: 9 }),
  word: fc.oneof(fc.constantFrom('a', 'b', ''), string),
  from: fc.integer({ min: -9, max: 9 }),
  to: fc.integer({ min: -9, max: 9 }),
  count: fc.integer({ min: -9, max: 9 }),
  at: fc.integer({ min: -4, max: 9 }),
  rank: fc.integer({ min: 0, max: 4 }),
};

export function arbitraryOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const named = BY_NAME[name];
  if (named) return named;
  switch (schema.kind) {
    case 'string':
      return string;
    case 'bytes':
      return fc.oneof(
        fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
        string.map((text) => Buffer.from(text)),
      );
    case 'number':
      return number;
    case 'integer':
      return fc.maxSafeInteger();
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf(schema.of), { maxLength: 12 });
    case 'record':
      return recordOf(schema.fields);
    case 'map':
      return fc.dictionary(string, arbitraryOf(schema.of), { maxKeys: 8, noNullPrototype: true });
    case 'nullable':
      return fc.option(arbitraryOf(schema.of), { nil: null });
  }
}

export const recordOf = (fields: Readonly<Record<string, Schema>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, arbitraryOf(of, name)])));
