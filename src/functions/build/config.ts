/** `shardfold.config.*`: found, read and checked. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ShardfoldError } from '../../errors.js';
import type { EnvironmentConfig } from '../define/config.js';
import { checkConfig } from './config-check.js';
import { readConfigFile } from './config-file.js';

export interface ProjectConfig {
  readonly project: string;
  /** The folder of the configuration: paths in it are relative to this one. */
  readonly dir: string;
  readonly file: string;
  readonly libraries: readonly { readonly name: string; readonly dir: string }[];
  readonly environments: readonly Environment[];
  readonly defaultEnvironment?: string;
  readonly kernels: boolean;
  readonly outDir: string;
}

/** As it is written: `${NAME}` stands in it until `resolveEnvironment`, for a secret of production need not be set elsewhere. */
export interface Environment extends EnvironmentConfig {
  readonly name: string;
}

const NAMES = ['ts', 'mts', 'mjs', 'js', 'json'].map((ending) => `shardfold.config.${ending}`);

/** The configuration of the folder or of the nearest one above it; undefined where there is none. */
export function findConfig(cwd: string): string | undefined {
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    const found = NAMES.map((name) => join(dir, name)).find((path) => existsSync(path));
    if (found !== undefined || dir === dirname(dir)) return found;
  }
}

/**
 * @param file The configuration itself; by default it is looked for, upwards from `cwd`.
 * Errors: CONFIG_INVALID naming what is wrong, all of it; MISSING_DEPENDENCY for a `.ts` that needs the package `typescript`.
 */
export async function loadConfig(cwd: string, file?: string): Promise<ProjectConfig> {
  const path = file === undefined ? findConfig(cwd) : resolve(cwd, file);
  if (path === undefined) {
    throw new ShardfoldError('CONFIG_INVALID', `there is no shardfold.config.ts in ${resolve(cwd)} or above it`, {
      hint: '"shardfold init" makes a project, --config names the file of one',
    });
  }
  if (!existsSync(path)) throw new ShardfoldError('CONFIG_INVALID', `there is no file ${path}`);
  const dir = dirname(path);
  const config = checkConfig(await readConfigFile(path), basename(path), dir);
  const { project, libraries, environments = {}, defaultEnvironment, kernels = false, outDir = 'generated' } = config;
  return {
    project,
    dir,
    file: path,
    libraries: Object.entries(libraries).map(([name, folder]) => ({ name, dir: resolve(dir, folder) })),
    environments: Object.entries(environments).map(([name, environment]) => ({ ...environment, name })),
    ...(defaultEnvironment !== undefined && { defaultEnvironment }),
    kernels,
    outDir: resolve(dir, outDir),
  };
}
