// The import of three million real flights against reading the same Parquet file, by the same reader, into JavaScript columns and doing
// nothing with them. Every run is a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundleModule } from '../bundle.mjs';
import { interleave, row } from './lib.mjs';

export const name = 'import';
export const title = 'Import of 3 million flights from Parquet into three shards (medians of five runs)';

const importer = fileURLToPath(new URL('child/importer.mjs', import.meta.url));

async function runImporter(...args) {
  const child = fork(importer, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  let result;
  child.once('message', (message) => {
    result = message;
  });
  const [[code]] = await ended;
  if (code !== 0 || result === undefined) throw new Error(`The importer ended with code ${code}`);
  return result;
}

export async function run(env) {
  const { url } = await env.cluster();
  const rooms = await bundleModule('scripts/bench/child/storage.ts');
  try {
    const mode = (what) => () => runImporter(rooms.file, what, env.flightsFile, url);
    const [imported, read] = await interleave([mode('import'), mode('read')]);
    return [
      row('import', imported.ms, 'ms'),
      row('rows a second', (imported.rows / imported.ms) * 1000, 'rows/s'),
      row('bytes stored a row', imported.bytes / imported.rows, 'B'),
      row('peak memory of the importer', imported.peakBytes / 2 ** 20, 'MiB'),
      row('reading the file and doing nothing', read.ms, 'ms'),
      row('peak memory of that', read.peakBytes / 2 ** 20, 'MiB'),
      row('import against reading', imported.ms / read.ms, '×', { atMost: 2 }),
    ];
  } finally {
    rooms.remove();
  }
}
