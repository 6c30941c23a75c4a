// What every bundle of the project shares: the package build and the scripts that run straight from the sources.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { luaPlugin } from './lua-library.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Dependencies, which users install beside ours. */
const DEPENDENCIES = ['redis', 'libpg-query', 'ml-matrix'];

/** Optional and large. */
const OPTIONAL = ['@duckdb/node-api', 'apache-arrow', 'typescript', 'typescript-to-lua'];

/** What stays an import where a bundle is to start soon; `libpg-query` has a file of its own beside its module. */
export const UNBUNDLED = ['libpg-query', ...OPTIONAL];

/** Bundles for Node, ESM. Packages that users install beside ours stay imports. */
export function bundle(options) {
  return build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    external: [...DEPENDENCIES, ...OPTIONAL],
    plugins: [luaPlugin()],
    logLevel: 'warning',
    ...options,
  });
}

/** For CommonJS packages inside an ESM bundle: they call `require` for Node's own modules. */
export const requireShim =
  "import { createRequire as shardfoldRequire } from 'node:module';\nconst require = shardfoldRequire(import.meta.url);";

/** The package as users import and run it, without its declarations. @returns what went into it */
export async function bundlePackage(dist) {
  // What the entries share lies in chunks of its own, so that an error of one is an instance of the other's class.
  const library = await bundle({
    entryPoints: { index: 'src/index.ts', functions: 'src/functions/define/index.ts', local: 'src/local/index.ts' },
    outdir: dist,
    splitting: true,
    chunkNames: 'shared-[hash]',
    metafile: true,
  });
  const cli = await bundle({
    entryPoints: ['src/cli/main.ts'],
    outfile: join(dist, 'cli.js'),
    metafile: true,
    banner: { js: `#!/usr/bin/env node\n${requireShim}` },
  });
  chmodSync(join(dist, 'cli.js'), 0o755);
  return [library.metafile, cli.metafile];
}

/** A module of the project, bundled into a folder of its own, and how to remove it. */
export async function bundleModule(entry) {
  // Inside the project, so that the bundle finds node_modules.
  const scratch = join(root, '.shardfold');
  mkdirSync(scratch, { recursive: true });
  const dir = mkdtempSync(join(scratch, 'module-'));
  const file = join(dir, 'module.mjs');
  await bundle({ entryPoints: [entry], outfile: file, banner: { js: requireShim } });
  return { file, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/**
 * Imports a TypeScript module of the project, bundled afresh. For benchmarks and the like that need rooms which the package does not
 * export. Modules loaded by separate calls share nothing: load one entry that exports all that must meet.
 */
export async function load(entry) {
  const { file, remove } = await bundleModule(entry);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    remove();
  }
}
