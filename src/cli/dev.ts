import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type LocalCluster, type LocalNode, startLocalCluster } from '../local/cluster.js';
import { savedCluster } from '../local/data-folder.js';
import { wholeNumber } from './options.js';
import { EXIT_FAILED, EXIT_INTERRUPTED, ExitCode, paint, print, printJson, say } from './output.js';
import { formatTable } from './table.js';
import { formatCounted } from './units.js';

interface DevFlags {
  shards?: number;
  replicas?: number;
  port?: number;
  dir?: string;
  maxmemory: string;
  appendonly?: boolean;
  json?: boolean;
}

const FIRST_PORT = 7000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const EXAMPLES = `
Examples:
  $ shardfold dev                             three primaries on ports 7000 to 7002, gone when it ends
  $ shardfold dev --dir ./data --appendonly   the data lasts, and a second start finds it again
  $ shardfold dev --replicas 1 --port 7100    six servers on ports 7100 to 7105
  $ shardfold dev --port 0 --json             any free ports, printed as one line of JSON

The server is $SHARDFOLD_SERVER, or valkey-server or redis-server on PATH, or one fetched without root from the
packages of Debian or Ubuntu, or one of Homebrew.`;

export function register(program: Command): void {
  program
    .command('dev')
    .summary('run a local cluster of real servers')
    .description(
      'Runs a local cluster of real servers, until Ctrl-C. It listens on 127.0.0.1 only and needs no configuration.',
    )
    .option('--shards <n>', 'primaries (default: 3, or what --dir holds)', wholeNumber(1, 100))
    .option('--replicas <n>', 'replicas of each primary (default: 0, or what --dir holds)', wholeNumber(0, 10))
    .option(
      '--port <port>',
      `first port; the others follow; 0 takes free ones (default: ${FIRST_PORT}, or as before in --dir)`,
      wholeNumber(0, 65_535),
    )
    .option('--dir <folder>', 'keep the data in this folder (default: a temporary one)')
    .option(
      '--maxmemory <size>',
      'memory for the data of each server; beyond it, writes are refused',
      memorySize,
      '512mb',
    )
    .option('--appendonly', 'write every change to disk at once (useful with --dir)')
    .option('--json', 'print one line of JSON: the URL and the nodes with their process ids')
    .addHelpText('after', EXAMPLES)
    .action(dev);
}

function memorySize(text: string): string {
  if (/^\d+(b|kb?|mb?|gb?)?$/i.test(text)) return text;
  throw new InvalidArgumentError('A size is needed, such as 512mb or 2gb; 0 sets no limit.');
}

async function choosePort(flags: DevFlags): Promise<number | undefined> {
  if (flags.port !== undefined) return flags.port === 0 ? undefined : flags.port;
  const saved = flags.dir === undefined ? undefined : await savedCluster(flags.dir);
  return saved?.ports[0] ?? FIRST_PORT;
}

async function dev(flags: DevFlags): Promise<void> {
  const signals = new Signals();
  try {
    const cluster = await Promise.race([start(flags), signals.next()]);
    // Nothing to save yet: the servers end with this process.
    if (cluster === undefined) process.exit(EXIT_INTERRUPTED);
    if (flags.json) printJson({ url: cluster.url, nodes: cluster.nodes.map(plainNode) });
    else welcome(cluster, flags);
    const deserted = await Promise.race([cluster.deserted, signals.next()]);
    say(paint('dim', deserted ? 'no server is left' : `stopping ${formatCounted(cluster.nodes.length, 'server')}`));
    // Whoever asks twice is in a hurry; the servers then end without this process.
    signals.next().then(() => process.exit(EXIT_INTERRUPTED));
    await cluster.stop();
    if (deserted) throw new ExitCode(EXIT_FAILED);
  } finally {
    signals.close();
  }
}

/** Signals that ask for an end. While they are listened for, the process stays alive. */
class Signals {
  readonly #alive = setInterval(() => undefined, 60_000);
  #arrived: (() => void) | undefined;
  readonly #listener = () => this.#arrived?.();

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  next(): Promise<undefined> {
    return new Promise((resolve) => {
      this.#arrived = () => resolve(undefined);
    });
  }

  close(): void {
    clearInterval(this.#alive);
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }
}

type DevCluster = LocalCluster & {
  /** Settles when the last server has ended by itself. */
  deserted: Promise<true>;
};

async function start(flags: DevFlags): Promise<DevCluster> {
  const port = await choosePort(flags);
  let running = 0;
  let desert = (): void => undefined;
  const deserted = new Promise<true>((resolve) => {
    desert = () => resolve(true);
  });
  const cluster = await startLocalCluster({
    ...(flags.shards !== undefined && { shards: flags.shards }),
    ...(flags.replicas !== undefined && { replicas: flags.replicas }),
    ...(flags.dir !== undefined && { dir: flags.dir }),
    ...(port !== undefined && { port }),
    maxmemory: flags.maxmemory,
    appendonly: flags.appendonly === true,
    onProgress: (text) => say(paint('dim', text)),
    onServerExit: (address, how) => {
      if (running === 0) return;
      say(`${paint('yellow', 'warning:')} the server ${address} ended (${how})`);
      running--;
      if (running === 0) desert();
    },
  });
  running = cluster.nodes.length;
  return Object.assign(cluster, { deserted });
}

const plainNode = ({ id, host, port, pid, role }: LocalNode) => ({ id, host, port, pid, role });

function welcome(cluster: LocalCluster, flags: DevFlags): void {
  const { kind, version, path } = cluster.server;
  const data =
    flags.dir === undefined
      ? 'temporary, removed at the end'
      : `${resolve(flags.dir)} (${cluster.resumed ? 'found again' : 'new'})`;
  const rows = cluster.nodes.map(({ host, port, role, pid, id }) => [`${host}:${port}`, role, pid, id]);
  print(paint('bold', cluster.url, process.stdout));
  print('');
  print(formatTable(['node', 'role', 'pid', 'id'], rows));
  print(`\nserver  ${kind} ${version}, ${path}`);
  print(`memory  ${flags.maxmemory === '0' ? 'no limit' : `at most ${flags.maxmemory} of data in each server`}`);
  print(`data    ${data}`);
  say(paint('dim', '\nCtrl-C stops all of it.'));
}
