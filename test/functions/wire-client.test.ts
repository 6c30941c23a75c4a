/** What the client refuses before it sends, and what it makes of replies that do not fit. */
import {
  type AnyReply,
  bytes,
  decodeReply,
  defineFunction,
  encodeCall,
  type FunctionSpec,
  type Schema,
  type SpecInput,
  specProblem,
  t,
} from '../../src/functions/define/index.js';

const base: FunctionSpec = { name: 'f', flags: [], keys: {}, args: {}, returns: t.null };
const takes = (args: FunctionSpec['args'], keys: FunctionSpec['keys'] = {}): FunctionSpec => ({ ...base, args, keys });

describe('encodeCall', () => {
  const v = (schema: Schema) => takes({ v: schema });
  const record = t.record({ name: t.string, note: t.nullable(t.string) });
  it.each<[FunctionSpec, unknown, unknown, string]>([
    [v(t.string), {}, { v: 1 }, 'v is not a string: 1'],
    [v(t.string), {}, { v: null }, 'v is not a string: null'],
    [v(t.string), {}, { v: 'a\ud800' }, 'v is not text that UTF-8 can hold (half of a surrogate pair): "a\\ud800"'],
    [v(t.bytes), {}, { v: 'text' }, 'v is not a Buffer or Uint8Array: "text"'],
    [v(t.bytes), {}, { v: new Uint16Array(1) }, 'v is not a Buffer or Uint8Array: an object'],
    [v(t.number), {}, { v: 1n }, 'v is not a number: 1'],
    [v(t.integer), {}, { v: 1.5 }, 'v is not an integer within ±(2^53 - 1): 1.5'],
    [v(t.integer), {}, { v: NaN }, 'v is not an integer within ±(2^53 - 1): NaN'],
    [v(t.integer), {}, { v: 2 ** 53 }, 'v is not an integer within ±(2^53 - 1): 9007199254740992'],
    [v(t.integer), {}, { v: '1' }, 'v is not an integer: "1"'],
    [v(t.boolean), {}, { v: 1 }, 'v is not a boolean: 1'],
    [v(t.nullable(t.boolean)), {}, { v: 1 }, 'v is not a boolean: 1'],
    [v(t.null), {}, { v: 0 }, 'v is not null: 0'],
    [v(t.array(t.number)), {}, { v: [1, null] }, 'v[1] is not a number: null'],
    [v(t.array(t.number)), {}, { v: [1, undefined, 3] }, 'v[1] is not a number: undefined'],
    [v(t.array(t.number)), {}, { v: new Float64Array(1) }, 'v is not an array: an object'],
    [v(t.array(t.array(t.string))), {}, { v: [['a'], ['b', 7]] }, 'v[1][1] is not a string: 7'],
    [v(t.map(t.number)), {}, { v: { 'a b': 'x' } }, 'v["a b"] is not a number: "x"'],
    [v(t.map(t.number)), {}, { v: { a: undefined } }, 'v.a is not a number: undefined'],
    [v(t.map(t.number)), {}, { v: new Map() }, 'v is not an object: an object'],
    [v(t.map(t.number)), {}, { v: [] }, 'v is not an object: an array'],
    [
      v(t.map(t.number)),
      {},
      { v: { '\udc00': 1 } },
      'v["\\udc00"] is not text that UTF-8 can hold (half of a surrogate pair): "\\udc00"',
    ],
    [v(record), {}, { v: {} }, 'v lacks the field "name"'],
    [v(record), {}, { v: { name: 'n', nota: '' } }, 'v has no field "nota"'],
    [v(record), {}, { v: { name: 'n', note: 1 } }, 'v.note is not a string: 1'],
    [v(record), {}, { v: 'n' }, 'v is not an object: "n"'],
    [v(t.string), {}, {}, 'lacks the argument "v"'],
    [v(t.string), {}, undefined, 'lacks the argument "v"'],
    [v(t.string), {}, { v: '', w: '' }, 'has no argument "w"'],
    [v(t.string), {}, ['x'], 'takes its arguments by name, and got an array'],
    [v(t.string), { k: '' }, { v: '' }, 'has no key "k"'],
    [takes({}, { k: t.string }), {}, {}, 'lacks the key "k"'],
    [takes({}, { k: t.string }), 'k', {}, 'takes its keys by name, and got "k"'],
    [takes({}, { k: t.string }), { k: 7 }, {}, 'k is not a string: 7'],
    [takes({}, { k: t.array(t.bytes) }), { k: [Buffer.from(''), 'x'] }, {}, 'k[1] is not a Buffer or Uint8Array: "x"'],
    [v(t.string), {}, { v: Array(100) }, 'v is not a string: an array'],
  ])('refuses %j', (spec, keys, args, message) => {
    expect(() => encodeCall(spec, keys, args)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: `f: ${message}`,
        hint: expect.stringMatching(/^f\(/),
      }),
    );
  });

  it('shortens long values, and shows the signature', () => {
    const spec = { ...takes({ v: t.array(t.number) }, { k: t.string }), returns: t.nullable(t.map(record)) };
    expect(() => encodeCall(spec, { k: 'k' }, { v: 'x'.repeat(999) })).toThrow(
      expect.objectContaining({
        message: `f: v is not an array: "${'x'.repeat(59)}…`,
        hint: 'f({ k: string }, { v: number[] }): table<string, { name: string, note: string? }>?',
      }),
    );
  });

  it('takes no name that objects inherit for an argument', () => {
    const spec = takes({ constructor: t.nullable(t.string), r: t.record({ toString: t.nullable(t.number) }) });
    expect(encodeCall(spec, {}, { r: {} }).args).toEqual(['null', '{"toString":null}']);
    expect(encodeCall(spec, {}, { constructor: 'x', r: { toString: 1 } }).args).toEqual(['"x"', '{"toString":1}']);
    const needed = takes({ valueOf: t.string }, { hasOwnProperty: t.string });
    expect(() => encodeCall(needed, {}, {})).toThrow('f: lacks the key "hasOwnProperty"');
    expect(() => encodeCall(needed, { hasOwnProperty: 'k' }, {})).toThrow('f: lacks the argument "valueOf"');
    // Getters of a class are its own, if not the object's.
    class Given {
      get v() {
        return 'got';
      }
    }
    expect(encodeCall(v(t.string), {}, new Given()).args).toEqual(['got']);
  });

  it('sends each value as the contract has it', () => {
    const spec = takes({
      a: t.number,
      b: t.boolean,
      c: t.bytes,
      d: t.array(t.number),
      e: t.nullable(t.string),
      g: t.nullable(t.bytes),
    });
    const c = Buffer.from([1, 2]);
    const d = [1, -0, NaN, Infinity, 1e21];
    expect(encodeCall(spec, {}, { a: -0, b: true, c, d }).args).toEqual([
      '-0',
      '1',
      c,
      '[1,"-0","NaN","Infinity",1e+21]',
    ]);
    const full = encodeCall(spec, {}, { a: 0.1, b: false, c, d: [], g: Buffer.from([0, 200]) }).args;
    expect(full).toEqual(['0.1', '0', c, '[]', 'null', '"\\u0000È"']);
    expect(encodeCall(takes({ v: t.integer }), {}, { v: -0 }).args).toEqual(['0']);
    const trap = JSON.parse('{"__proto__":1}');
    expect(encodeCall(takes({ v: t.map(t.number) }), null, { v: trap }).args).toEqual(['{"__proto__":1}']);
  });
});

describe('decodeReply', () => {
  const buffer = (text: string) => Buffer.from(text);
  it.each<[Schema, AnyReply, string]>([
    [t.string, 1, 'its reply is not a string: 1'],
    [t.string, Buffer.from([255]), 'its reply is not text, for it is not UTF-8: "\ufffd"'],
    [t.bytes, 'text', 'its reply was made a string by the client, which destroys bytes'],
    [t.bytes, null, 'its reply is not bytes: null'],
    [t.number, buffer('0x1'), 'its reply is not a number: "0x1"'],
    [t.number, buffer(''), 'its reply is not a number: ""'],
    [t.number, 7, 'its reply is not a number: 7'],
    [t.integer, buffer('1.5'), 'its reply is not an integer: "1.5"'],
    [t.integer, 2 ** 53, 'its reply is not an integer: 9007199254740992'],
    [t.boolean, 2, 'its reply is not a boolean (0 or 1): 2'],
    [t.null, 0, 'its reply is not null: 0'],
    [t.array(t.boolean), [1, [0]], '[1] is not a boolean (0 or 1): an array'],
    [t.array(t.boolean), 1, 'its reply is not an array: 1'],
    [t.map(t.boolean), [buffer('a'), 1, buffer('b')], 'its reply is not a list of names and values: an array'],
    [t.map(t.boolean), [buffer('a b'), 7], '["a b"] is not a boolean (0 or 1): 7'],
    [t.record({ a: t.boolean }), [buffer('a')], 'its reply is not a record of 1 fields: an array'],
    [t.record({ a: t.boolean }), [buffer('b'), 1], 'its reply has the field "b" where "a" is declared'],
    [t.record({ a: t.array(t.string) }), [buffer('a'), [null]], 'a[0] is not a string: null'],
  ])('refuses %j of %j', (schema, reply, message) => {
    expect(() => decodeReply(schema, reply, 'f')).toThrow(
      expect.objectContaining({ code: 'INVALID_REPLY', message: `f: ${message}` }),
    );
  });

  it('says what to declare, or how to ask', () => {
    expect(() => decodeReply(t.string, Buffer.from([255]), 'f')).toThrow(
      expect.objectContaining({ hint: 'declare it as bytes' }),
    );
    expect(() => decodeReply(t.bytes, 'x', 'f')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('typeMapping') }),
    );
    expect(() => decodeReply(t.array(t.integer), 1, 'f')).toThrow(
      expect.objectContaining({ hint: 'it is declared to return integer[]' }),
    );
  });

  it('keeps a byte order mark, names of all kinds, and no view of what the socket read', () => {
    expect(decodeReply(t.string, Buffer.from('\ufeffx'), 'f')).toBe('\ufeffx');
    const map = decodeReply(t.map(t.integer), [buffer('__proto__'), 1, buffer(''), 2], 'f') as object;
    expect(Object.entries(map)).toEqual([
      ['__proto__', 1],
      ['', 2],
    ]);
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
    const read = Buffer.from('bytes');
    const kept = decodeReply(t.bytes, read, 'f');
    read.fill(0);
    expect(kept).toEqual(Buffer.from('bytes'));
  });
});

describe('specs', () => {
  const strange = (input: unknown) => input as never;
  it.each<[Partial<FunctionSpec>, RegExp]>([
    [{ name: 'top-k' }, /^"top-k" cannot name a function/],
    [{ name: strange(7) }, /^7 cannot name a function/],
    [{ flags: [strange('no-write')] }, /^unknown flag "no-write": the flags are no-writes,/],
    [{ keys: { 'a-b': t.string } }, /^key "a-b" is not an identifier/],
    [{ keys: { a: t.array(t.string), b: t.string } }, /^key "a" is an array and not the last key/],
    [{ keys: { a: strange(t.number) } }, /^key "a" is neither string nor bytes/],
    [{ args: { '1': t.string } }, /^argument "1" is not an identifier/],
    [{ args: JSON.parse('{"__proto__":{"kind":"string"}}') }, /^argument "__proto__" is not an identifier/],
    [{ args: { a: strange('string') } }, /^argument "a" has no type/],
    [{ args: { a: t.array(t.nullable(t.string)) } }, /^argument "a": the elements of an array cannot be null/],
    [{ returns: t.record({ m: t.map(t.null) }) }, /^what it returns: field "m": the elements of a map cannot be null/],
    [{ returns: t.record({ 'a b': t.null }) }, /^what it returns: field "a b" is not an identifier/],
    [{ returns: t.nullable(strange(undefined)) }, /^what it returns has no type/],
  ])('%j is refused', (part, problem) => {
    expect(specProblem({ ...base, ...part })).toMatch(problem);
    expect(() => defineFunction({ ...base, ...part } as SpecInput, (() => undefined) as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('bytes', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  it('counts, takes and compares bytes', () => {
    expect(bytes.length('ü😀\0')).toBe(7);
    expect(bytes.length(all)).toBe(256);
    expect([bytes.at('ü', 0), bytes.at(all, 255), bytes.at(all, 256), bytes.at('', 0), bytes.at('a', -1)]).toEqual([
      195,
      255,
      undefined,
      undefined,
      undefined,
    ]);
    expect(bytes.slice('über', 2)).toEqual(Buffer.from('ber'));
    expect(bytes.slice(all, -3, -1)).toEqual(Buffer.from([253, 254]));
    expect(bytes.slice(all, 300)).toEqual(Buffer.alloc(0));
    expect(bytes.concat('ü', all.subarray(0, 1), '')).toEqual(Buffer.from([195, 188, 0]));
    expect(bytes.equal('ü', Buffer.from([195, 188]))).toBe(true);
    expect(bytes.equal('a', 'b')).toBe(false);
    expect([
      bytes.compare('a', 'ab'),
      bytes.compare('\uffff', '😀'),
      bytes.compare('b', 'a'),
      bytes.compare('', ''),
    ]).toEqual([-1, -1, 1, 0]);
    expect(bytes.toText(bytes.fromText('a\0ü😀'))).toBe('a\0ü😀');
  });

  it('is no view of what it was taken from', () => {
    const from = Buffer.from('abc');
    const part = bytes.slice(from, 1);
    from.fill(0);
    expect(part).toEqual(Buffer.from('bc'));
  });

  it('refuses what cannot be text', () => {
    expect(() => bytes.toText(Buffer.from([255]))).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
    expect(() => bytes.fromText('\ud800')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
