import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which Debian or Ubuntu this is. */
export interface Release {
  /** For a folder name: packages of one release do not run on another (another libssl). */
  name: string;
  codename: string;
  /**
   * The codename of the oldest release of the same distribution that has a server with functions. Its archive is signed with keys
   * that the releases before it know.
   */
  sufficient: string;
}

export function parseRelease(osRelease: string): Release {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const parts = [field('ID'), field('VERSION_ID') || field('VERSION_CODENAME'), process.arch];
  // Derivatives such as Mint take their packages from Ubuntu's archive, under Ubuntu's codename.
  const ubuntu = field('UBUNTU_CODENAME');
  return {
    name: parts.filter((part) => /^[\w.-]+$/.test(part)).join('-'),
    codename: ubuntu || field('VERSION_CODENAME'),
    sufficient: ubuntu || field('ID') === 'ubuntu' ? 'noble' : 'bookworm',
  };
}

export async function thisRelease(): Promise<Release> {
  return parseRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

/** A system's package sources, as they would read in another release: the same mirrors and keys. */
export function sourcesOf(text: string, from: string, to: string): string | undefined {
  const word = new RegExp(`\\b${from}\\b`, 'g');
  return from !== '' && word.test(text) ? text.replace(word, to) : undefined;
}

/** Writes the system's package sources for the sufficient release into a folder; undefined where this is that release. */
export async function newerSources(release: Release, work: string): Promise<string | undefined> {
  if (release.codename === release.sufficient) return undefined;
  const parts = '/etc/apt/sources.list.d';
  const listed = (await readdir(parts).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name));
  const folder = join(work, 'sources.list.d');
  await mkdir(folder, { recursive: true });
  for (const file of ['/etc/apt/sources.list', ...listed.map((name) => join(parts, name))]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const sources = sourcesOf(text, release.codename, release.sufficient);
    if (sources !== undefined) await writeFile(join(folder, file.replace(/^.*\//, 'newer-')), sources);
  }
  return folder;
}
