import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADD_LUA, config, makeProject, removeProjects, TEXT_LUA } from '../functions/build/project.js';
import { runCli } from '../harness/cli.js';

afterEach(removeProjects);

const LIBRARY = { 'functions/leaderboard/add.lua': ADD_LUA, 'functions/leaderboard/text.lua': TEXT_LUA };
const build = (dir: string, ...args: string[]) => runCli(['build', ...args], { cwd: dir });

describe('build', () => {
  it('writes bindings, and nothing the second time', async () => {
    const dir = makeProject({ ...LIBRARY, 'shardfold.config.json': config() });
    const first = await build(join(dir, 'functions'));
    expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/^shop \w{12}: 1 function of 1 library\n$/) });
    expect(first.stdout).toMatch(/^library +hash +functions +size +bindings$/m);
    expect(first.stdout).toMatch(/^leaderboard +\w{12} +1 +[\d.]+ kB +generated\/leaderboard\.mjs \(written\)$/m);
    expect(first.stdout).toMatch(/^shop \(stable names\) +\w{12} +1 +[\d.]+ kB +-$/m);
    expect((await build(dir)).stdout).toContain('generated/leaderboard.mjs (unchanged)');
    expect(existsSync(join(dir, 'generated/leaderboard.d.mts'))).toBe(true);
  });

  it('reads a configuration in TypeScript, and leaves nothing beside it', async () => {
    const text = `interface Name { readonly name: string }
const one: Name = { name: 'leaderboard' };
export default { project: 'shop' as string, libraries: { [one.name]: 'functions/' + one.name } };`;
    const dir = makeProject({ ...LIBRARY, 'shardfold.config.ts': text });
    // Where node_modules is not above it, the typescript beside Shardfold is taken.
    expect(await build(dir, '--no-emit')).toMatchObject({ code: 0 });
    expect(existsSync(join(dir, 'generated'))).toBe(false);
    writeFileSync(join(dir, 'shardfold.config.ts'), 'throw new Error("no luck");');
    const failed = await build(dir);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/^error CONFIG_INVALID: \S+shardfold\.config\.ts cannot be read: no luck$/m);
    expect(readdirSync(dir).sort()).toEqual(['functions', 'shardfold.config.ts']);
  });

  it('speaks JSON', async () => {
    const dir = makeProject({ ...LIBRARY, 'shardfold.config.json': config() });
    const { code, stdout, stderr } = await build(dir, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({
      project: 'shop',
      libraries: [{ source: 'leaderboard', functions: [{ name: 'addScore', returns: { kind: 'number' } }] }],
      alias: { name: 'shop' },
      removed: [],
    });
    expect(readFileSync(join(dir, 'generated/leaderboard.mjs'), 'utf8')).toContain(said.libraries[0].name);
  });

  it('shows every problem with file and line, writes nothing, and ends with 1', async () => {
    const broken = { 'functions/leaderboard/add.lua': `x = 1\n${ADD_LUA.replace('score number', 'score numbr')}` };
    const dir = makeProject({ ...LIBRARY, ...broken, 'shardfold.config.json': config() });
    const { code, stdout, stderr } = await build(dir);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error BUILD_FAILED: 2 problems\n {2}functions\/leaderboard\/add\.lua:1: the global x.*\n.*\n {2}functions\/leaderboard\/add\.lua:9: ---@arg score numbr: .*did you mean number/,
    );
    expect(existsSync(join(dir, 'generated'))).toBe(false);
  });

  it('looks after an environment', async () => {
    const environments = { production: { url: 'redis://a:1', password: '$' + '{SHARDFOLD_TEST_NONE}' } };
    const dir = makeProject({ ...LIBRARY, 'shardfold.config.json': config({ environments }) });
    expect(await build(dir)).toMatchObject({ code: 0 });
    const missing = await build(dir, '--env', 'production', '--yes', '--url', 'redis://a:1');
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('SHARDFOLD_TEST_NONE is not set') });
    expect(await build(dir, '--env', 'staging')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no environment "staging"'),
    });
  });

  it('says where a project is missing, and how it is used', async () => {
    const dir = makeProject({});
    const none = await build(dir);
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no shardfold\.config\.ts in .*\nhint: "shardfold init"/),
    });
    expect(await build(dir, '--confg', 'x')).toMatchObject({ code: 1 });
    const { code, stdout } = await runCli(['build', '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--json', '--config', '--env']) expect(stdout).toContain(part);
  });
});
