// All of src but the command line, and the client library, as one module: each test file has a context of its own, in which one module loads
// sooner than some hundred. In place of the modules that tests import (`moduleOf`) are such that hand out their part of the one.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundle, requireShim, root } from '../../scripts/bundle.mjs';
import { luaLibraryKey, luaPlugin } from '../../scripts/lua-library.mjs';

const SRC = join(root, 'src');
const CLI = join(SRC, 'cli') + sep;

const CLIENT = 'redis';
const settings = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const PACKAGES = ['dependencies', 'peerDependencies', 'devDependencies']
  .flatMap((kind) => Object.keys(settings[kind]))
  .filter((name) => name !== CLIENT);

/** Its transform is the one module. */
export const SOURCES = join(root, 'test/harness/sources.ts');

/** What tests import as the client library: its errors must be those that the sources know. */
const CLIENT_FILE = join(root, 'test/harness/redis.ts');

/** Whether a file is part of the one module. */
export const isSource = (file) =>
  file === CLIENT_FILE || (file.startsWith(SRC + sep) && file.endsWith('.ts') && !file.startsWith(CLI));

const sources = () =>
  readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter(isSource)
    .sort();

const nameOf = (file) => relative(root, file).replaceAll('\\', '/');

/** Changes when what stands in place of modules may have changed, their own text aside. */
export const rules = ['test/harness/sources.mjs', 'package.json', `node_modules/${CLIENT}/package.json`]
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\0');

/** Changes when the one module may have changed. */
export function sourcesKey() {
  const hash = createHash('sha256').update(rules).update(luaLibraryKey());
  for (const file of sources()) hash.update(nameOf(file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** A module that asks where it lies is told where its source does. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
};

/** The one module, and its source map. */
export async function bundleSources() {
  const contents = sources()
    .map((file) => `export * as ${JSON.stringify(nameOf(file))} from ${JSON.stringify(`./${nameOf(file)}`)};`)
    .concat(`export * as ${JSON.stringify(nameOf(CLIENT_FILE))} from ${JSON.stringify(CLIENT)};`)
    .join('\n');
  const { outputFiles } = await bundle({
    stdin: { contents, resolveDir: root },
    outfile: SOURCES,
    external: PACKAGES,
    minifyWhitespace: true,
    sourcemap: 'external',
    write: false,
    banner: { js: requireShim },
    plugins: [luaPlugin(), ownPlaces],
  });
  const [map, code] = outputFiles.sort((a, b) => Number(b.path.endsWith('.map')) - Number(a.path.endsWith('.map')));
  return { code: code.text, map: map.text };
}

/** The names that a module exports. */
async function namesOf(code, file) {
  if (file === CLIENT_FILE) return Object.keys(await import(CLIENT)).filter((name) => name !== 'default');
  const { metafile } = await build({
    stdin: { contents: code, loader: 'ts', sourcefile: file },
    format: 'esm',
    outfile: 'out.js',
    metafile: true,
    write: false,
  });
  return metafile.outputs['out.js'].exports;
}

/** What stands in place of a module that is part of the one. */
export async function moduleOf(code, file) {
  const names = await namesOf(code, file);
  const list = (item) => names.map(item).join(', ');
  return `import { ${JSON.stringify(nameOf(file))} as all } from ${JSON.stringify(SOURCES)};
const { ${list((name, i) => `${name}: _${i}`)} } = all;
export { ${list((name, i) => `_${i} as ${name}`)} };
`;
}
