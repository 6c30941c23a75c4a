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
export async function loadCompilers(): Promise<Compilers> {
  try {
    // TypeScriptToLua requires `typescript` by itself and gets the same module.
    const { default: ts } = await import('typescript');
    if (typeof ts.createProgram !== 'function') throw missing(`TypeScript ${ts.version} has no compiler API`);
    const { default: tstl } = await import('typescript-to-lua');
    const { default: luaLib } = await import('typescript-to-lua/dist/LuaLib.js');
    const { default: expressions } = await import('typescript-to-lua/dist/transformation/visitors/expression-list.js');
    return { ts, tstl, luaLib, expressions };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw missing('functions in TypeScript are compiled by typescript-to-lua, which is not installed', error);
  }
}

const missing = (text: string, cause?: unknown): ShardfoldError =>
  new ShardfoldError('MISSING_DEPENDENCY', text, {
    hint: 'npm i -D typescript@6.0.2 typescript-to-lua@1.37.1',
    cause,
  });
