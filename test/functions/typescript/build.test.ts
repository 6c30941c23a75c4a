/** What a folder is refused for before its rules are looked at, and by TypeScriptToLua. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileTypeScript } from '../../../src/functions/build/typescript/compile.js';
import { MODULES } from '../../../src/functions/build/typescript/runtime.js';
import type { BuildError, Problem } from '../../../src/functions/problems.js';

const dirs: string[] = [];
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'shardfold-typescript-'));
  dirs.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

async function refusedOf(files: Record<string, string>): Promise<readonly Problem[]> {
  const dir = folder(files);
  const error: unknown = await compileTypeScript(dir, { root: dir }).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'BUILD_FAILED' });
  return (error as BuildError).problems;
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  return (await refusedOf(files)).map(({ file, line, column, problem }) => `${file}:${line}:${column}: ${problem}`);
}

const IMPORT = "import { defineFunction, t, type Bytes } from 'shardfold/functions';\n";

describe('compileTypeScript', () => {
  it('tells errors of types, of syntax and of the rules at once', async () => {
    expect(
      await problemsOf({
        'a.ts': 'export const a: number = "one";\nexport const b: string = 2;\n',
        'b.ts': 'export const c = (;\n',
        'c.ts': 'export const d = (x: number): number => (x ? 1 : 2);\n',
      }),
    ).toEqual([
      "a.ts:1:14: Type 'string' is not assignable to type 'number'. (TS2322)",
      "a.ts:2:14: Type 'number' is not assignable to type 'string'. (TS2322)",
      'b.ts:1:19: Expression expected. (TS1109)',
      "c.ts:1:42: this condition may be a number, and in Lua 0, NaN and '' are true",
    ]);
  });

  it('knows null and undefined whatever the settings say', async () => {
    const files = {
      'tsconfig.json': '{ "compilerOptions": { "strict": false, "noUncheckedIndexedAccess": false } }',
      'a.ts': 'export const a = (list: number[]): number => list[0];\nexport const b = (x): number => 1;\n',
    };
    expect(await problemsOf(files)).toEqual([
      expect.stringContaining("a.ts:1:46: Type 'number | undefined' is not assignable to type 'number'"),
      expect.stringContaining("a.ts:2:19: Parameter 'x' implicitly has an 'any' type"),
    ]);
  });

  it('wants definitions exported, with literal specs', async () => {
    const text = `${IMPORT}const name = 'a' as string;
const hidden = defineFunction({ name: 'hidden' }, () => undefined);
export const wide = defineFunction({ name, args: { a: t.number } }, () => undefined);
export const flags = defineFunction({ name: 'flags', flags: [] as 'no-writes'[] }, () => undefined);
void hidden;
`;
    expect(await problemsOf({ 'a.ts': text })).toEqual([
      'a.ts:3:16: a function is defined by an exported constant: export const name = defineFunction(…)',
      'a.ts:4:36: the type of name is not literal: write it as a constant, of t.*',
      'a.ts:5:37: the type of flags is not literal: write it as a constant, of t.*',
    ]);
  });

  it('checks bodies against their specs', async () => {
    const text = `${IMPORT}export const a = defineFunction(
  { name: 'a', args: { raw: t.bytes }, returns: t.number },
  (_keys, args) => args.raw,
);
export const b = (raw: Bytes): Bytes => raw;
`;
    expect(await problemsOf({ 'a.ts': text })).toEqual([expect.stringContaining('a.ts:4:20: ')]);
  });

  it('says what to write instead of what only JavaScript has', async () => {
    const text = `export const a = (reply: string | false): unknown => [
  console.log('a'),
  crypto.randomUUID(),
  structuredClone(1),
  reply.split(','),
];
`;
    const found = await refusedOf({ 'a.ts': text });
    expect(found.map(({ line, problem, hint }) => [line, problem.split('\n')[0], hint])).toEqual([
      [
        2,
        'console is not there in a server (TS2584)',
        "redis.log(redis.LOG_NOTICE, text) writes into the server's log",
      ],
      [3, 'crypto is not there in a server (TS2304)', 'redis.sha1hex(text), or pass it as an argument'],
      [4, 'structuredClone is not there in a server (TS2304)', 'copy it by hand: { ...object }, [...list]'],
      [
        5,
        "Property 'split' does not exist on type 'string | false'.",
        'it may be false, where there is nothing: compare it with false first',
      ],
    ]);
  });

  it('passes on what TypeScriptToLua refuses', async () => {
    const text =
      'export function own(keys: string[]): number {\n  return keys.length;\n}\nredis.register_function("a", own);\n';
    expect(await refusedOf({ 'a.ts': text })).toEqual([
      {
        file: 'a.ts',
        line: 4,
        column: 30,
        problem: expect.stringMatching(/^functions of the server take no `this`, and others do \(TSTL\d+\)$/),
        hint: 'wrap it in a function: (a, b) => f(a, b)',
      },
    ]);
  });

  it('refuses names of modules that the bundle needs', async () => {
    const text = 'export const a = 1;\n';
    const found = await problemsOf({ 'shardfold/js.ts': text, 'lualib_bundle.ts': text, 'one.two.ts': text });
    expect(found.sort()).toEqual([
      'lualib_bundle.ts:1:1: "lualib_bundle" cannot name a module',
      'one.two.ts:1:1: "one.two" cannot name a module',
      'shardfold/js.ts:1:1: "shardfold.js" cannot name a module',
    ]);
  });

  it('says so where there is nothing to compile', async () => {
    const dir = folder({ 'a.d.ts': 'export {};\n', 'b.test.ts': 'nothing' });
    await expect(compileTypeScript(dir, { root: dir })).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  });

  it('leaves out tests and declarations, and resolves imports with and without extensions', async () => {
    const dir = folder({
      'a.ts':
        "import { b } from './lib/b';\nimport { c } from './lib/c.js';\nimport { d } from './lib/index.ts';\nexport const a = b + c + d;\n",
      'a.test.ts': 'not even TypeScript',
      'lib/b.ts': 'export const b = 1;\n',
      'lib/c.ts': 'export const c = 2;\n',
      'lib/index.ts': "export { c as d } from './c.js';\nexport type E = number;\n",
      'types.d.ts': 'type F = number;\n',
    });
    const { modules } = await compileTypeScript(dir, { root: dir });
    expect([...modules.keys()].filter((name) => !MODULES.has(name))).toEqual(['lib.b', 'lib.c', 'lib.index', 'a']);
    expect(modules.get('a')?.text).toContain('require("lib.index")');
  });
});
