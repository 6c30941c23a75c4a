/** The TypeScript program of a folder. */

import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompilerOptions, Program, SourceFile } from 'typescript';
import { ShardfoldError } from '../../../errors.js';
import type { Compilers } from './compilers.js';
import type { Problems } from './problems.js';

export interface Opened {
  readonly program: Program;
  /** Those of the folder that are compiled: neither declarations nor tests. */
  readonly files: readonly SourceFile[];
  /** Declares `defineFunction`, `t` and `bytes`. */
  readonly own: string;
}

const TESTS = /\.(test|spec)\.[cm]?ts$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/**
 * The settings are those of the folder's tsconfig.json where there is one; but for what the meaning of a program in Lua
 * rests on: types that know null and undefined, also of what an index finds.
 */
export function openProgram({ ts }: Compilers, dir: string, problems: Problems): Opened {
  const own = ownDeclarations();
  const { fileNames, options, redis } = readSettings(ts, dir, problems);
  const program = ts.createProgram({
    rootNames: [...fileNames, ...redis],
    options: {
      ...options,
      ...FORCED,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      moduleDetection: ts.ModuleDetectionKind.Force,
      paths: { ...options.paths, 'shardfold/functions': [own] },
    },
  });
  const inside = `${dir}${sep}`;
  const files = program.getSourceFiles().filter(({ fileName }) => {
    const path = resolve(fileName);
    return path.startsWith(inside) && !DECLARATIONS.test(path) && !path.includes(`${sep}node_modules${sep}`);
  });
  if (files.length === 0) {
    throw new ShardfoldError('BUILD_FAILED', `${problems.shown(dir)} holds no TypeScript module`);
  }
  return { program, files, own };
}

const FORCED: CompilerOptions & Record<string, unknown> = {
  strict: true,
  strictNullChecks: true,
  noImplicitAny: true,
  useUnknownInCatchVariables: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: false,
  noEmitOnError: false,
  composite: false,
  incremental: false,
  declaration: false,
  emitDeclarationOnly: false,
  isolatedDeclarations: false,
  verbatimModuleSyntax: false,
  allowImportingTsExtensions: false,
  rewriteRelativeImportExtensions: true,
  // Those of TypeScriptToLua. Every function takes `this` first, as in JavaScript: so none is ever called with its arguments shifted.
  luaTarget: '5.1',
  luaLibImport: 'require-minimal',
  noImplicitSelf: false,
  noHeader: true,
  noImplicitGlobalVariables: true,
};

function readSettings(ts: Compilers['ts'], dir: string, problems: Problems) {
  const file = resolve(dir, 'tsconfig.json');
  const config = existsSync(file) ? ts.readConfigFile(file, ts.sys.readFile) : { config: DEFAULTS };
  if (config.error) problems.diagnostic(ts, config.error);
  const parsed = ts.parseJsonConfigFileContent(config.config ?? {}, ts.sys, dir, undefined, file);
  for (const error of parsed.errors) {
    // That there are no inputs is told in our own words.
    if (error.code !== 18003) problems.diagnostic(ts, error);
  }
  const fileNames = parsed.fileNames.filter((name) => !TESTS.test(name));
  return { fileNames, options: parsed.options, redis: [] as string[] };
}

const DEFAULTS = { compilerOptions: { lib: ['ES2023'], types: [] }, include: ['**/*.ts'] };

/** Beside this module in the sources, and in the package, where modules are bundled into one folder. */
function ownDeclarations(): string {
  const places = ['../../define/index.ts', './functions/define/index.d.ts'];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) {
    throw new ShardfoldError('BUILD_FAILED', 'the declarations of shardfold/functions are missing', {
      hint: 'install shardfold again: npm i shardfold',
    });
  }
  return found;
}
