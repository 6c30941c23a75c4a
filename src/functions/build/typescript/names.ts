/** Module names: the path of a file in its folder, with dots. */

import { relative, resolve } from 'node:path';
import type { CompilerOptions, SourceFile } from 'typescript';
import type { Compilers } from './compilers.js';
import type { Problems } from './problems.js';
import { FUNCTIONS_MODULE, LUALIB } from './runtime.js';

export interface Names {
  /** `lib/points.ts` → `lib.points` */
  of(file: string): string;
  /** The module that an import path stands for; the path itself where none is found. */
  imported(path: string, from: string): string;
}

export function moduleNames({ ts }: Compilers, dir: string, options: CompilerOptions): Names {
  const of = (file: string) =>
    relative(dir, resolve(file))
      .replace(/\.[cm]?tsx?$/, '')
      .replaceAll(/[\\/]/g, '.');
  return {
    of,
    imported: (path, from) => {
      if (path === 'shardfold/functions') return FUNCTIONS_MODULE;
      const { resolvedModule } = ts.resolveModuleName(path, from, options, ts.sys);
      return resolvedModule ? of(resolvedModule.resolvedFileName) : path;
    },
  };
}

/** Errors: names that mean something else to Lua's `require`, or that what compiled modules require has. */
export function checkNames(files: readonly SourceFile[], names: Names, dir: string, problems: Problems): void {
  for (const file of files) {
    const parts = relative(dir, file.fileName).split(/[\\/]/);
    const name = names.of(file.fileName);
    const plain = parts.every((part, i) =>
      /^[\w-]+$/.test(i < parts.length - 1 ? part : part.replace(/\.[cm]?tsx?$/, '')),
    );
    if (plain && parts[0] !== 'shardfold' && name !== LUALIB) continue;
    problems.file(file, `"${name}" cannot name a module`, NAMING);
  }
}

const NAMING = `folders and files are named by letters, digits, _ and -; "shardfold" and "${LUALIB}" are taken`;
