/** A folder with unpacked packages, and the server in it. */
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Candidate, SERVER_NAMES } from './candidate.js';
import { isExecutable } from './run.js';

/** The folders of libraries, relative to the folder: `usr/lib/<triplet>` and `lib/<triplet>`. */
async function libraryFolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const base of [join('usr', 'lib'), 'lib']) {
    for (const name of await readdir(join(folder, base)).catch(() => [])) {
      if (name.includes('-linux-')) found.push(join(base, name));
    }
  }
  return found;
}

/** The server of the folder: by its launcher where it has one, else by LD_LIBRARY_PATH. */
export async function serverIn(folder: string): Promise<Candidate | undefined> {
  for (const name of SERVER_NAMES) {
    const launcher = join(folder, name);
    if (await isExecutable(launcher)) return { path: launcher, env: {} };
    const path = join(folder, 'usr', 'bin', name);
    if (!(await isExecutable(path))) continue;
    const libraries = (await libraryFolders(folder)).map((library) => join(folder, library));
    const before = process.env.LD_LIBRARY_PATH;
    return { path, env: { LD_LIBRARY_PATH: [...libraries, ...(before ? [before] : [])].join(':') } };
  }
  return undefined;
}

/** Writes a launcher for a server that brings its own C library: that one's loader has to start it. */
export async function writeLauncher(folder: string, name: string): Promise<void> {
  const libraries = await libraryFolders(folder);
  for (const library of libraries) {
    const loader = (await readdir(join(folder, library))).find((file) => /^ld-linux.*\.so\.\d+$/.test(file));
    if (loader === undefined) continue;
    const path = libraries.map((one) => `$here/${one}`).join(':');
    const lines = [
      '#!/bin/sh',
      'here=$' + '{0%/*}',
      `exec "$here/${library}/${loader}" --argv0 "$0" --library-path "${path}" "$here/usr/bin/${name}" "$@"`,
    ];
    await writeFile(join(folder, name), `${lines.join('\n')}\n`);
    await chmod(join(folder, name), 0o755);
    return;
  }
  throw new Error(`no dynamic loader in ${folder}`);
}
