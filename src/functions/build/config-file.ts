/** What a configuration file holds, whatever it is written in. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type TypeScript from 'typescript';
import { ShardfoldError } from '../../errors.js';

/** Errors: CONFIG_INVALID where it cannot be read or run; MISSING_DEPENDENCY. */
export async function readConfigFile(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'));
    return defaultOf(await (/\.m?ts$/.test(path) ? importTypeScript(path) : importModule(path)));
  } catch (cause) {
    if (cause instanceof ShardfoldError) throw cause;
    // The name of a copy means nothing to its owner, and is gone.
    const message = (cause instanceof Error ? cause.message : String(cause)).replaceAll(COPIES, '$1');
    const [, lacking] = /^Cannot find package '(.+?)'/.exec(message) ?? [];
    throw new ShardfoldError('CONFIG_INVALID', `${path} cannot be read: ${message}`, {
      cause,
      ...(lacking !== undefined && { hint: `is ${lacking} installed? In ${dirname(path)}: npm install` }),
    });
  }
}

const COPIES = /\.([^/\\\s]+\.m?ts)\.[0-9a-f]{12}\.mjs/g;

const importModule = (path: string): Promise<object> => import(pathToFileURL(path).href);

function defaultOf(module: object): unknown {
  if ('default' in module) return module.default;
  throw new ShardfoldError('CONFIG_INVALID', 'the configuration exports nothing by default', {
    hint: "export default defineConfig({ project: '…', libraries: { … } })",
  });
}

/** By Node itself where it strips types (22.18 and later), else by the package `typescript`. */
async function importTypeScript(path: string): Promise<object> {
  if (process.features && 'typescript' in process.features && process.features.typescript) return importModule(path);
  const { transpileModule, ModuleKind, ScriptTarget } = await loadTypeScript(path);
  const { outputText } = transpileModule(await readFile(path, 'utf8'), {
    fileName: path,
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
  });
  // Beside the original, so that what it imports is found.
  const copy = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.mjs`);
  try {
    await writeFile(copy, outputText);
    return await importModule(copy);
  } finally {
    await rm(copy, { force: true });
  }
}

/** The project's own, or the one that is installed with us. */
async function loadTypeScript(path: string): Promise<typeof TypeScript> {
  for (const from of [path, import.meta.url]) {
    const load = async (): Promise<Partial<typeof TypeScript>> => createRequire(from)('typescript');
    const found = await load().catch(() => undefined);
    // TypeScript 7 has another interface.
    if (typeof found?.transpileModule === 'function') return found as typeof TypeScript;
  }
  throw new ShardfoldError('MISSING_DEPENDENCY', `${path} needs the package typescript (or Node 22.18)`, {
    hint: 'npm install --save-dev typescript@6.0.2, or write shardfold.config.mjs',
  });
}
