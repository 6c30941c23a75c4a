/**
 * A server that is started with `appendonly yes` reads its append-only file alone, and starts empty where there is none, whatever its
 * snapshot holds; one that is started without reads the snapshot alone, though the file may be newer. So a folder is
 * always opened the way it was left, and switched over after that.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RespConnection } from './resp.js';

/** Redis's and Valkey's own name for it. */
const FOLDER = 'appendonlydir';

/** How the data in a server's folder was left; undefined where there is none. */
export async function leftAppendOnly(folder: string): Promise<boolean | undefined> {
  const files = await readdir(join(folder, FOLDER)).catch(() => []);
  if (files.some((name) => name.endsWith('.manifest'))) return true;
  return (await readdir(folder)).includes('dump.rdb') ? false : undefined;
}

/** Switches a server that has read its data. */
export async function switchAppendOnly(connection: RespConnection, folder: string, on: boolean): Promise<void> {
  if (on) {
    await connection.call('CONFIG', 'SET', 'appendonly', 'yes');
    return;
  }
  // From here on the snapshot is what counts, and a file left behind would be taken for the newer of both.
  await connection.call('SAVE');
  await connection.call('CONFIG', 'SET', 'appendonly', 'no');
  await rm(join(folder, FOLDER), { recursive: true, force: true });
}
