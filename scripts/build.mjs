// Builds the package into dist/: the library (index.js, local.js), the command line (cli.js), declarations, and the licences of
// what is bundled. Everything in dist/ is made anew, nothing of it is checked in.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackage, root } from './bundle.mjs';
import { thirdPartyLicenses } from './licenses.mjs';

const dist = join(root, 'dist');

function declarations() {
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'scripts/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The declarations do not compile (see above)');
  keepReachable(['index.d.ts', 'functions/define/index.d.ts', 'local/index.d.ts'].map((file) => join(dist, file)));
}

/** Removes the declarations that no public name leads to: they are nobody's business, and some need packages that a user may lack. */
function keepReachable(entries) {
  const kept = new Set(entries);
  for (const file of kept) {
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import\() ?'(\.[^']+)\.js'/g)) {
      kept.add(join(file, '..', `${specifier}.d.ts`));
    }
  }
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (file.endsWith('.d.ts') && !kept.has(file)) rmSync(file);
  }
}

async function buildAll() {
  rmSync(dist, { recursive: true, force: true });
  const metafiles = await bundlePackage(dist);
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(metafiles, root));
  declarations();

  for (const file of ['index.js', 'functions.js', 'local.js', 'cli.js']) {
    console.log(`dist/${file}  ${(statSync(join(dist, file)).size / 1024).toFixed(0)} KiB`);
  }
}

try {
  await buildAll();
} catch (error) {
  // esbuild has printed what is wrong, with the place.
  if (!error.errors) console.error(error.message);
  process.exitCode = 1;
}
