// Jest's transform: TypeScript by esbuild; the Lua library by the same bundler that the build uses.
import { transformSync } from 'esbuild';

const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' };

export default {
  process: (code, sourcefile) => ({ code: transformSync(code, { ...options, sourcefile }).code }),
  processAsync: async (code, file) =>
    file.endsWith('.lua')
      ? { code: await (await import('../../scripts/lua-library.mjs')).luaLibraryModule() }
      : { code: transformSync(code, { ...options, sourcefile: file }).code },
};
