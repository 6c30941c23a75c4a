/** Servers of another release of the distribution, beside the one that all tests use. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { privateApt } from '../../src/local/apt.js';
import { SERVER_NAMES } from '../../src/local/candidate.js';
import { unpackServer } from '../../src/local/debian.js';
import { newerSources, thisRelease } from '../../src/local/release.js';
import { which } from '../../src/local/run.js';
import { serverIn } from '../../src/local/unpacked.js';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/shardfold-servers');
/** The Debian release that has Valkey 8.1 and Redis 8.0. */
const RELEASE = 'trixie';

const folderOf = (name: string): string => join(CACHE, `${RELEASE}-${name}`);
const quietly = (): undefined => undefined;

/** The paths of the servers of Debian 13, fetched where need be; or why they cannot be had here. */
export async function otherServers(): Promise<{ paths: readonly string[] } | { why: string }> {
  const found = await Promise.all(SERVER_NAMES.map((name) => serverIn(folderOf(name))));
  const paths = found.flatMap((server) => (server ? [server.path] : []));
  if (paths.length === SERVER_NAMES.length) return { paths };
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if ((await which(tool)) === undefined) return { why: `there is no ${tool}` };
  }
  const release = await thisRelease();
  if (!/^debian-1[0-2]-/.test(release.name)) return { why: `${release.name} is no Debian before ${RELEASE}` };
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    const sources = (await newerSources({ ...release, sufficient: RELEASE }, work)) as string;
    for (const name of SERVER_NAMES) {
      // Lists that are there are not fetched again.
      const apt = privateApt({ work: join(work, 'apt'), say: quietly, newerSources: sources });
      const refusal = await unpackServer(apt, [name], join(work, name), quietly);
      if (refusal !== undefined) return { why: refusal };
      await rm(join(work, 'apt', 'archives'), { recursive: true, force: true });
      await rm(folderOf(name), { recursive: true, force: true });
      await rename(join(work, name), folderOf(name));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return otherServers();
}
