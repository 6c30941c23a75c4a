import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardfoldError } from '../errors.js';
import { leftAppendOnly, switchAppendOnly } from './append-only.js';
import { portTaken } from './ports.js';
import { RespConnection } from './resp.js';
import type { ServerBinary } from './server-binary.js';
import type { Watchdog } from './watchdog.js';

export interface ServerSettings {
  binary: ServerBinary;
  port: number;
  /** The working directory of the server: its settings, log and data. */
  folder: string;
  /** Directives of redis.conf, in the words of that file. */
  directives: readonly (readonly [string, string])[];
  env: Record<string, string>;
  watchdog: Watchdog;
  /** The server ended though nobody stopped it. */
  onExit(how: string): void;
}

const LOG = 'server.log';
/** A server that loads a large file is alive; one that says nothing at all is not. */
const SILENCE_MS = 30_000;

export class ServerProcess {
  readonly port: number;
  readonly #settings: ServerSettings;
  #child: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve('never started');
  #running = false;
  #wanted = false;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.port = settings.port;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Starts the server and waits until it answers with its data loaded. */
  async start(): Promise<void> {
    const { binary, folder, directives, env, watchdog } = this.#settings;
    const wanted = directives.some(([name, value]) => name === 'appendonly' && value === 'yes');
    const appendOnly = (await leftAppendOnly(folder)) ?? wanted;
    const lines = directives.map(([name, value]) =>
      name === 'appendonly' ? `appendonly ${appendOnly ? 'yes' : 'no'}\n` : `${name} ${value}\n`,
    );
    await writeFile(join(folder, 'redis.conf'), lines.join(''));
    const log = openSync(join(folder, LOG), 'w');
    // A group of its own: Ctrl-C in the terminal is for us to handle, not for the server.
    const child = spawn(binary.path, ['redis.conf'], {
      cwd: folder,
      env: { ...process.env, ...binary.env, ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    if (child.pid !== undefined) watchdog.add(child.pid);
    closeSync(log);
    child.unref();
    this.#child = child;
    this.#running = true;
    this.#wanted = true;
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#ended.then((how) => {
      this.#running = false;
      if (child.pid !== undefined) watchdog.remove(child.pid);
      if (this.#wanted) this.#settings.onExit(how);
    });
    await this.#ready();
    if (appendOnly === wanted) return;
    const connection = await this.connect();
    await switchAppendOnly(connection, folder, wanted).finally(() => connection.close());
  }

  /** Ends the server if it runs, and starts it with the folder that it had. */
  async restart(): Promise<void> {
    await this.stop('SIGTERM');
    await this.start();
  }

  /** Sends a signal; the server is not expected to live on. */
  kill(signal: NodeJS.Signals): void {
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') this.#wanted = false;
    if (this.#running) this.#child?.kill(signal);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    if (!this.#running) return;
    // A stopped process takes SIGTERM only after it goes on.
    this.kill('SIGCONT');
    this.kill(signal);
    const patience = new AbortController();
    const end = await Promise.race([this.#ended, sleep(60_000, undefined, { signal: patience.signal, ref: true })]);
    patience.abort();
    if (end === undefined) this.kill('SIGKILL');
    await this.#ended;
  }

  /** A connection for the forming of the cluster, with the server's own password where it has one. */
  async connect(): Promise<RespConnection> {
    const connection = new RespConnection(this.port);
    const password = this.#settings.directives.find(([name]) => name === 'requirepass')?.[1];
    if (password !== undefined) await connection.call('AUTH', password.replace(/^"(.*)"$/, '$1'));
    return connection;
  }

  async #ready(): Promise<void> {
    let heard = Date.now();
    while (Date.now() - heard < SILENCE_MS) {
      if (!this.#running) throw await this.#failure(await this.#ended);
      const answer = await this.#ping();
      if (answer === 'PONG') return;
      if (answer.startsWith('LOADING')) heard = Date.now();
      await sleep(20);
    }
    throw await this.#failure(`no answer for ${SILENCE_MS / 1000} s`);
  }

  async #ping(): Promise<string> {
    let connection: RespConnection | undefined;
    try {
      connection = await this.connect();
      return String(await connection.call('PING'));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      connection?.close();
    }
  }

  async #failure(how: string): Promise<ShardfoldError> {
    const log = await readFile(join(this.#settings.folder, LOG), 'utf8').catch(() => '');
    if (/Address already in use|Failed listening on port/.test(log)) return portTaken(this.port);
    const lines = log.trim().split('\n').slice(-4).join('\n  ');
    return new ShardfoldError(
      'LOCAL_CLUSTER_FAILED',
      `the server for 127.0.0.1:${this.port} did not start (${how})${lines && `; its log ends:\n  ${lines}`}`,
      {
        shard: `127.0.0.1:${this.port}`,
        hint: `server: ${this.#settings.binary.path}, folder: ${this.#settings.folder}`,
      },
    );
  }
}
