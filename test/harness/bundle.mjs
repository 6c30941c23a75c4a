// Bundles TypeScript entries for tests that run them as processes. The bundles lie in the project's own scratch folder, so that node finds
// the packages beside them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = process.cwd();

/** A folder of this run alone: runs may go on side by side. */
export function scratchFolder() {
  return process.env.SHARDFOLD_TEST_SCRATCH ?? join(root, '.shardfold', `test-${process.pid}`);
}

/** The bundler of the package build, once the Lua library is there that it needs. */
async function bundler() {
  if (!existsSync(join(root, 'scripts', 'lua-library.mjs'))) return build;
  return (await import('../../scripts/bundle.mjs')).bundle;
}

/** Bundles `entry` (from the project's root) and hands back the path of the result. */
export async function bundle(entry, name) {
  const outfile = join(scratchFolder(), `${name}.mjs`);
  await (await bundler())({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}

export const bundleCli = () => bundle('src/cli/main.ts', 'cli');
