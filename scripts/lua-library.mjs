// lua/library.lua, bundled, as an ES module: for jest (test/harness/transform.mjs) and for esbuild (luaPlugin) alike.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LUA = join(ROOT, 'lua');
const ENTRY = join(LUA, 'library.lua');
const BUNDLER = join(ROOT, 'src/functions/bundle.ts');
/** Its parts: what it makes may change with each of them. */
const BUNDLER_FILES = ['bundle', 'collect', 'lua-tokens', 'print-spec'].map((name) =>
  join(ROOT, `src/functions/${name}.ts`),
);

const readModule = (path) => ({
  file: relative(ROOT, path).replaceAll('\\', '/'),
  text: readFileSync(path, 'utf8'),
});

function loadModule(name) {
  const path = `${join(LUA, ...name.split('.'))}.lua`;
  return existsSync(path) ? readModule(path) : undefined;
}

let bundler;

/** The bundler is TypeScript, and there is no built package yet where this runs. */
function loadBundler() {
  const { outputFiles } = buildSync({
    entryPoints: [BUNDLER],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
  });
  const module = { exports: {} };
  compileFunction(outputFiles[0].text, ['module', 'require'])(module, createRequire(import.meta.url));
  return module.exports.bundle;
}

/** The text of an ES module whose default export is the bundled library: name, hash, code, functions, lineMap. */
export function luaLibraryModule() {
  bundler ??= loadBundler();
  return `export default ${JSON.stringify(bundler(readModule(ENTRY), loadModule))};\n`;
}

/** All Lua files: whatever was made of the library is old once one of them changes. */
export function luaFiles() {
  return readdirSync(LUA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.lua'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Changes when the outcome of luaLibraryModule may have changed. */
export function luaLibraryKey() {
  const hash = createHash('sha256');
  for (const path of [...luaFiles(), ...BUNDLER_FILES])
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** Lua that is imported as its text: parts of the users' libraries, scripts sent by EVAL, and the clock of generated ones. */
const AS_TEXT = /[\\/]lua[\\/]((functions|releases|keys)[\\/][^\\/]+|core[\\/]clock)\.lua$/;

/** The ES module that an imported Lua file stands for. */
export function luaModule(path) {
  if (path === ENTRY) return luaLibraryModule();
  if (AS_TEXT.test(path)) return `export default ${JSON.stringify(readFileSync(path, 'utf8'))};\n`;
  throw new Error(`only lua/library.lua is imported; add ${relative(ROOT, path)} to it`);
}

/** For esbuild: resolves `import library from '…/lua/library.lua'`, and the texts. */
export const luaPlugin = () => ({
  name: 'lua-library',
  setup({ onLoad }) {
    onLoad({ filter: /\.lua$/ }, ({ path }) => ({
      contents: luaModule(path),
      loader: 'js',
      watchFiles: path === ENTRY ? [...luaFiles(), ...BUNDLER_FILES] : [path],
    }));
  },
});
