/** What was typed at the prompt, kept in a file of the user's. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { say } from './output.js';

/** Entries that are kept. */
export const HISTORY_SIZE = 1000;

/** By the XDG rules: what is neither configuration nor worth a backup. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return env.SHARDFOLD_SQL_HISTORY || join(state, 'shardfold', 'sql-history');
}

/** The newest entry first, as readline has them. */
export async function loadHistory(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') say(`note: the history cannot be read: ${error.message}`);
    return '';
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .reverse()
    .slice(0, HISTORY_SIZE);
}

/** For this user's eyes: constants in statements may be private. A history that cannot be kept is said once, and ends nothing. */
export class HistoryFile {
  readonly #file: string;
  #failed = false;

  constructor(file: string) {
    this.#file = file;
  }

  async save(entries: readonly string[]): Promise<void> {
    if (this.#failed) return;
    const text = [...entries].slice(0, HISTORY_SIZE).reverse().join('\n');
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(this.#file, `${text}\n`, { mode: 0o600 });
    } catch (error) {
      this.#failed = true;
      say(`note: the history is not kept: ${(error as Error).message}`);
    }
  }
}
