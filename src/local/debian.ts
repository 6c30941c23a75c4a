/**
 * A server out of the distribution's own packages, without root: apt-get downloads them and dpkg-deb unpacks them into
 * the cache, where LD_LIBRARY_PATH finds the libraries. A release whose server is too old (Ubuntu 22.04, Debian 11) gets
 * that of a newer one, with the C library that it was built for.
 */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Apt, privateApt, systemApt } from './apt.js';
import { packageClosure } from './apt-depends.js';
import { type Candidate, SERVER_NAMES } from './candidate.js';
import { newerSources, type Release, thisRelease } from './release.js';
import { run, which } from './run.js';
import { serverIn, writeLauncher } from './unpacked.js';

const folderOf = (cache: string, release: Release) => join(cache, 'server', release.name);

/** The server that an earlier run unpacked into the cache. */
export async function cachedDebianServer(cache: string): Promise<Candidate | undefined> {
  return serverIn(folderOf(cache, await thisRelease()));
}

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };

/** Unpacks the archives into a folder, with what it takes to start the server of that name. */
async function unpack(archives: readonly string[], root: string, launch: string | undefined): Promise<void> {
  for (const archive of archives) {
    const { code, stderr } = await run('dpkg-deb', ['-x', archive, root]);
    if (code !== 0) throw new Error(`dpkg-deb could not unpack ${archive} (${stderr.trim()})`);
  }
  if (launch !== undefined) await writeLauncher(root, launch);
}

/** Unpacks the first of these servers, with its libraries, into a folder. @returns why not, where it could not be */
export async function unpackServer(
  apt: Apt,
  names: readonly string[],
  root: string,
  say: (text: string) => void,
): Promise<string | undefined> {
  const newest = await apt.newest(names);
  if ('refusal' in newest) return newest.refusal;
  const { name } = newest;
  const packages = packageClosure(await apt.depends(name), name, apt.newer);
  say(`fetching ${name} and its libraries from the distribution (${packages.length} packages)`);
  const download = await apt.download(packages);
  if ('refusal' in download) return download.refusal;
  await unpack(download.archives, root, apt.newer ? name : undefined);
  return undefined;
}

/** Moves the whole folder to its final place, so that nobody sees half of it. */
async function install(root: string, target: string): Promise<void> {
  // What lies there, if anything, did not run.
  await rename(target, `${root}.old`).catch(unless('ENOENT'));
  // Another process may be faster; its copy is as good as ours.
  await rename(root, target).catch(unless('ENOTEMPTY', 'EEXIST'));
}

/** The ways to ask apt, cheapest first: the system's lists may be empty or older than the archive. */
async function* apts(work: string, release: Release, say: (text: string) => void): AsyncGenerator<Apt> {
  yield systemApt(join(work, 'system'));
  yield privateApt({ work: join(work, 'fresh'), say });
  const sources = await newerSources(release, work);
  if (sources === undefined) return;
  say(`looking into the packages of ${release.sufficient}`);
  yield privateApt({ work: join(work, 'newer'), say, newerSources: sources });
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
  const release = await thisRelease();
  let work: string | undefined;
  try {
    await mkdir(join(cache, 'server'), { recursive: true });
    work = await mkdtemp(join(cache, 'server', 'fetch-'));
    const refusals = new Set<string>();
    for await (const apt of apts(work, release, say)) {
      const root = join(work, 'root');
      const refusal = await unpackServer(apt, SERVER_NAMES, root, (text) => say(`no server found: ${text}`));
      if (refusal !== undefined) {
        refusals.add(refusal);
        continue;
      }
      await install(root, folderOf(cache, release));
      return await serverIn(folderOf(cache, release));
    }
    refuse([...refusals].join('; '));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    refuse(`the distribution's packages could not be used (${text}; cache folder ${cache}, set by XDG_CACHE_HOME)`);
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
  return undefined;
}
