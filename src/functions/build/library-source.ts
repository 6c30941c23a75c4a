/** The folder of a library → its functions and modules. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { LuaModule, SourceFunction } from '../bundle.js';
import type { Problem } from '../problems.js';
import type { ProjectConfig } from './config.js';
import { readLuaSource } from './lua-source.js';
import { isTypeScript, readTypeScript, type SourcePart } from './typescript-source.js';

export interface LibrarySource {
  readonly name: string;
  /** The folder, as it is shown to people. */
  readonly folder: string;
  readonly functions: readonly SourceFunction[];
  readonly modules: ReadonlyMap<string, LuaModule>;
  readonly problems: readonly Problem[];
}

type LibraryConfig = ProjectConfig['libraries'][number];

export async function readLibrarySource(config: ProjectConfig, { name, dir }: LibraryConfig): Promise<LibrarySource> {
  const folder = shown(config.dir, dir);
  const files = await filesOf(dir);
  const parts = [await readLuaFiles(config.dir, dir, files)];
  if (files.some(isTypeScript)) parts.push(await readTypeScript(config.dir, dir));
  const modules = new Map<string, LuaModule>();
  const problems = parts.flatMap((part) => part.problems);
  for (const [module, source] of parts.flatMap((part) => [...part.modules])) {
    const twin = modules.get(module);
    if (twin) {
      problems.push({
        file: source.file,
        line: 1,
        problem: `the module "${module}" is also ${twin.file}`,
        hint: 'rename one of them',
      });
    } else modules.set(module, source);
  }
  const functions = parts.flatMap((part) => part.functions);
  if (functions.length === 0 && problems.length === 0) {
    problems.push({
      file: folder,
      line: 1,
      problem: `the library ${name} has no functions`,
      hint: 'in Lua a block of ---@function makes one, in TypeScript an exported defineFunction',
    });
  }
  return { name, folder, functions, modules, problems };
}

/** Paths from the folder of the configuration on, the same on every system: they stand in errors and in what is emitted. */
const shown = (from: string, path: string): string => relative(from, path).split(sep).join('/') || '.';

/** What may be sources below a folder, from it on, in an order that does not depend on the file system. */
async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => part === 'node_modules' || part.startsWith('.')))
    .filter((file) => !file.startsWith('shardfold.config.'))
    .sort((a, b) => (a < b ? -1 : 1));
}

async function readLuaFiles(root: string, dir: string, files: readonly string[]): Promise<SourcePart> {
  const functions: SourceFunction[] = [];
  const modules = new Map<string, LuaModule>();
  const problems: Problem[] = [];
  for (const path of files.filter((file) => file.endsWith('.lua'))) {
    const file = shown(root, join(dir, path));
    const parts = path.slice(0, -'.lua'.length).split(sep);
    if (!parts.every((part) => /^[\w-]+$/.test(part)) || parts[0] === 'shardfold') {
      problems.push({ file, line: 1, problem: `"${parts.join('.')}" cannot name a module`, hint: NAMING });
      continue;
    }
    const bytes = await readFile(join(dir, path));
    const text = bytes.toString('utf8');
    if (!bytes.equals(Buffer.from(text))) {
      problems.push({
        file,
        line: lineOfBadByte(text),
        problem: 'the file is not UTF-8',
        hint: 'write other bytes as "\\255"',
      });
      continue;
    }
    const module = { file, text };
    modules.set(parts.join('.'), module);
    const source = readLuaSource(parts.join('.'), module);
    functions.push(...source.functions);
    problems.push(...source.problems);
  }
  return { functions, modules, problems };
}

const NAMING = 'folders and files are named by letters, digits, _ and -; "shardfold" is taken';

const lineOfBadByte = (text: string): number => text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
