import { bundle, type LuaModule } from '../../src/functions/bundle.js';
import { sourceOf, translateLines } from '../../src/functions/line-map.js';
import { literalCalls, luaTokens } from '../../src/functions/lua-tokens.js';

const entry = (...lines: string[]): LuaModule => ({ file: 'lua/library.lua', text: lines.join('\n') });

const loader = (files: Record<string, string>) => (name: string) => {
  const text = files[name];
  return text === undefined ? undefined : { file: `lua/${name.replaceAll('.', '/')}.lua`, text };
};

const modules = {
  'kernels.sum': '-- adds\nlocal add = require("core.add")\nreturn function(keys, args) return add(args) end\n',
  'core.add': 'return function(args)\n  return #args\nend\n',
  'core.unused': 'return {}\n',
};

describe('bundle', () => {
  const sum = entry('local register = ...', 'register("sum", "kernels.sum", { "no-writes" })');
  const made = bundle(sum, loader(modules));

  it('names library and functions by the hash of the code', () => {
    expect(made.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(made.name).toBe(`shardfold_${made.hash}`);
    expect(made.code).toContain(`#!lua name=shardfold_${made.hash}\n`);
    expect(made.code).toContain(`function_name = "sum_${made.hash}"`);
    expect(made.functions.map(({ name, flags }) => [name, flags])).toEqual([
      ['sum', ['no-writes']],
      ['warm', ['no-writes']],
    ]);
  });

  it('is the same for the same sources, and another where a byte differs', () => {
    expect(bundle(sum, loader(modules))).toEqual(made);
    const changed = { ...modules, 'core.add': `${modules['core.add']}\n` };
    expect(bundle(sum, loader({ ...modules, 'core.add': modules['core.add'].replace('#', '1 + #') })).hash).not.toBe(
      made.hash,
    );
    expect(bundle(sum, loader(changed)).hash).not.toBe(made.hash);
  });

  it('takes what is required, each module once, and drops the rest', () => {
    expect(made.code.match(/modules\["core.add"\]/g)).toHaveLength(1);
    expect(made.code).not.toContain('core.unused');
  });

  it('maps every line of a module back to it', () => {
    const lines = made.code.split('\n');
    const line = lines.findIndex((text) => text.includes('return #args')) + 1;
    expect(sourceOf(made.lineMap, line)).toBe('lua/core/add.lua:2');
    const other = lines.findIndex((text) => text.includes('return add(args)')) + 1;
    expect(sourceOf(made.lineMap, other)).toBe('lua/kernels/sum.lua:3');
    expect(sourceOf(made.lineMap, 1)).toBeUndefined();
    expect(translateLines(made.lineMap, `user_function:${line}: no, on @user_function:${other}.`)).toBe(
      'lua/core/add.lua:2: no, on lua/kernels/sum.lua:3.',
    );
  });

  it('does not take comments and strings for code', () => {
    const text = [
      '-- require("no.such")',
      '--[[ require("no.such")',
      '  require("no.such") ]]',
      "local s = 'require(\"no.such\")' .. [==[ require('no.such') ]] ]==]",
      'local t = { require = 1 }',
      't.require("no.such")',
      'return function() return s, t end',
    ].join('\n');
    expect(() => bundle(entry('register("a", "m")'), loader({ m: text }))).not.toThrow();
  });

  interface Refusal {
    what: string;
    library: string[];
    files: Record<string, string>;
    message: RegExp;
    hint?: RegExp;
  }
  const one = ['register("a", "m")'];
  const refusals: Refusal[] = [
    {
      what: 'a name twice',
      library: [...one, '', ...one],
      files: { m: '' },
      message: /^lua\/library.lua:3: .*"a".* line 1$/,
    },
    {
      what: 'a dash in a name',
      library: ['register("top-k", "m")'],
      files: { m: '' },
      message: /:1: "top-k"/,
      hint: /top_k/,
    },
    { what: 'an empty name', library: ['register("", "m")'], files: { m: '' }, message: /^lua\/library.lua:1: ""/ },
    { what: 'the bundler’s own name', library: ['register("warm", "m")'], files: { m: '' }, message: /:1: .*"warm"/ },
    {
      what: 'the bundler’s own name in capitals',
      library: ['register("Warm", "m")'],
      files: { m: '' },
      message: /:1: the name "warm" is taken/,
    },
    {
      what: 'names that differ only in case',
      library: ['register("getItem", "m")', 'register("getitem", "m")'],
      files: { m: '' },
      message: /^lua\/library.lua:2: function "getitem" differs from "getItem" in line 1 in case alone/,
      hint: /to servers the two names are one/,
    },
    {
      what: 'an unknown flag',
      library: ['register("a", "m", { "no-write" })'],
      files: { m: '' },
      message: /^lua\/library.lua:1: unknown flag "no-write"/,
      hint: /no-writes/,
    },
    {
      what: 'a missing module',
      library: ['', 'register("a", "m.n")'],
      files: {},
      message: /^lua\/library.lua:2: there is no module "m.n"/,
      hint: /lua\/m\/n\.lua/,
    },
    {
      what: 'a missing module of a module',
      library: one,
      files: { m: '\n\nlocal n = require("n")' },
      message: /^lua\/m.lua:3: there is no module "n"/,
    },
    {
      what: 'a computed name of a module',
      library: one,
      files: { m: 'local n = require("n" .. 1)' },
      message: /^lua\/m.lua:1: require wants/,
    },
    {
      what: 'a computed registration',
      library: ['register(name, "m")'],
      files: { m: '' },
      message: /:1: register wants/,
    },
    {
      what: 'a circle',
      library: one,
      files: { m: 'require("n")', n: '\nrequire "m"' },
      message: /^lua\/n.lua:2: .*m → n → m/,
    },
  ];
  it.each(refusals)('refuses $what, with file and line', ({ library, files, message, hint }) => {
    let thrown: unknown;
    try {
      bundle(entry(...library), loader(files));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringMatching(message) });
    if (hint) expect(thrown).toMatchObject({ hint: expect.stringMatching(hint) });
  });
});

describe('the Lua lexer', () => {
  it('keeps count of lines through long strings, comments and escapes', () => {
    const tokens = luaTokens('a --[[\n\n]] b [[\n]] "\\"\\\nx" c -- d\ne');
    expect(tokens.map(({ text, line }) => [text.replace(/\n/g, '⏎'), line])).toEqual([
      ['a', 1],
      ['b', 3],
      ['⏎', 3],
      ['\\"\\⏎x', 4],
      ['c', 5],
      ['e', 6],
    ]);
  });

  it('reads calls of literals', () => {
    expect(literalCalls('f("a", {"b", \'c\'}, "d") f "e" f(g) x.f("h") f("i", {})', 'f')).toEqual([
      { line: 1, args: ['a', ['b', 'c'], 'd'] },
      { line: 1, args: ['e'] },
      { line: 1, args: undefined },
      { line: 1, args: ['i', []] },
    ]);
  });
});
