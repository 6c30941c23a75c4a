// What an app hands in to make sources of keys: checked, and made frozen data.
import { ShardfoldError } from '../../src/errors.js';
import { formatJsonPath, parseJsonPath } from '../../src/plan/keys/json-path.js';
import type { KeySource } from '../../src/plan/keys/source.js';
import * as keys from '../../src/query/keys.js';
import { keyShapes } from '../../src/query/keys-schemas.js';

const columns = ({ columns: all, shown }: KeySource): string[] =>
  all.map(({ name, type }, i) => `${i < shown ? '' : '('}${name} ${type}${i < shown ? '' : ')'}`);
const FACTS = ['(slot int32)', '(shard utf8)', '(ttl int64)', '(type utf8)', '(memory int64)'];

it('hashes: the key, the columns that are declared, and facts by name', () => {
  const source = keys.hashesSource('order:*', {
    price: 'float64',
    net: { field: 'Net Price', type: 'decimal(2)' },
    at: 'timestamp(s)',
    type: ' UTF8 ' as 'utf8',
    empty: { field: '', type: 'date' },
  });
  expect(columns(source)).toEqual([
    'key utf8',
    'price float64',
    'net decimal(2)',
    'at timestamp',
    'type utf8',
    'empty date',
    '(slot int32)',
    '(shard utf8)',
    '(ttl int64)',
    '(memory int64)',
  ]);
  expect(source.columns.slice(1, 6).map(({ from }) => from)).toEqual([
    { of: 'field', field: 'price' },
    { of: 'field', field: 'Net Price' },
    { of: 'field', field: 'at', unit: 's' },
    { of: 'field', field: 'type' },
    { of: 'field', field: '' },
  ]);
  expect(source).toMatchObject({ kind: 'hashes', pattern: 'order:*', strict: false });
  expect(Object.isFrozen(source) && Object.isFrozen(source.columns)).toBe(true);
  expect(source.columns.every((each) => Object.isFrozen(each) && Object.isFrozen(each.from))).toBe(true);
});

it('the other kinds', () => {
  expect(columns(keys.stringsSource('n:*', 'int64'))).toEqual(['key utf8', 'value int64', ...FACTS]);
  expect(keys.stringsSource('n:*', 'timestamp(ms)').columns[1]?.from).toEqual({ of: 'value', unit: 'ms' });
  expect(columns(keys.packedSource('v:*', 'uint8'))).toEqual(['key utf8', 'index int64', 'value int32', ...FACTS]);
  expect(columns(keys.packedSource('v:*', 'float32'))).toEqual(['key utf8', 'index int64', 'value float32', ...FACTS]);
  expect(keys.packedSource('v:*', 'float32').packed).toBe('float32');
  expect(columns(keys.zsetSource('b:*'))).toEqual(['key utf8', 'member utf8', 'score float64', ...FACTS]);
  expect(columns(keys.listSource('q:*', 'bool', { strict: true }))).toEqual([
    'key utf8',
    'index int64',
    'value bool',
    ...FACTS,
  ]);
  expect(keys.listSource('q:*', 'bool', { strict: true }).strict).toBe(true);
  expect(columns(keys.setSource('t:*'))).toEqual(['key utf8', 'member utf8', ...FACTS]);
  const all = keys.keysSource('*');
  expect(columns(all)).toEqual(['key utf8', 'type utf8', 'ttl int64', 'slot int32', 'shard utf8', '(memory int64)']);
});

it('paths into JSON', () => {
  const source = keys.jsonSource('doc:*', {
    city: 'utf8',
    'a.b': 'int32',
    price: { path: 'lines[0].price', type: 'float64' },
    same: { path: ['lines', 0, 'price'], type: 'float64' },
    own: { type: 'bool' } as never,
  });
  expect(source.columns.slice(1, 6).map(({ from }) => (from.of === 'path' ? from.path : from))).toEqual([
    ['city'],
    ['a.b'],
    ['lines', 0, 'price'],
    ['lines', 0, 'price'],
    ['own'],
  ]);
  const paths: [string, (string | number)[]][] = [
    ['a', ['a']],
    ['Unit Price.net', ['Unit Price', 'net']],
    ['$.a.b', ['a', 'b']],
    ['$[0]', [0]],
    ['$', ['$']],
    ['[1][2].x', [1, 2, 'x']],
    ['["a.b"].c', ['a.b', 'c']],
    [String.raw`a["q\"\u00e9"]`, ['a', 'q"é']],
    [String.raw`['it\'s']['']`, ["it's", '']],
  ];
  for (const [text, path] of paths) {
    expect([text, parseJsonPath(text)]).toEqual([text, path]);
    expect(parseJsonPath(formatJsonPath(path))).toEqual(path);
  }
  for (const text of [
    '',
    '.',
    '.a',
    'a.',
    'a..b',
    'a[',
    'a[x]',
    'a[-1]',
    'a[0]b',
    '[0]a',
    'a]b',
    '["a',
    '*',
    'a.*',
    'a[*]',
    '$.',
    'a["x]',
  ])
    expect(() => parseJsonPath(text)).toThrow(/is no path into JSON/);
  expect(formatJsonPath(['a b', '*', '$', 3])).toBe('["a b"]["*"]["$"][3]');
});

it('schemas by pattern: that of the pattern, else of one that it lies in', () => {
  const hashes = (type: 'int32' | 'bool') => ({ kind: 'hashes', columns: { x: type } }) as const;
  const shapes = keyShapes({
    '*': { kind: 'strings', type: 'int64' },
    'order:*': [hashes('int32'), { kind: 'list', type: 'utf8' }, { kind: 'zset' }],
    'order:1*': hashes('bool'),
    'v:*': { kind: 'packed', type: 'uint8' },
    'd:*': { kind: 'json', columns: { y: { path: 'a[0]', type: 'date' } } },
  });
  const column = (type: string) => ({ columns: [{ name: 'x', type, from: { field: 'x' } }] });
  expect(shapes('hashes', 'order:*')).toEqual(column('int32'));
  expect(shapes('hashes', 'order:1*')).toEqual(column('bool'));
  expect(shapes('hashes', 'order:2?')).toEqual(column('int32'));
  expect(shapes('hashes', 'user:*')).toBeUndefined();
  expect(shapes('list', 'order:*')).toEqual({ value: { type: 'utf8' } });
  expect(shapes('strings', 'order:*')).toEqual({ value: { type: 'int64' } });
  expect(shapes('packed', 'v:*')).toEqual({ packed: 'uint8' });
  expect(shapes('json', 'd:*')).toEqual({ columns: [{ name: 'y', type: 'date', from: { path: ['a', 0] } }] });
  expect(shapes('zset', 'order:*')).toEqual({});
});

type Wrong = readonly [what: string, make: () => unknown, message: RegExp, hint: RegExp];
const any = (value: unknown): never => value as never;
const WRONG: readonly Wrong[] = [
  ['no pattern', () => keys.keysSource(any(undefined)), /the pattern is undefined/, /'order:\*'/],
  ['an empty pattern', () => keys.zsetSource(''), /the pattern is empty/, /'\*' for all/],
  ['a long pattern', () => keys.setSource(`${'é'.repeat(256)}*`), /the pattern has 513 bytes/, /512 at most/],
  ['half a character', () => keys.setSource('\ud800*'), /half a surrogate/, /Unicode/],
  ['no schema', () => keys.hashesSource('a', any(undefined)), /hashes\(\): the schema is undefined/, /Net Price/],
  ['an array', () => keys.jsonSource('a', any(['x'])), /jsonStrings\(\): the schema is an array/, /lines/],
  ['an empty schema', () => keys.hashesSource('a', {}), /no fields are named/, /price/],
  ['an empty schema of JSON', () => keys.jsonSource('a', {}), /no paths are named/, /price/],
  [
    'a slip in a type',
    () => keys.hashesSource('a', { x: any('flaot64') }),
    /"flaot64" is no column type/,
    /write float64/,
  ],
  ['another name of a type', () => keys.stringsSource('a', any('bigint')), /"bigint" is no/, /write int64/],
  [
    'a unit that is none',
    () => keys.stringsSource('a', any('timestamp(us)')),
    /"timestamp\(us\)" is no/,
    /timestamp\(ms\)/,
  ],
  ['no type', () => keys.listSource('a', any(undefined)), /type of the values is undefined/, /queue/],
  [
    'a column without a type',
    () => keys.hashesSource('a', { x: any({ field: 'y' }) }),
    /type of column "x" is undefined/,
    /e\.g\./,
  ],
  ['a column of nothing', () => keys.hashesSource('a', { x: any(3) }), /column "x" is 3/, /e\.g\./],
  [
    'a path of a hash',
    () => keys.hashesSource('a', { x: any({ path: 'y', type: 'bool' }) }),
    /no option path/,
    /type, field/,
  ],
  [
    'a field that is no text',
    () => keys.hashesSource('a', { x: any({ field: 1, type: 'bool' }) }),
    /field of column "x" is 1/,
    /Unit Price/,
  ],
  [
    'a column called key',
    () => keys.hashesSource('a', { key: 'utf8' }),
    /"key" is the name of the key/,
    /field: 'key'/,
  ],
  ['a nameless column', () => keys.hashesSource('a', { '': 'utf8' }), /column 1 has no name/, /text/],
  [
    'no path',
    () => keys.jsonSource('a', { x: { path: 'a[b]', type: 'utf8' } }),
    /"a\[b\]" is no path.* at "\[b\]"/,
    /lines\[0\]/,
  ],
  [
    'an empty path',
    () => keys.jsonSource('a', { x: { path: [], type: 'utf8' } }),
    /path of column "x" is \[\]/,
    /lines/,
  ],
  [
    'a place before the first',
    () => keys.jsonSource('a', { x: { path: ['l', -1], type: 'utf8' } }),
    /is \["l", -1\]/,
    /from 0/,
  ],
  [
    'numbers that are not packed so',
    () => keys.packedSource('a', any('uint61')),
    /"uint61" is no type/,
    /did you mean 'uint16'/,
  ],
  ['no numbers', () => keys.packedSource('a', any(null)), /null is no type/, /float64, float32/],
  [
    'an option that is none',
    () => keys.stringsSource('a', 'utf8', any({ strickt: true })),
    /no option strickt; did you mean strict/,
    /strict/,
  ],
  ['strict of another kind', () => keys.stringsSource('a', 'utf8', any({ strict: 1 })), /strict is 1/, /true or false/],
  [
    'options that are none',
    () => keys.stringsSource('a', 'utf8', any('strict')),
    /options are "strict"/,
    /some of strict/,
  ],
];

const schemas = (value: unknown) => () => keyShapes(value as never);
const WRONG_SCHEMAS: readonly Wrong[] = [
  ['no schemas', schemas(3), /the schemas are 3/, /order/],
  ['a schema of nothing', schemas({ 'a*': null }), /the schema of "a\*": it is null/, /order/],
  ['a kind that is none', schemas({ 'a*': { kind: 'hashs' } }), /its kind is "hashs"/, /did you mean 'hashes'/],
  [
    'no columns',
    schemas({ 'a*': { kind: 'hashes' } }),
    /the schema of "a\*": hashes\(\): the schema is undef/,
    /price/,
  ],
  ['a type that is none', schemas({ 'a*': [{ kind: 'list', type: 'x' }] }), /"a\*": "x" is no column type/, /one of/],
  ['a pattern of nothing', schemas({ '': { kind: 'zset' } }), /the schema of "": the pattern is empty/, /glob/],
  [
    'a column that is taken',
    schemas({ 'a*': { kind: 'json', columns: { key: 'utf8' } } }),
    /"key" is the name/,
    /path/,
  ],
];

it.each([...WRONG, ...WRONG_SCHEMAS])('%s is refused', (_, make, message, hint) => {
  const error = (() => {
    try {
      return make();
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(ShardfoldError);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect((error as ShardfoldError).message).toMatch(message);
  expect((error as ShardfoldError).hint).toMatch(hint);
});
