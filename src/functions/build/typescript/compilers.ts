import { createRequire } from 'node:module';
import { ShardfoldError } from '../../../errors.js';

export type TypeScript = typeof import('typescript');

/** TypeScript and TypeScriptToLua, which are loaded by those who build only. */
export interface Compilers {
  readonly ts: TypeScript;
  readonly tstl: typeof import('typescript-to-lua');
  readonly luaLib: typeof import('typescript-to-lua/dist/LuaLib.js');
  readonly expressions: typeof import('typescript-to-lua/dist/transformation/visitors/expression-list.js');
}

/** Errors: MISSING_DEPENDENCY, also where TypeScript is one that cannot be called from JavaScript (7 and later). */
export function loadCompilers(): Compilers {
  try {
    // Required, as TypeScriptToLua does it: an import would first search nine megabytes for names of exports.
    const require = createRequire(import.meta.url);
    const ts: TypeScript = require('typescript');
    if (typeof ts.createProgram !== 'function') throw missing(`TypeScript ${ts.version} has no compiler API`);
    const tstl: Compilers['tstl'] = require('typescript-to-lua');
    const luaLib: Compilers['luaLib'] = require('typescript-to-lua/dist/LuaLib.js');
    const expressions: Compilers['expressions'] = require('typescript-to-lua/dist/transformation/visitors/expression-list.js');
    return { ts, tstl, luaLib, expressions };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    throw missing('functions in TypeScript are compiled by typescript-to-lua, which is not installed', error);
  }
}

const missing = (text: string, cause?: unknown): ShardfoldError =>
  new ShardfoldError('MISSING_DEPENDENCY', text, {
    hint: 'npm i -D typescript@6.0.2 typescript-to-lua@1.37.1',
    cause,
  });
