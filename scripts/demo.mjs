// Three million real flights in a real three-shard cluster: six questions, answered inside the shards, with receipts, and judged by DuckDB.
//   npm run demo [-- --keep]
// Exit code 1: an answer differs. Ctrl-C at any moment leaves nothing behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from 'shardfold';
import { findServer } from 'shardfold/local';
import { load, root } from './bundle.mjs';
import { ask, outcomeOf } from './demo/ask.mjs';
import { openDuckdb } from './demo/duckdb.mjs';
import { QUESTIONS } from './demo/queries.mjs';
import { answerText, summary } from './demo/report.mjs';
import { startServers } from './demo/servers.mjs';

const CLI = join(root, 'dist/cli.js');
const FILE = 'node_modules/vega-datasets/data/flights-3m.parquet';
const EXIT_INTERRUPTED = 130;

const USAGE = `Usage: npm run demo [-- --keep] [-- --runs N]
  --keep     leave the cluster running, with the data in it
  --runs N   ask each question N times in turns and show the median times (3), after one time that does not count`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        keep: { type: 'boolean', default: false },
        runs: { type: 'string', default: '3' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (!/^[1-9]\d?$/.test(values.runs)) throw new Error(`--runs ${values.runs} is no number from 1 to 99`);
    if (!values.help) return { keep: values.keep, wanted: Number(values.runs) };
    console.log(USAGE);
    return process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return process.exit(2);
  }
}

const { keep, wanted } = options();
const rooms = await load('scripts/demo/rooms.ts');
const { paint } = rooms;
const print = (text = '') => console.log(text);
const bold = (text) => paint('bold', text, process.stdout);
const dim = (text) => paint('dim', text, process.stdout);

/** What is to be undone at the end, the last thing first. */
const undo = [];
const interruption = new AbortController();
let ended = false;

async function cleanUp() {
  while (undo.length > 0) await undo.pop()();
}

async function interrupted() {
  if (interruption.signal.aborted || ended) process.exit(EXIT_INTERRUPTED);
  interruption.abort();
  process.stderr.write('\nstopping\n');
  await cleanUp();
  // A cluster that was still starting ends with this process.
  process.exit(EXIT_INTERRUPTED);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupted);
// Nobody reads on: `npm run demo | head`.
process.stdout.on('error', interrupted);

/** Runs `shardfold …` as a user would; on a terminal it shows its own progress. */
async function shardfold(args, url) {
  print(dim(`$ npx shardfold ${args.join(' ')}`));
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: root,
    env: { ...process.env, SHARDFOLD_URL: url },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exit = once(child, 'exit');
  const end = async () => {
    child.kill('SIGTERM');
    await exit;
  };
  undo.push(end);
  const [code] = await exit;
  interruption.signal.throwIfAborted();
  undo.splice(undo.indexOf(end), 1);
  if (code !== 0) throw new Error(`shardfold ${args[0]} ended with code ${code}`);
  print();
}

async function demo() {
  print(bold('Shardfold: three million flights, three shards, six questions\n'));
  const say = (text) => print(dim(text));
  const { kind, version, path } = await findServer({ onProgress: say });
  print(`server   ${kind} ${version}, ${path}`);
  const servers = await startServers({ keep, cli: CLI, say });
  interruption.signal.throwIfAborted();
  undo.push(servers.stop);
  print(`cluster  ${servers.nodes.map(({ host, port }) => `${host}:${port}`).join('  ')}\n`);

  await shardfold(['deploy'], servers.url);
  await shardfold(['import', FILE, '--table', 'flights'], servers.url);

  const sf = await connect({ url: servers.url });
  undo.push(() => sf.close());
  const duckdb = await openDuckdb(join(root, FILE));
  const outcomes = [];
  for (const [i, question] of QUESTIONS.entries()) {
    const asked = await ask(question, sf.table('flights'), duckdb, { runs: wanted, signal: interruption.signal });
    print(answerText(i + 1, question, asked, rooms));
    outcomes.push(outcomeOf(asked));
  }
  duckdb.close();
  print(summary(outcomes, rooms));
  if (keep) stay(servers);
  return outcomes.every((outcome) => outcome.right);
}

function stay(servers) {
  undo.splice(undo.indexOf(servers.stop), 1);
  servers.leave();
  print(`\nThe cluster stays, with the table in it: ${bold(servers.url)}`);
  print(`   export SHARDFOLD_URL=${servers.url}`);
  print('   npx shardfold tables');
  print(`   kill ${servers.pid}    stops it and removes its data`);
}

try {
  const right = await demo();
  ended = true;
  await cleanUp();
  if (!keep) print(dim('\nThe cluster is stopped, and its data removed.'));
  process.exitCode = right ? 0 : 1;
} catch (error) {
  // Interrupted work fails as it should; the handler ends this process.
  if (!interruption.signal.aborted) {
    const { code, hint, message } = error;
    console.error(`${paint('red', code ? `error ${code}:` : 'error:')} ${message}${hint ? `\nhint: ${hint}` : ''}`);
    await cleanUp();
    process.exitCode = 1;
  }
}
