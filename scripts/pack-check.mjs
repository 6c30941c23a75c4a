// Checks the package as a user gets it: packs dist/ as it stands, asks publint and attw, then installs the tarball into an empty
// project, imports it, type-checks a small program against it without `skipLibCheck`, and runs the command line.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (path) => [process.execPath, join(root, 'node_modules', path)];

const PROGRAM = `import { col, connect, count, ShardfoldError } from 'shardfold';

export async function delays(url: string): Promise<{ origin: string; n: number; mean: number | null }[]> {
  const sf = await connect({ url });
  try {
    const flights = sf.table('flights', { origin: 'utf8!', delay: 'int32', distance: 'int32' });
    // @ts-expect-error: there is no such column
    flights.filter(col('origins').isNull());
    return await flights
      .filter(col('distance').gt(500))
      .groupBy('origin')
      .agg({ n: count(), mean: col('delay').mean() })
      .collect();
  } catch (error) {
    if (error instanceof ShardfoldError) console.error(error.code, error.hint);
    throw error;
  } finally {
    await sf.close();
  }
}
`;

/** A library of server functions in TypeScript: its folder needs no more than this line. */
const LIBRARY_SETTINGS = { extends: 'shardfold/redis-lua-types/tsconfig.json' };
const LIBRARY = `export function visit(keys: string[]): number {
  const before: string | false = redis.call('GET', keys[0] ?? '');
  // @ts-expect-error: scripts may not use it
  redis.call('SUBSCRIBE', 'news');
  return before === false ? 0 : Number(before);
}
`;

const SETTINGS = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2022',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
  },
};

/** Runs a command to its end and returns what it printed; fails loudly otherwise. */
function run(what, [command, ...args], cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${what} failed (exit ${status})\n${stdout}${stderr}`);
  console.log(`✓ ${what}`);
  return stdout;
}

function expectText(what, text, pattern) {
  if (!pattern.test(text)) throw new Error(`${what} printed something else than expected:\n${text}`);
}

const dir = mkdtempSync(join(tmpdir(), 'shardfold-pack-'));
try {
  const packed = run('npm pack', ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', dir], root);
  const [{ filename, files, size }] = JSON.parse(packed);
  console.log(`  ${filename}, ${files.length} files, ${(size / 1024).toFixed(0)} KiB`);
  const tarball = join(dir, filename);
  run('publint', [...bin('publint/src/cli.js'), 'run', tarball, '--strict'], root);
  run('attw', [...bin('@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only'], root);

  const project = join(dir, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ ...SETTINGS, files: ['program.ts'] }));
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  const { version, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = [tarball, `@types/node@${devDependencies['@types/node']}`];
  run(
    'npm install in an empty project',
    ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted],
    project,
  );

  const names = run(
    'import',
    [process.execPath, '-e', "import('shardfold').then((m) => console.log(Object.keys(m).join()))"],
    project,
  );
  expectText('import', names, /\bconnect\b/);
  run('types of a small program', [...bin('@typescript/native/bin/tsc'), '-p', project], project);
  const library = join(project, 'functions');
  mkdirSync(library);
  writeFileSync(join(library, 'tsconfig.json'), JSON.stringify(LIBRARY_SETTINGS));
  writeFileSync(join(library, 'visit.ts'), LIBRARY);
  const nodeNext = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];
  for (const [options, compiler] of [
    [['--skipLibCheck', 'false'], '@typescript/native/bin/tsc'],
    [['--skipLibCheck', 'false'], 'typescript/bin/tsc6'],
    [nodeNext, '@typescript/native/bin/tsc'],
  ]) {
    run(
      `types of server functions (${compiler.split('/')[0]} ${options.join(' ')})`,
      [...bin(compiler), '-p', library, ...options],
      project,
    );
  }
  expectText(
    '--version',
    run('shardfold --version', ['npx', '--no-install', 'shardfold', '--version'], project),
    new RegExp(`^${version}$`, 'm'),
  );
  expectText(
    '--help',
    run('shardfold --help', ['npx', '--no-install', 'shardfold', '--help'], project),
    /Usage: shardfold/,
  );
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
