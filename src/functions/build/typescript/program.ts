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
}

const TESTS = /\.(test|spec)\.[cm]?ts$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/**
 * The settings are those of the folder's tsconfig.json where there is one; but for what the meaning of a program in Lua
 * rests on: types that know null and undefined, also of what an index finds.
 */
export function openProgram({ ts }: Compilers, dir: string, problems: Problems): Opened {
  const { fileNames, options } = readSettings(ts, dir, problems);
  const program = ts.createProgram({
    rootNames: fileNames,
    options: {
      ...options,
      ...FORCED,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      moduleDetection: ts.ModuleDetectionKind.Force,
      paths: { ...options.paths, 'shardfold/functions': [ownFile(DECLARATIONS_OF_OURS)] },
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
  return { program, files };
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

const DEFAULTS = { extends: 'shardfold/redis-lua-types/tsconfig.json', include: ['**/*.ts'] };

function readSettings(ts: Compilers['ts'], dir: string, problems: Problems) {
  const file = resolve(dir, 'tsconfig.json');
  const read = existsSync(file) ? ts.readConfigFile(file, ts.sys.readFile) : { config: DEFAULTS };
  if (read.error) problems.diagnostic(ts, read.error);
  const { extends: base, ...config }: { extends?: string | string[] } = read.config ?? {};
  const settings = base === undefined ? config : { ...config, extends: [base].flat().map(ownSettings) };
  const parsed = ts.parseJsonConfigFileContent(settings, ts.sys, dir, undefined, file);
  for (const error of parsed.errors) {
    // That there are no inputs is told in our own words.
    if (error.code !== 18003) problems.diagnostic(ts, error);
  }
  // Settings of their own need not name our types of `redis`.
  const known = parsed.options.typeRoots?.some((root) => existsSync(resolve(root, 'types', 'redis.d.ts')));
  const fileNames = parsed.fileNames.filter((name) => !TESTS.test(name));
  return { options: parsed.options, fileNames: known ? fileNames : [...fileNames, ownFile(REDIS_TYPES)] };
}

/** Ours are those of this very package, wherever the folder lies. */
const ownSettings = (base: string): string =>
  base === DEFAULTS.extends ? ownFile(REDIS_TYPES).replace(/redis\.d\.ts$/, 'tsconfig.json') : base;

/** Seen from this module in the sources, and from the package's, which are bundled into one folder. */
const DECLARATIONS_OF_OURS = ['../../define/index.ts', './functions/define/index.d.ts'];
const REDIS_TYPES = ['../../../../lua/types/redis.d.ts', '../lua/types/redis.d.ts'];

function ownFile(places: readonly string[]): string {
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ShardfoldError('BUILD_FAILED', 'the declarations that Shardfold brings along are missing', {
    hint: 'install it again: npm i shardfold',
  });
}
