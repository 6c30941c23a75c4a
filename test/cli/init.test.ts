import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { workplace } from '../docs/package.js';
import { runCli } from '../harness/cli.js';
import { testCluster } from '../harness/cluster.js';

const FILES = [
  '.gitignore',
  'app.mjs',
  'functions/cart/cart.ts',
  'functions/cart/tsconfig.json',
  'functions/leaderboard/names.lua',
  'functions/leaderboard/scores.lua',
  'package.json',
  'shardfold.config.ts',
];

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

describe('the example', () => {
  const cluster = testCluster({ shards: 3 });
  const place = workplace({ types: true });
  afterAll(() => rmSync(dirname(place.folder), { recursive: true, force: true }));
  const folder = join(place.folder, 'my-shop');

  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, {
      cwd: command.endsWith('shardfold') && args[0] === 'init' ? place.folder : folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', SHARDFOLD_URL: cluster.url },
    });
  const shardfold = (...args: string[]) => run(join(place.bin, 'shardfold'), ...args);

  it('is made, built, deployed and run', () => {
    const made = shardfold('init', 'my-shop');
    expect(made).toMatchObject({
      status: 0,
      // All that it needs is found from there.
      stderr: expect.stringMatching(/next:\n {2}cd my-shop\n {2}npx shardfold dev /),
    });
    expect(made.stdout).toMatch(/^functions\/cart\/cart\.ts +written +a library in TypeScript$/m);
    expect(filesIn(folder)).toEqual(FILES);

    const built = shardfold('build');
    expect(built).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^my_shop \w+: 4 functions of 2 libraries$/m),
    });
    const deployed = shardfold('deploy', '--yes');
    expect(deployed).toMatchObject({ status: 0, stderr: expect.stringContaining('verified and warmed up') });
    const app = run(process.execPath, 'app.mjs');
    expect(app).toMatchObject({
      status: 0,
      stderr: '',
      stdout: "[ { player: 'ann', score: 3.5 }, { player: 'bob', score: 2 } ]\n{ tea: 2 }\n",
    });
  });

  it('has types that fit', () => {
    const settings = {
      compilerOptions: {
        ...{ target: 'ES2023', module: 'NodeNext', strict: true, noEmit: true, allowJs: true, checkJs: true },
        types: ['node'],
      },
      include: ['shardfold.config.ts', 'app.mjs'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const compiler = resolve('node_modules/@typescript/native/bin/tsc');
    for (const project of ['.', 'functions/cart']) {
      expect(run(process.execPath, compiler, '-p', project)).toMatchObject({ status: 0, stdout: '' });
    }
  });
});

describe('init', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'shardfold-init-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('writes nothing where files are in the way, and names them all', async () => {
    mkdirSync(join(dir, 'functions/cart'), { recursive: true });
    writeFileSync(join(dir, 'app.mjs'), 'mine');
    writeFileSync(join(dir, 'functions/cart/cart.ts'), 'mine');
    const { code, stdout, stderr } = await runCli(['init', dir]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error INVALID_ARGUMENT: nothing was written, .*\n {2}functions\/cart\/cart\.ts\n {2}app\.mjs\nhint: /,
    );
    expect(filesIn(dir)).toEqual(['app.mjs', 'functions/cart/cart.ts']);
    expect(readFileSync(join(dir, 'app.mjs'), 'utf8')).toBe('mine');
  });

  it('keeps package.json, and adds to .gitignore what is missing', async () => {
    writeFileSync(join(dir, 'package.json'), '{}');
    writeFileSync(join(dir, '.gitignore'), 'node_modules\n*.log');
    const { code, stdout, stderr } = await runCli(['init'], { cwd: dir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^package\.json +kept /m);
    expect(stdout).toMatch(/^\.gitignore +extended /m);
    expect(stderr).toMatch(
      /next:\n {2}npm install shardfold@\S+\n {2}npm install --save-dev typescript@6\.\S+ typescript-to-lua@\S+\n/,
    );
    expect(readFileSync(join(dir, 'package.json'), 'utf8')).toBe('{}');
    expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('node_modules\n*.log\ngenerated/\n');
  });

  it('tells to install what cannot be found, and so does what comes before it was', async () => {
    const { stderr } = await runCli(['init', 'shop'], { cwd: dir });
    expect(stderr).toMatch(/next:\n {2}cd shop\n {2}npm install\n/);
    const shop = join(dir, 'shop');
    const built = await runCli(['build'], { cwd: shop });
    expect(built).toMatchObject({ code: 1, stdout: '' });
    expect(built.stderr).toContain(
      `CONFIG_INVALID: ${shop}/shardfold.config.ts cannot be read: Cannot find package 'shardfold'`,
    );
    expect(built.stderr).toContain(`imported from ${shop}/shardfold.config.ts\n`);
    expect(built.stderr).toContain(`hint: is shardfold installed? In ${shop}: npm install`);
  });

  it('makes folders, and speaks JSON', async () => {
    const { code, stdout } = await runCli(['init', 'a/Shardfold', '--json', '--yes'], { cwd: dir });
    expect(code).toBe(0);
    const made = JSON.parse(stdout);
    expect(made.dir).toBe(join(dir, 'a/Shardfold'));
    expect(made.files.map(({ file }: { file: string }) => file).sort()).toEqual(FILES);
    // Our own name is none for a project.
    expect(readFileSync(join(dir, 'a/Shardfold/shardfold.config.ts'), 'utf8')).toContain("project: 'example'");
  });

  it('refuses a file for a folder, and what it does not know', async () => {
    writeFileSync(join(dir, 'file'), '');
    expect(await runCli(['init', 'file'], { cwd: dir })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is a file'),
    });
    expect(await runCli(['init', 'a', 'b'], { cwd: dir })).toMatchObject({ code: 1 });
    expect(existsSync(join(dir, 'a'))).toBe(false);
  });

  it('says how it is used', async () => {
    const { code, stdout } = await runCli(['init', '--help']);
    expect(code).toBe(0);
    for (const part of ['Examples:', 'Exit codes:', '--json', '[dir]']) expect(stdout).toContain(part);
  });
});
