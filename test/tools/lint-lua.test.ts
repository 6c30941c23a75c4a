/** The lint of the Lua can fail: each of these files has one thing wrong. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, which } from '../../src/local/run.js';

const GOOD =
  "local floor = math.floor\n\nreturn function(keys, args)\n  return floor(args[1]), redis.call('GET', keys[1])\nend\n";

describe('lint-lua', () => {
  let file = '';
  beforeAll(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'shardfold-lint-')), 'a.lua');
  });
  afterAll(() => rm(join(file, '..'), { recursive: true, force: true }));

  const lint = async (text: string, ...options: string[]) => {
    await writeFile(file, text);
    const { code, stdout, stderr } = await run(process.execPath, ['scripts/lint-lua.mjs', ...options, file]);
    return { code, text: stdout + stderr };
  };

  it('passes what is in order', async () => {
    expect(await lint(GOOD)).toMatchObject({ code: 0 });
  });

  it('refuses another form, says where, and mends it with --write', async () => {
    const found = await lint(GOOD.replaceAll("'", '"'));
    expect(found.code).toBe(1);
    expect(found.text).toContain('not formatted (npm run format): line 4');
    expect((await lint(GOOD.replaceAll("'", '"'), '--write')).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(GOOD);
  });

  it('refuses what is no Lua', async () => {
    expect(await lint('local = 1\n')).toMatchObject({ code: 1 });
  });

  it.each([
    ['a global', 'total = 0\n', "setting non-standard global variable 'total'"],
    ['what no server offers', 'return os.clock()\n', "accessing undefined variable 'os'"],
    ['a misspelt call', "return redis.cal('PING')\n", "accessing undefined field 'cal'"],
    ['KEYS in a function', 'return KEYS[1]\n', "accessing undefined variable 'KEYS'"],
    ['an unused local', 'local a = 1\n', "unused variable 'a'"],
  ])('refuses %s', async (_, text, message) => {
    if ((await which('luacheck')) === undefined) {
      console.warn('Not tested: luacheck is not installed');
      return;
    }
    const found = await lint(text);
    expect(found.code).toBe(1);
    expect(found.text).toContain(message);
  });
});
