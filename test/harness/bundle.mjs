// Bundles TypeScript entries for tests that run them as processes. The bundles lie in the project's own scratch folder, so that node finds
// the packages beside them.
import { join } from 'node:path';
import { bundle as bundleFiles, requireShim, root, UNBUNDLED } from '../../scripts/bundle.mjs';

/** A folder of this run alone: runs may go on side by side. */
export function scratchFolder() {
  return process.env.SHARDFOLD_TEST_SCRATCH ?? join(root, '.shardfold', `test-${process.pid}`);
}

/** Bundles `entry` (from the project's root) and hands back the path of the result. */
export async function bundle(entry, name) {
  const outfile = join(scratchFolder(), `${name}.mjs`);
  await bundleFiles({
    entryPoints: [entry],
    outfile,
    external: undefined,
    packages: 'external',
    sourcemap: 'inline',
  });
  return outfile;
}

/** With the packages it needs, whose hundreds of files would be most of what a command takes to start. */
export async function bundleCli() {
  const outfile = join(scratchFolder(), 'cli.mjs');
  await bundleFiles({
    entryPoints: ['src/cli/main.ts'],
    outfile,
    external: UNBUNDLED,
    minifyWhitespace: true,
    banner: { js: requireShim },
  });
  return outfile;
}
