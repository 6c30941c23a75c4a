import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OLDEST_MAJOR } from './candidate.js';
import { run } from './run.js';

const HARD_DEPENDENCIES = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
  (kind) => `--no-${kind}`,
);

/** apt as an ordinary user may use it: asking and downloading, never installing. */
export interface Apt {
  /** The first of the names whose package is new enough, or why there is none. */
  newest(names: readonly string[]): Promise<{ name: string } | { refusal: string }>;
  /** The output of `apt-cache depends` for a package and all below it. */
  depends(name: string): Promise<string>;
  /** The downloaded archives; undefined where the archive does not have them (any more). */
  download(packages: readonly string[]): Promise<string[] | undefined>;
}

function apt(work: string, options: readonly string[], prepare: () => Promise<string>): Apt {
  // Messages are read below, so they must not be translated.
  const env = { ...process.env, LC_ALL: 'C' };
  let prepared: Promise<string> | undefined;
  return {
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
      const { code } = await run('apt-get', [...options, 'download', ...packages], { env, cwd: folder });
      if (code !== 0) return undefined;
      return (await readdir(folder)).filter((name) => name.endsWith('.deb')).map((name) => join(folder, name));
    },
  };
}

/** Root's apt hands downloads to the user `_apt`, who may not write into our folder. */
const AS_CALLER = ['-o', 'APT::Sandbox::User=', '-o', 'Debug::NoLocking=true'];

/** apt with the package lists that the system has. */
export function systemApt(work: string): Apt {
  return apt(work, AS_CALLER, async () => '');
}

/** apt with lists of its own, fetched now: the system's may be empty (containers) or out of date. */
export function privateApt(work: string, say: (text: string) => void): Apt {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  const options = [...AS_CALLER, '-o', `Dir::State=${state}`, '-o', `Dir::Cache=${cache}`];
  // Dir::State would move the list of installed packages too.
  options.push('-o', 'Dir::State::status=/var/lib/dpkg/status', '-o', 'APT::Update::Post-Invoke-Success::=');
  return apt(work, options, async () => {
    say("fetching the distribution's package lists");
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    const { code, stdout, stderr } = await run('apt-get', [...options, 'update'], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const complaint = /^(?:E|W|Err:\d*): ?(.*)$/m.exec(`${stderr}\n${stdout}`)?.[1];
    return code === 0 && complaint === undefined ? '' : `apt-get update: ${complaint ?? `exit code ${code}`}`;
  });
}
