/** All functions of a cluster as a file. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { unwritable } from '../engine/results/write/target.js';
import { exportFunctions } from '../functions/release/export.js';
import type { ExportFile } from '../functions/release/export-file.js';
import { paint, print, printJson, say } from './output.js';
import type { OptionalProjectSession } from './project.js';
import { formatBytes, formatCounted } from './units.js';

/** @param path `-` for stdout */
export async function exportToFile(path: string, { link, context, json }: OptionalProjectSession): Promise<void> {
  const file = await exportFunctions(link, context);
  const text = `${JSON.stringify(file, null, 2)}\n`;
  if (path === '-') print(text);
  else await write(path, text);
  for (const line of differences(file)) say(`${paint('yellow', 'note:')} ${line}`);
  const { libraries, nodes } = file;
  const releases = Object.keys(file.records?.fields ?? {}).filter((name) => name.startsWith('release:')).length;
  if (json && path !== '-') printJson({ file: path, libraries: libraries.length, nodes: nodes.length, releases });
  if (json || path === '-') return;
  const names = formatCounted(new Set(libraries.map(({ name }) => name)).size, 'library');
  const what = `${names} of ${formatCounted(nodes.length, 'shard')}, ${formatCounted(releases, 'release')}`;
  say(paint('green', `${path}: ${what}, ${formatBytes(Buffer.byteLength(text))}`));
}

/** All of it or nothing: half a file would be found out when it is needed. */
async function write(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(half, text);
    await rename(half, path);
  } catch (cause) {
    await rm(half, { force: true });
    throw unwritable(path, cause as Error);
  }
}

/** How the shards differ, a line a library. */
function differences({ libraries, nodes }: ExportFile): string[] {
  return libraries.flatMap(({ name, nodes: held }) => {
    if (!held) return [];
    const isTwice = libraries.filter((library) => library.name === name).length > 1;
    const where = held.join(', ');
    return [
      isTwice
        ? `${name} as it was on ${where} differs from other nodes`
        : `${name} was only on ${where} (of ${nodes.length} shards)`,
    ];
  });
}
