/** Module names: the path of a file in its folder, with dots. */

import { relative, resolve } from 'node:path';
import type { CompilerOptions } from 'typescript';
import type { Compilers } from './compilers.js';
import { FUNCTIONS_MODULE } from './runtime.js';

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
