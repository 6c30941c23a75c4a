// Jest's transform: TypeScript by esbuild; the Lua library by the same bundler that the build uses; the sources as one module (sources.mjs).
import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';
import { luaLibraryKey, luaModule } from '../../scripts/lua-library.mjs';
import { bundleSources, isSource, moduleOf, rules, SOURCES, sourcesKey } from './sources.mjs';

const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' };

async function transform(code, file) {
  if (file === SOURCES) return bundleSources();
  if (isSource(file)) return { code: await moduleOf(code, file) };
  return { code: file.endsWith('.lua') ? luaModule(file) : transformSync(code, { ...options, sourcefile: file }).code };
}

/** Of the Lua files jest sees only library.lua, and would keep a bundle of yesterday's modules; of the sources, only those that tests import. */
function more(file) {
  if (file.endsWith('.lua')) return luaLibraryKey();
  if (file === SOURCES) return process.env.SHARDFOLD_TEST_SOURCES ?? sourcesKey();
  return isSource(file) ? rules : '';
}

export default {
  processAsync: transform,
  getCacheKey: (code, file) =>
    createHash('sha256')
      .update(JSON.stringify([code, file, options, more(file)]))
      .digest('hex'),
};
