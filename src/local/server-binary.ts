/**
 * Finds a server to run a local cluster with, on a machine that may have none. No npm package ships one, and Docker is
 * left out on purpose: a cluster announces the addresses of its nodes, which from inside containers are not those that
 * a client outside can reach.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ShardfoldError } from '../errors.js';
import { type Candidate, OLDEST_MAJOR, SERVER_NAMES } from './candidate.js';
import { cachedDebianServer, fetchDebianServer } from './debian.js';
import { homebrewServer } from './homebrew.js';
import { run, which } from './run.js';

export interface ServerBinary {
  path: string;
  /** What the server needs in its environment beside the caller's own, such as LD_LIBRARY_PATH. */
  env: Record<string, string>;
  kind: 'redis' | 'valkey';
  version: string;
  source: 'SHARDFOLD_SERVER' | 'PATH' | 'cache' | 'debian' | 'homebrew';
}

export interface FindServerOptions {
  onProgress?(text: string): void;
}

const INSTALL_HINT =
  'install Valkey or Redis 7.0 or later (Debian, Ubuntu: sudo apt-get install redis-server; Fedora: sudo dnf install valkey; ' +
  'Alpine: sudo apk add valkey; macOS: brew install valkey), or set SHARDFOLD_SERVER to the path of a server';

/** The folder that keeps what was fetched: `$XDG_CACHE_HOME/shardfold`, by default `~/.cache/shardfold`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shardfold');
}

type Probe = { server: ServerBinary } | { refusal: string };

/** Asks the program for its version, which also shows that it runs here at all. */
async function probe(candidate: Candidate, source: ServerBinary['source']): Promise<Probe> {
  const { path, env } = candidate;
  const { code, stdout, stderr } = await run(path, ['--version'], { env: { ...process.env, ...env } });
  const found = /\b(redis|valkey) server v=(\d+)(\.[\w.-]+)/i.exec(stdout);
  if (code !== 0 || found === null) {
    const said = (stderr || stdout).trim().split('\n')[0] || `exit code ${code}`;
    return { refusal: `${path} is no Redis or Valkey server that runs here (${said})` };
  }
  const kind = found[1]?.toLowerCase() === 'valkey' ? 'valkey' : 'redis';
  const version = `${found[2]}${found[3]}`;
  if (Number(found[2]) < OLDEST_MAJOR) return { refusal: `${path} is ${kind} ${version}, older than 7.0` };
  return { server: { path, env, kind, version, source } };
}

async function chosenServer(path: string): Promise<ServerBinary> {
  const file = path.includes('/') ? path : ((await which(path)) ?? path);
  const result = await probe({ path: file, env: {} }, 'SHARDFOLD_SERVER');
  if ('server' in result) return result.server;
  throw new ShardfoldError('NO_SERVER_BINARY', `SHARDFOLD_SERVER: ${result.refusal}`, {
    hint: 'set it to the path of a redis-server or valkey-server of version 7.0 or later, or unset it',
  });
}

async function* serversOnPath(): AsyncGenerator<Candidate> {
  for (const name of SERVER_NAMES) {
    const path = await which(name);
    if (path !== undefined) yield { path, env: {} };
  }
}

async function* single(step: Promise<Candidate | undefined>): AsyncGenerator<Candidate> {
  const candidate = await step;
  if (candidate !== undefined) yield candidate;
}

/**
 * The first server of: `$SHARDFOLD_SERVER`, PATH, the project's cache, Debian or Ubuntu packages unpacked without root,
 * Homebrew. A server that is too old or does not run is passed over and named in the error.
 * @throws NO_SERVER_BINARY with what to install
 */
export async function findServer(options: FindServerOptions = {}): Promise<ServerBinary> {
  const say = (text: string) => options.onProgress?.(text);
  const chosen = process.env.SHARDFOLD_SERVER;
  if (chosen) return chosenServer(chosen);

  const refusals: string[] = [];
  const refuse = (text: string) => {
    refusals.push(text);
    say(text);
  };
  const cache = cacheFolder();
  const steps: [ServerBinary['source'], () => AsyncGenerator<Candidate>][] = [
    ['PATH', serversOnPath],
    ['cache', () => single(cachedDebianServer(cache))],
    ['debian', () => single(fetchDebianServer(cache, say, refuse))],
    ['homebrew', () => single(homebrewServer(say, refuse))],
  ];
  for (const [source, candidates] of steps) {
    for await (const candidate of candidates()) {
      const result = await probe(candidate, source);
      if ('server' in result) return result.server;
      refuse(result.refusal);
    }
  }
  const tried = refusals.length === 0 ? '' : `: ${refusals.join('; ')}`;
  throw new ShardfoldError('NO_SERVER_BINARY', `no Redis or Valkey server was found${tried}`, { hint: INSTALL_HINT });
}
