/** A locale that sorts otherwise than C does. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Locale {
  /** For the environment of a server. */
  readonly env: Record<string, string>;
  remove(): void;
}

const NAME = 'en_US.UTF-8';

/** An installed locale, else one made for the occasion; undefined where neither can be had. */
export function sortingLocale(): Locale | undefined {
  const installed = run('locale', ['-a'])
    ?.split('\n')
    .find((name) => /^en_US\.utf-?8$/i.test(name));
  if (installed !== undefined) return { env: { LC_ALL: installed }, remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'shardfold-locale-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (run('localedef', ['-i', 'en_US', '-f', 'UTF-8', join(folder, NAME)]) !== undefined) {
    return { env: { LC_ALL: NAME, LOCPATH: folder }, remove };
  }
  remove();
  return undefined;
}

function run(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    // Missing, or without the sources of locales: the caller does without.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
