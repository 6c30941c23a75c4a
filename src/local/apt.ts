import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OLDEST_MAJOR } from './candidate.js';
import { run } from './run.js';

const HARD_DEPENDENCIES = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
  (kind) => `--no-${kind}`,
);

/** apt as an ordinary user may use it: asking and downloading, never installing. */
export interface Apt {
  /** True where the packages are of a newer release than the system, and need the C library of theirs. */
  readonly newer: boolean;
  /** The first of the names whose package is new enough, or why there is none. */
  newest(names: readonly string[]): Promise<{ name: string } | { refusal: string }>;
  /** The output of `apt-cache depends` for a package and all below it. */
  depends(name: string): Promise<string>;
  /** The downloaded archives, or why they could not be had: lists may name what the archive no longer has. */
  download(packages: readonly string[]): Promise<{ archives: string[] } | { refusal: string }>;
}

interface AptSettings {
  /** A folder for this apt alone. */
  work: string;
  options: readonly string[];
  newer: boolean;
  /** Makes ready at the first question; what it complains of goes into refusals. */
  prepare(): Promise<string>;
}

/** What apt says went wrong: its first error, else its first warning. */
const complaintIn = (stderr: string): string =>
  (/^E: (.*)$/m.exec(stderr) ?? /^(?:W|Err:\d*): ?(.*)$/m.exec(stderr))?.[1] ?? '';

function apt({ work, options, newer, prepare }: AptSettings): Apt {
  // Messages are read below, so they must not be translated.
  const env = { ...process.env, LC_ALL: 'C' };
  let prepared: Promise<string> | undefined;
  return {
    newer,
    async newest(names) {
      prepared ??= prepare();
      const complaint = await prepared;
      const old: string[] = [];
      for (const name of names) {
        const { stdout } = await run('apt-cache', [...options, 'show', '--no-all-versions', name], { env });
        const version = /^Version: (?:\d+:)?((\d+)\..*)$/m.exec(stdout);
        if (version === null) continue;
        if (Number(version[2]) >= OLDEST_MAJOR) return { name };
        old.push(`${name} ${version[1]}`);
      }
      const found = old.length === 0 ? `no ${names.join(' or ')}` : `only ${old.join(' and ')}, older than 7.0`;
      return { refusal: `the distribution's packages have ${found}${complaint && ` (${complaint})`}` };
    },
    async depends(name) {
      return (await run('apt-cache', [...options, 'depends', '--recurse', ...HARD_DEPENDENCIES, name], { env })).stdout;
    },
    async download(packages) {
      const folder = join(work, 'archives');
      await mkdir(folder, { recursive: true });
      const { code, stderr } = await run('apt-get', [...options, 'download', ...packages], { env, cwd: folder });
      if (code !== 0) {
        const why = [await prepared, complaintIn(stderr)].filter(Boolean).join('; ');
        return { refusal: `the distribution's packages could not be downloaded (${why})` };
      }
      const names = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
      return { archives: names.map((name) => join(folder, name)) };
    },
  };
}

/** Root's apt hands downloads to the user `_apt`, who may not write into our folder. */
const AS_CALLER = ['-o', 'APT::Sandbox::User=', '-o', 'Debug::NoLocking=true'];

/** apt with the package lists that the system has. */
export function systemApt(work: string): Apt {
  return apt({ work, options: AS_CALLER, newer: false, prepare: async () => '' });
}

/** After an update the system's hooks would tidy its own caches and tell its desktop; this update is not the system's. */
const NO_HOOKS = '#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n';

interface PrivateSettings {
  work: string;
  say(text: string): void;
  /** A folder of package sources to use instead of the system's; they name a newer release. */
  newerSources?: string;
}

/** apt with lists of its own, fetched now: the system's may be empty (containers) or out of date. */
export function privateApt({ work, say, newerSources }: PrivateSettings): Apt {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  const settings = join(work, 'apt.conf');
  // Dir::State would move the list of installed packages too.
  const options = [...AS_CALLER, '-o', `Dir::State=${state}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'];
  options.push('-o', `Dir::Cache=${cache}`, '-c', settings);
  if (newerSources !== undefined) {
    options.push('-o', 'Dir::Etc::SourceList=/dev/null', '-o', `Dir::Etc::SourceParts=${newerSources}`);
    options.push('-o', 'APT::Default-Release=');
  }
  const prepare = async () => {
    say("fetching the distribution's package lists");
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    await writeFile(settings, NO_HOOKS);
    const env = { ...process.env, LC_ALL: 'C' };
    const { code, stderr } = await run('apt-get', [...options, 'update'], { env });
    const complaint = complaintIn(stderr);
    return code === 0 && complaint === '' ? '' : `apt-get update: ${complaint || `exit code ${code}`}`;
  };
  return apt({ work, options, newer: newerSources !== undefined, prepare });
}
