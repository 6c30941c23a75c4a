// Logical values in and out, and schemas.
import { fromPhysical, makeSchema, matchSchema, parseType, toPhysical } from '../../src/storage/schema.js';
import type { ColumnType } from '../../src/storage/types.js';

const place = { row: 7, column: 'c' };
const bad = (code: string) => expect.objectContaining({ code });

it.each<[ColumnType, unknown, number | string | null, unknown]>([
  ['float64', -0, -0, -0],
  ['float64', Number.NaN, Number.NaN, Number.NaN],
  ['float32', 0.1, Math.fround(0.1), Math.fround(0.1)],
  ['float32', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['int32', -(2 ** 31), -(2 ** 31), -(2 ** 31)],
  ['int64', 2n ** 53n, 2 ** 53, 2 ** 53],
  ['int32', -0, 0, 0],
  ['bool', true, 1, true],
  ['utf8', '\0{}🦆', '\0{}🦆', '\0{}🦆'],
  ['timestamp', new Date(1234), 1234, new Date(1234)],
  ['timestamp', '2001-02-03T04:05:06.789', 981173106789, new Date(981173106789)],
  ['timestamp', '2001-02-03 04:05:06.789000+01:00', 981169506789, new Date(981169506789)],
  ['timestamp', '2001-02-03', 981158400000, new Date(981158400000)],
  ['date', new Date('1969-12-31'), -1, new Date('1969-12-31')],
  ['date', '2000-01-01', 10957, new Date('2000-01-01')],
  ['decimal(2)', '12.34', 1234, '12.34'],
  ['decimal(2)', -0.1, -10, '-0.10'],
  ['decimal(2)', 1e-2, 1, '0.01'],
  ['decimal(2)', '1e3', 100000, '1000.00'],
  ['decimal(2)', 5n, 500, '5.00'],
  ['decimal(2)', '-0', 0, '0.00'],
  ['decimal(0)', '12.000', 12, '12'],
  ['decimal(2)', '90071992547409.92', 2 ** 53, '90071992547409.92'],
])('%s %p', (type, value, physical, back) => {
  expect(toPhysical(type, value, place)).toEqual(physical);
  expect(fromPhysical(type, physical as number | string)).toEqual(back);
});

it('null and undefined are null', () => {
  expect([toPhysical('int32', null, place), toPhysical('utf8', undefined, place)]).toEqual([null, null]);
});

it.each<[ColumnType, unknown]>([
  ['float64', '1'],
  ['float32', 1e300],
  ['int32', 2 ** 31],
  ['int32', 0.5],
  ['int64', 2n ** 53n + 1n],
  ['int64', 2 ** 53 + 2],
  ['int64', Number.NaN],
  ['bool', 1],
  ['utf8', 5],
  ['utf8', 'half \ud83e'],
  ['timestamp', new Date(Number.NaN)],
  ['timestamp', 'yesterday'],
  ['timestamp', '2001-02-03T04:05:06.7890001'],
  ['timestamp', 0.5],
  ['date', new Date(1)],
  ['date', '2001-02-03T04:05:06Z'],
  ['decimal(2)', '0.001'],
  ['decimal(2)', 0.1 + 0.2],
  ['decimal(2)', '90071992547409.93'],
  ['decimal(2)', 'abc'],
  ['decimal(2)', ''],
])('%s refuses %p and names row and column', (type, value) => {
  expect(() => toPhysical(type, value, place)).toThrow(
    expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringMatching(/row 7, column "c"/) }),
  );
});

it('types are read as users write them', () => {
  expect([parseType('Int64'), parseType('decimal( 3 )'), parseType('utf8')]).toEqual(['int64', 'decimal(3)', 'utf8']);
  for (const text of ['string', 'decimal(16)', 'int8', ''])
    expect(() => parseType(text)).toThrow(bad('INVALID_ARGUMENT'));
});

it('schemas have ids that keys may hold, and refuse what they cannot', () => {
  const fields = Array.from({ length: 40 }, (_, i) => ({ name: `{🦆 ${i}`, type: 'int32' as const }));
  for (const { id } of makeSchema(fields)) expect(id).toMatch(/^[a-z0-9]+$/);
  expect(() => makeSchema([])).toThrow(bad('INVALID_ARGUMENT'));
  expect(() => makeSchema([fields[0], fields[0]] as typeof fields)).toThrow(bad('INVALID_ARGUMENT'));
  expect(() => makeSchema([{ name: '\udc00', type: 'int32' }])).toThrow(bad('INVALID_ARGUMENT'));
});

it('appended data may order its columns otherwise, and nothing else', () => {
  const schema = makeSchema([
    { name: 'a', type: 'int32' },
    { name: 'b', type: 'utf8' },
  ]);
  expect(matchSchema(schema, [...schema].reverse(), 't')).toEqual([1, 0]);
  const wrong = [[schema[0]], [schema[0], { name: 'b', type: 'int32' }], [...schema, { name: 'c', type: 'int32' }]];
  for (const fields of wrong) {
    expect(() => matchSchema(schema, fields as typeof schema, 't')).toThrow(bad('SCHEMA_MISMATCH'));
  }
});
