import fc from 'fast-check';
import type { Schema } from '../../src/functions/define/index.js';

const name = fc.stringMatching(/^[A-Za-z_]\w{0,5}$/).filter((text) => text !== '__proto__');

/** Any schema that a spec may hold. */
export const anySchema: fc.Arbitrary<Schema> = fc.letrec<{ any: Schema; solid: Schema }>((tie) => ({
  /** What may stand in arrays and maps. */
  solid: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<Schema>(
      ...(['string', 'bytes', 'number', 'integer', 'boolean'] as const).map((kind) => ({ kind })),
    ),
    tie('solid').map((of) => ({ kind: 'array', of }) as const),
    tie('solid').map((of) => ({ kind: 'map', of }) as const),
    fc
      .dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true })
      .map((fields) => ({ kind: 'record', fields }) as const),
  ),
  any: fc.oneof(
    { weight: 3, arbitrary: tie('solid') },
    { weight: 1, arbitrary: tie('solid').map((of) => ({ kind: 'nullable', of }) as const) },
    { weight: 1, arbitrary: fc.constant({ kind: 'null' } as const) },
  ),
})).any;

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2 ** -1022, 2 ** -1074 * 12345, Number.MAX_VALUE];

export const anyNumber = fc.oneof(
  fc.constantFrom(...SPECIAL),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -1074, max: 1023 }).map((power) => 2 ** power),
  fc.integer({ min: -400, max: 400 }).map((n) => n / 100),
);

/** Any text, with NUL and beyond the basic plane, but without half surrogates. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\0', 'a\0b', '\ufeffbom', '\u007f\u0080\u07ff\u0800\uffff', '😀', '"\\/\b\f\n\r\t\u2028'),
);

export const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))),
);

const anyName = fc.oneof(anyText, fc.constantFrom('', '__proto__', '1', 'constructor', 'err', 'ok'));

/** Any value of the schema. */
export function anyValue(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'string':
      return anyText;
    case 'bytes':
      return anyBytes;
    case 'number':
      return anyNumber;
    case 'integer':
      return fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(2 ** 53 - 1, 1 - 2 ** 53));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'nullable':
      return fc.option(anyValue(schema.of), { nil: null });
    case 'array':
      return fc.array(anyValue(schema.of), { maxLength: 6 });
    case 'map':
      return fc
        .array(fc.tuple(anyName, anyValue(schema.of)), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries));
    case 'record':
      return fc.record(Object.fromEntries(Object.entries(schema.fields).map(([field, of]) => [field, anyValue(of)])), {
        noNullPrototype: true,
      });
  }
}
