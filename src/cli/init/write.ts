/** Writes the example project: everything, or nothing where a file is in the way. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ShardfoldError } from '../../errors.js';
import { exampleFiles, IGNORED, packageFile } from './files.js';

export interface Written {
  readonly dir: string;
  /** Paths from the folder on, in the order in which to read them. */
  readonly files: readonly { readonly file: string; readonly done: 'written' | 'extended' | 'kept' }[];
}

/** Errors: INVALID_ARGUMENT naming every file that is in the way; nothing is written then. */
export async function writeExample(folder: string): Promise<Written> {
  const dir = resolve(folder);
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new ShardfoldError('INVALID_ARGUMENT', `${dir} is a file`, {
      hint: 'name a folder: shardfold init my-project',
    });
  }
  const files = exampleFiles(projectName(dir));
  const taken = Object.keys(files).filter((file) => existsSync(join(dir, file)));
  if (taken.length > 0) {
    throw new ShardfoldError(
      'INVALID_ARGUMENT',
      `nothing was written, for these are there already:\n  ${taken.join('\n  ')}`,
      {
        hint: 'name an empty folder: shardfold init my-project',
      },
    );
  }
  const done: { file: string; done: 'written' | 'extended' | 'kept' }[] = [];
  for (const [file, text] of Object.entries(files)) {
    await write(dir, file, text);
    done.push({ file, done: 'written' });
  }
  done.push({ file: 'package.json', done: await describePackage(dir) });
  done.push({ file: '.gitignore', done: await ignore(dir) });
  return { dir, files: done };
}

async function write(dir: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, file)), { recursive: true });
  // Fails where somebody else has written it in the meantime.
  await writeFile(join(dir, file), text, { flag: 'wx' });
}

async function describePackage(dir: string): Promise<'written' | 'kept'> {
  if (existsSync(join(dir, 'package.json'))) return 'kept';
  const name = basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  await write(dir, 'package.json', packageFile(name || 'example'));
  return 'written';
}

async function ignore(dir: string): Promise<'written' | 'extended' | 'kept'> {
  const path = join(dir, '.gitignore');
  if (!existsSync(path)) {
    await write(dir, '.gitignore', `${IGNORED.join('\n')}\n`);
    return 'written';
  }
  const text = readFileSync(path, 'utf8');
  const known = text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, ''));
  const missing = IGNORED.filter((line) => !known.includes(line.replace(/\/$/, '')));
  if (missing.length === 0) return 'kept';
  await writeFile(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`);
  return 'extended';
}

/** The folder's name, as far as servers allow it. */
function projectName(dir: string): string {
  const name = basename(dir)
    .replace(/\W+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(name) && !/^shardfold$/i.test(name) ? name : 'example';
}
