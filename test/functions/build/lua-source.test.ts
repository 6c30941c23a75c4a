import { readLuaSource } from '../../../src/functions/build/lua-source.js';

const read = (...lines: string[]) => readLuaSource('add', { file: 'lib/add.lua', text: lines.join('\n') });
const BLOCK = ['---@function add'];
const one = { functions: [expect.objectContaining({ name: 'add', module: 'add' })], problems: [] };

describe('a block', () => {
  it('states what a function takes and returns', () => {
    const { functions, problems } = read(
      '--- Adds.',
      '---@function addScore the name is what callers use',
      '---@flags no-writes, allow-stale',
      '---@key board string the sorted set',
      '---@key others bytes[]',
      '---@arg player string',
      '---@arg point { x: number, y: (integer?) }? where',
      '---@arg tags string[][]',
      '---@arg extra table<string, boolean[]>',
      '---@arg levels { [string]: integer } as the Lua language server has it',
      '---@return number',
      '---@nodiscard',
      'return function(keys, args) return 1 end',
    );
    expect(problems).toEqual([]);
    const flags = ['no-writes', 'allow-stale'];
    const point = { x: { kind: 'number' }, y: { kind: 'nullable', of: { kind: 'integer' } } };
    expect(functions).toEqual([
      {
        name: 'addScore',
        module: 'add',
        file: 'lib/add.lua',
        line: 2,
        flags,
        spec: {
          name: 'addScore',
          flags,
          keys: { board: { kind: 'string' }, others: { kind: 'array', of: { kind: 'bytes' } } },
          args: {
            player: { kind: 'string' },
            point: { kind: 'nullable', of: { kind: 'record', fields: point } },
            tags: { kind: 'array', of: { kind: 'array', of: { kind: 'string' } } },
            extra: { kind: 'map', of: { kind: 'array', of: { kind: 'boolean' } } },
            levels: { kind: 'map', of: { kind: 'integer' } },
          },
          returns: { kind: 'number' },
        },
      },
    ]);
    expect(Object.keys(functions[0]?.spec?.args ?? {})).toEqual(['player', 'point', 'tags', 'extra', 'levels']);
  });

  it.each([
    ['M.name', ['local M = {}', ...BLOCK, 'function M.sum() end', 'return M'], 'sum'],
    ['an assignment', ['local M = {}', ...BLOCK, 'M.sum = function() end', 'return M'], 'sum'],
    ['a local in the table', [...BLOCK, 'local function f() end', 'return { a = 1, sum = f }'], 'sum'],
    ['a local, assigned later', ['local M = {}', ...BLOCK, 'local function f() end', 'M.sum = f', 'return M'], 'sum'],
    ['a local that holds one', [...BLOCK, 'local f = function() end', 'return { sum = f }'], 'sum'],
    ['a field of the table', ['return {', ...BLOCK, 'sum = function() end,', '}'], 'sum'],
    ['the local itself', [...BLOCK, 'local function f() end', 'return f'], undefined],
    ['what is returned', [...BLOCK, 'return function() end'], undefined],
  ])('stands above %s', (_, lines, field) => {
    const found = read(...lines);
    expect(found).toEqual(one);
    expect(found.functions[0]?.field).toBe(field);
  });

  it('returns null where nothing is said, and other comments mean nothing', () => {
    expect(
      read('---@class X', '---@field y number', 'local x', '', '---@param a number', 'local function f() end'),
    ).toEqual({
      functions: [],
      problems: [],
    });
    expect(read('--[[', '---@function a', ']]', 'local s = "---@function b"')).toEqual({ functions: [], problems: [] });
    expect(read(...BLOCK, 'return function() end').functions[0]?.spec?.returns).toEqual({ kind: 'null' });
  });
});

describe('what is refused, with file and line', () => {
  const type = (text: string) => [`---@function add`, `---@arg x ${text}`, 'return function() end'];
  it.each<[string, string[], number, RegExp]>([
    ['no function below', [...BLOCK, '', 'return function() end'], 1, /^add: no function stands right below/],
    ['the end of the file below', BLOCK, 1, /no function stands right below/],
    ['something else below', [...BLOCK, 'local x, y = 1, 2'], 1, /what stands below the block is no function/],
    ['a value returned', [...BLOCK, 'return 1'], 1, /is no function/],
    ['a global function', [...BLOCK, 'function add() end'], 1, /functions are local/],
    ['a method', ['local M = {}', ...BLOCK, 'function M:add() end', 'return M'], 2, /takes self/],
    [
      'a module that returns something else',
      ['local M = {}', ...BLOCK, 'function M.add() end', 'return 1'],
      2,
      /does not return it/,
    ],
    ['a local that is kept', [...BLOCK, 'local function f() end', 'return {}'], 1, /does not return it/],
    ['a block without a name', ['---@function', 'return function() end'], 1, /the name is missing/],
    ['two names', [...BLOCK, '---@function b', 'return function() end'], 2, /a block has one ---@function/],
    [
      'a block without function',
      ['', '---@key a string', 'return function() end'],
      2,
      /@key stands in a block without/,
    ],
    ['two dashes', ['--@function a', 'return function() end'], 1, /wants three dashes/],
    [
      'an unknown annotation',
      [...BLOCK, '---@args x string', 'return function() end'],
      2,
      /unknown annotation ---@args/,
    ],
    [
      'two results',
      [...BLOCK, '---@return number', '---@return number', 'return function() end'],
      3,
      /returns one value/,
    ],
    ['no type', [...BLOCK, '---@arg x', 'return function() end'], 2, /a name and a type are wanted/],
    [
      'an argument twice',
      [...BLOCK, '---@arg x string', '---@arg x string', 'return function() end'],
      3,
      /x stands there twice/,
    ],
    ['an unknown type', type('strng'), 2, /unknown type "strng": did you mean string\?/],
    ['a type of Lua', type('nil'), 2, /unknown type "nil": did you mean null\?/],
    ['a table of anything', type('table'), 2, /did you mean table<string, T>/],
    ['a union', type('string | number'), 2, /cannot be one of several/],
    ['names that are no strings', type('table<number, string>'), 2, /names of a table are strings/],
    [
      'names that are no strings in braces',
      type('{ [integer]: string }'),
      2,
      /names of a map are strings: \{ \[string\]: T \}/,
    ],
    ['a type that objects inherit', type('constructor'), 2, /unknown type "constructor" \(there are string, /],
    ['a record without end', type('{ a: number'), 2, /"}" is missing at the end/],
    ['a record without types', type('{ a }'), 2, /":" is missing before "}"/],
    ['an empty record', type('{}'), 2, /a name is missing before "}"/],
    ['a field twice', type('{ a: number, a: string }'), 2, /the field a stands there twice/],
    ['junk after the type', type('string]'), 2, /unexpected "]" after the type/],
    ['an array of nothing', type('string?[]'), 1, /elements of an array cannot be null$/],
    ['a map of nothing', type('table<string, number?>'), 1, /elements of a map cannot be null$/],
    [
      'a key that is no text',
      [...BLOCK, '---@key k number', 'return function() end'],
      1,
      /key "k" is neither string nor bytes/,
    ],
    [
      'keys before the last',
      [...BLOCK, '---@key a string[]', '---@key b string', 'return function() end'],
      1,
      /key "a" is an array and not the last key/,
    ],
    [
      'a name that objects cannot have',
      [...BLOCK, '---@arg __proto__ string', 'return function() end'],
      1,
      /argument "__proto__" is not an identifier/,
    ],
    ['Lua that is none', ['local x =', 'return x +'], 2, /<expression> expected near 'return'/],
  ])('%s', (_, lines, line, message) => {
    const { functions, problems } = read(...lines);
    expect(functions).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({ file: 'lib/add.lua', line, problem: expect.stringMatching(message) }),
    ]);
  });
});
