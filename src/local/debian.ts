/**
 * A server out of the distribution's own packages, without root: apt-get downloads them and dpkg-deb unpacks them into
 * the cache, where LD_LIBRARY_PATH finds the libraries.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { privateApt, systemApt } from './apt.js';
import { packageClosure } from './apt-depends.js';
import { type Candidate, SERVER_NAMES } from './candidate.js';
import { isExecutable, run, which } from './run.js';

/** Packages of one release do not run on another (another libssl), so each has a folder of its own. */
async function releaseFolder(cache: string): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
  const release = [field('ID'), field('VERSION_ID') || field('VERSION_CODENAME'), process.arch];
  return join(cache, 'server', release.filter((part) => /^[\w.-]+$/.test(part)).join('-'));
}

/** A folder with an unpacked server, as a candidate. The libraries lie in `lib/<triplet>` and `usr/lib/<triplet>`. */
async function serverIn(folder: string): Promise<Candidate | undefined> {
  for (const name of SERVER_NAMES) {
    const path = join(folder, 'usr', 'bin', name);
    if (!(await isExecutable(path))) continue;
    const libraries: string[] = [];
    for (const base of [join(folder, 'usr', 'lib'), join(folder, 'lib')]) {
      for (const name of await readdir(base).catch(() => [])) {
        if (name.includes('-linux-')) libraries.push(join(base, name));
      }
    }
    return {
      path,
      env: { LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH ?? ''].filter(Boolean).join(':') },
    };
  }
  return undefined;
}

/** The server that an earlier run unpacked into the cache. */
export async function cachedDebianServer(cache: string): Promise<Candidate | undefined> {
  return serverIn(await releaseFolder(cache));
}

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };

/** Unpacks beside the final place and moves the whole folder there, so that nobody sees half of it. */
async function unpack(archives: readonly string[], work: string, target: string): Promise<void> {
  const root = join(work, 'root');
  for (const archive of archives) {
    const { code, stderr } = await run('dpkg-deb', ['-x', archive, root]);
    if (code !== 0) throw new Error(`dpkg-deb could not unpack ${archive} (${stderr.trim()})`);
  }
  // What lies there, if anything, did not run.
  await rename(target, join(work, 'old')).catch(unless('ENOENT'));
  // Another process may be faster; its copy is as good as ours.
  await rename(root, target).catch(unless('ENOTEMPTY', 'EEXIST'));
}

/**
 * Downloads and unpacks the server packages. Undefined where this is no Debian or Ubuntu; what went wrong goes to
 * `refuse`.
 */
export async function fetchDebianServer(
  cache: string,
  say: (text: string) => void,
  refuse: (text: string) => void,
): Promise<Candidate | undefined> {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) if ((await which(tool)) === undefined) return undefined;
  const target = await releaseFolder(cache);
  let work: string | undefined;
  try {
    await mkdir(join(cache, 'server'), { recursive: true });
    work = await mkdtemp(join(cache, 'server', 'fetch-'));
    // The system's lists may be older than the archive; then fresh ones have their turn.
    let refusal = '';
    for (const apt of [systemApt(work), privateApt(work, say)]) {
      const newest = await apt.newest(SERVER_NAMES);
      if ('refusal' in newest) {
        refusal = newest.refusal;
        continue;
      }
      const packages = packageClosure(await apt.depends(newest.name), newest.name);
      say(
        `no server found: fetching ${newest.name} and its libraries from the distribution (${packages.length} packages)`,
      );
      const download = await apt.download(packages);
      if ('refusal' in download) {
        refusal = download.refusal;
        continue;
      }
      await unpack(download.archives, work, target);
      return await serverIn(target);
    }
    refuse(refusal);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    refuse(`the distribution's packages could not be used (${text}; cache folder ${cache}, set by XDG_CACHE_HOME)`);
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
  return undefined;
}
