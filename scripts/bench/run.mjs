// Runs the benchmarks, each a file beside this one that exports `name`, `title` and `run(env)`, against a local cluster of three shards.
//   npm run bench [-- --only NAME] [--json FILE] [--list]
// Exit code 1: a benchmark failed or a target does not hold.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { load, root } from '../bundle.mjs';
import { formatNumber, formatTable } from './lib.mjs';

const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';
const FRAME = new Set(['run.mjs', 'lib.mjs']);
const here = fileURLToPath(new URL('.', import.meta.url));

function options() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'string' },
        only: { type: 'string', multiple: true },
        list: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run bench [-- --only NAME] [--json FILE] [--list]`);
    return process.exit(2);
  }
}

async function benchmarks(only) {
  const files = readdirSync(here).filter((file) => file.endsWith('.mjs') && !FRAME.has(file));
  const all = await Promise.all(files.sort().map((file) => import(pathToFileURL(join(here, file)).href)));
  const names = all.map((bench) => bench.name);
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`No benchmark ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return only === undefined ? all : all.filter((bench) => only.includes(bench.name));
}

/** What a benchmark gets; cluster, client and data are made when first asked for, and all that was opened is closed at the end. */
function environment() {
  const closers = [];
  const once = (make) => {
    let made;
    return () => {
      made ??= make();
      return made;
    };
  };
  const note = (text) => process.stderr.write(`  ${text}\n`);
  const shardfold = once(() => import(pathToFileURL(join(root, 'dist/index.js')).href));
  const cluster = once(async () => {
    const { startLocalCluster } = await load('src/local/cluster.ts');
    const started = await startLocalCluster({ shards: 3 });
    closers.push(() => started.stop());
    return started;
  });
  const client = once(async () => {
    const { connect } = await shardfold();
    const sf = await connect({ url: (await cluster()).url });
    closers.push(() => sf.close());
    return sf;
  });
  /** The table `flights`: three million real flights. */
  const flights = once(async () => {
    note('importing three million flights …');
    const { url } = await cluster();
    const args = [join(root, 'dist/cli.js'), 'import', join(root, FLIGHTS), '--table', 'flights', '--url', url];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`The import failed: ${stderr}`);
    return (await client()).table('flights');
  });
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  return { env: { root, note, load, shardfold, cluster, client, flights, flightsFile: join(root, FLIGHTS) }, close };
}

const mark = (row) => (row.holds === undefined ? '' : row.holds ? '✓' : '✗');

const { json, only, list } = options();
const chosen = await benchmarks(only);
if (list) {
  console.log(formatTable(chosen.map((bench) => [bench.name, bench.title])));
  process.exit(0);
}

// A machine with other work to do gives other figures; the reader is to know.
const busy = loadavg()[0].toFixed(1);
console.log(
  `${availableParallelism()} cores, load ${busy}, Node ${process.versions.node}; medians of interleaved runs\n`,
);
const { env, close } = environment();
const results = [];
try {
  for (const bench of chosen) {
    process.stderr.write(`${bench.name} …\n`);
    let rows;
    try {
      rows = await bench.run(env);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${bench.name} failed: ${error instanceof Error ? error.stack : error}`);
      continue;
    }
    results.push(...rows.map((row) => ({ ...row, name: `${bench.name}: ${row.name}` })));
    const table = rows.map((row) => [`  ${row.name}`, formatNumber(row.value), row.unit, row.target ?? '', mark(row)]);
    console.log(`${bench.title}\n${formatTable(table, [1])}\n`);
  }
} finally {
  await close();
}
if (json !== undefined) {
  const plain = results.map(({ name, value, unit, target = null, holds = null }) => ({
    name,
    value,
    unit,
    target,
    holds,
  }));
  writeFileSync(json, `${JSON.stringify(plain, null, 2)}\n`);
  console.log(`Written to ${basename(json)}`);
}
if (results.some((row) => row.holds === false)) process.exitCode = 1;
