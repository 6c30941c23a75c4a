// Jest's transform: TypeScript by esbuild; the Lua library by the same bundler that the build uses.
import { createHash } from 'node:crypto';
import { transformSync } from 'esbuild';
import { luaLibraryKey, luaModule } from '../../scripts/lua-library.mjs';

const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' };

const transform = (code, file) => ({
  code: file.endsWith('.lua') ? luaModule(file) : transformSync(code, { ...options, sourcefile: file }).code,
});

export default {
  process: transform,
  processAsync: async (code, file) => transform(code, file),
  // Of the Lua files jest sees only library.lua, and would keep a bundle of yesterday's modules.
  getCacheKey: (code, file) =>
    createHash('sha256')
      .update(JSON.stringify([code, file, options, file.endsWith('.lua') ? luaLibraryKey() : '']))
      .digest('hex'),
};
