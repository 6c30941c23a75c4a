import { join } from 'node:path';
import type { Candidate } from './candidate.js';
import { isExecutable, run, which } from './run.js';

/** Where Homebrew lives when its folder is not on PATH: Apple silicon, Intel, Linux. */
const USUAL_PLACES = ['/opt/homebrew/bin/brew', '/usr/local/bin/brew', '/home/linuxbrew/.linuxbrew/bin/brew'];
const FORMULAS = ['valkey', 'redis'] as const;

async function findBrew(): Promise<string | undefined> {
  const onPath = await which('brew');
  if (onPath !== undefined) return onPath;
  for (const place of USUAL_PLACES) if (await isExecutable(place)) return place;
  return undefined;
}

/** `brew --prefix` answers for formulas that are not installed as well, so the file itself is looked at. */
async function installed(brew: string, formula: string): Promise<Candidate | undefined> {
  const { code, stdout } = await run(brew, ['--prefix', formula]);
  if (code !== 0) return undefined;
  const path = join(stdout.trim(), 'bin', `${formula}-server`);
  return (await isExecutable(path)) ? { path, env: {} } : undefined;
}

/** A server that Homebrew has, or installs now; undefined where there is no Homebrew. */
export async function homebrewServer(
  say: (text: string) => void,
  refuse: (text: string) => void,
): Promise<Candidate | undefined> {
  const brew = await findBrew();
  if (brew === undefined) return undefined;
  for (const formula of FORMULAS) {
    const found = await installed(brew, formula);
    if (found !== undefined) return found;
  }
  for (const formula of FORMULAS) {
    say(`no server found: running "brew install ${formula}"`);
    const { code, stderr } = await run(brew, ['install', formula]);
    if (code === 0) return installed(brew, formula);
    refuse(`brew install ${formula} failed (${stderr.trim().split('\n').at(-1)})`);
  }
  return undefined;
}
