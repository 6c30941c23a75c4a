// Bundles TypeScript entries for tests that run them as processes. The bundles lie in the project's own scratch folder, so that node finds
// the packages beside them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle as bundleFiles, bundlePackage, requireShim, root, UNBUNDLED } from '../../scripts/bundle.mjs';

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

/** A package as one file, with the names that it exports. */
async function bundleDependency(name, modules) {
  const folder = join(modules, name);
  const names = Object.keys(await import(name)).filter((each) => each !== 'default');
  await bundleFiles({
    stdin: { contents: `export { ${names.join(', ')} } from '${name}';`, resolveDir: root },
    outfile: join(folder, 'index.js'),
    external: [],
    minifyWhitespace: true,
    banner: { js: requireShim },
  });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
}

/** A folder of packages: ours as it is built, and beside it those that all of its programs load. */
export async function bundleModules() {
  const modules = join(scratchFolder(), 'node_modules');
  mkdirSync(modules, { recursive: true });
  await bundlePackage(join(modules, 'shardfold/dist'));
  await Promise.all(['redis', 'ml-matrix'].map((name) => bundleDependency(name, modules)));
  return modules;
}
