// Jest's transform: TypeScript by esbuild; the Lua library by the same bundler that the build uses.
import { transformSync } from 'esbuild';
import { luaLibraryModule } from '../../scripts/lua-library.mjs';

const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' };

export default {
  process: (code, sourcefile) => ({ code: transformSync(code, { ...options, sourcefile }).code }),
  processAsync: async (code, file) =>
    file.endsWith('.lua')
      ? { code: await luaLibraryModule() }
      : { code: transformSync(code, { ...options, sourcefile: file }).code },
};
