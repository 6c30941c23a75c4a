import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardfoldError } from '../errors.js';
import { nodeFolder } from './data-folder.js';
import { directivesFor, type ServerDirectives } from './directives.js';
import { agreed, type Member } from './form.js';
import type { Layout } from './layout.js';
import type { ServerBinary } from './server-binary.js';
import { ServerProcess } from './server-process.js';
import { Watchdog } from './watchdog.js';

export interface GroupOptions extends ServerDirectives {
  /** Environment of the servers, such as LC_ALL; a function gives each server, by index, its own. */
  env?: Record<string, string> | ((index: number) => Record<string, string>);
  /** A server has ended that nobody stopped. */
  onServerExit?(address: string, how: string): void;
}

/** The servers of one local cluster, primaries first, under one watchdog. */
export class ServerGroup {
  readonly servers: readonly ServerProcess[];
  readonly #layout: Layout;
  readonly #watchdog: Watchdog;
  #stopped: Promise<void> | undefined;

  constructor(layout: Layout, binary: ServerBinary, options: GroupOptions) {
    this.#layout = layout;
    this.#watchdog = new Watchdog(layout.lasting ? undefined : layout.dir);
    const { env = {} } = options;
    this.servers = layout.ports.map(
      (port, i) =>
        new ServerProcess({
          binary,
          port,
          folder: nodeFolder(layout.dir, i),
          directives: directivesFor(options, { ...layout, port }),
          env: typeof env === 'function' ? env(i) : env,
          watchdog: this.#watchdog,
          onExit: (how) => options.onServerExit?.(`127.0.0.1:${port}`, how),
        }),
    );
  }

  async start(): Promise<void> {
    const starts = await Promise.allSettled(this.servers.map((server) => server.start()));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    const { failure } = this.#watchdog;
    if (failure === undefined) return;
    throw new ShardfoldError(
      'LOCAL_CLUSTER_FAILED',
      `/bin/sh, which ends the servers with us, failed: ${failure.message}`,
      {
        cause: failure,
      },
    );
  }

  /** Stops the servers; those with lasting data write it first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { lasting, dir } = this.#layout;
    await Promise.all(this.servers.map((server) => server.stop(lasting ? 'SIGTERM' : 'SIGKILL')));
    if (!lasting) await rm(dir, { recursive: true, force: true });
    this.#watchdog.close();
  }

  /** The server on a port. @throws INVALID_ARGUMENT */
  on(port: number): ServerProcess {
    const server = this.servers.find((one) => one.port === port);
    if (server !== undefined) return server;
    throw new ShardfoldError('INVALID_ARGUMENT', `this cluster has no server on port ${port}`, {
      hint: `its ports: ${this.#layout.ports.join(', ')}`,
    });
  }

  /** Lends a connection to each running server. */
  async withMembers<T>(work: (members: Member[]) => Promise<T>): Promise<T> {
    const { shards } = this.#layout;
    const members: Member[] = [];
    try {
      for (const [i, server] of this.servers.entries()) {
        if (!server.running) continue;
        // Used while all run: the replicas go round the primaries.
        const primary = i < shards ? undefined : members[(i - shards) % shards];
        members.push({ port: server.port, connection: await server.connect(), primary });
      }
      return await work(members);
    } finally {
      for (const member of members) member.connection.close();
    }
  }

  /** Waits until the servers that run agree. A server that ends meanwhile is from then on counted among the absent. */
  async agreed(timeoutMs?: number): Promise<void> {
    for (;;) {
      const absent = this.#absent();
      try {
        return await this.withMembers((members) => agreed(members, absent, timeoutMs));
      } catch (error) {
        // Connections break before the end of a process is known.
        await sleep(100);
        if (this.#absent().length === absent.length) throw error;
      }
    }
  }

  #absent(): number[] {
    return this.servers.filter((server) => !server.running).map((server) => server.port);
  }
}
