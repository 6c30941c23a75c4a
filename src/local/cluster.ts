/** A local cluster of real servers, for development and tests. */
import { tmpdir } from 'node:os';
import { ShardfoldError } from '../errors.js';
import { formCluster, type Member } from './form.js';
import { type LayoutOptions, layOut, saveLayout } from './layout.js';
import { type FindServerOptions, findServer, type ServerBinary } from './server-binary.js';
import { type GroupOptions, ServerGroup } from './server-group.js';
import type { ServerProcess } from './server-process.js';

/**
 * `shards` primaries (3, or what `dir` holds) with `replicas` each (0); `port`: the first of as many ports as there are
 * servers (free ones); `dir`: a folder for data that lasts (a temporary one, removed by `stop`); `clusterMode: false`:
 * one standalone server.
 */
export interface LocalClusterOptions extends LayoutOptions, GroupOptions, FindServerOptions {}

export interface LocalNode {
  /** The server's node id; `host:port` without cluster mode. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Of the process that runs now or ran last. */
  readonly pid: number;
  /** As the cluster stood after its start; a failover does not change it here. */
  readonly role: 'primary' | 'replica';
}

export interface LocalCluster {
  /** `redis://127.0.0.1:<port of the first node>` */
  readonly url: string;
  /** Primaries first, as they were formed. */
  readonly nodes: readonly LocalNode[];
  readonly server: ServerBinary;
  /** True where `dir` held this cluster before. */
  readonly resumed: boolean;
  /** Stops all servers; a temporary folder is removed. May be called twice. */
  stop(): Promise<void>;
  /** Sends a signal to the server on a port: SIGKILL by default, SIGSTOP, SIGCONT, … */
  kill(port: number, signal?: NodeJS.Signals): void;
  /** Starts the server on a port again (ending it first, if it runs) with the folder it had, and waits until it answers. */
  restart(port: number): Promise<void>;
  /** Waits until all running nodes agree, see all slots covered, and replicas are in step. */
  settled(timeoutMs?: number): Promise<void>;
}

/** How often a start is tried again where another process took a port that had just been free. */
const PORT_TRIES = 5;

/**
 * Starts servers, forms the cluster and waits until all nodes agree. The servers listen on 127.0.0.1 only, and end with
 * this process, however it ends.
 * @throws NO_SERVER_BINARY, PORT_TAKEN, INVALID_ARGUMENT, LOCAL_CLUSTER_FAILED
 */
export async function startLocalCluster(options: LocalClusterOptions = {}): Promise<LocalCluster> {
  const binary = await findServer(options);
  for (let tries = 1; ; tries++) {
    try {
      return await start(options, binary);
    } catch (error) {
      const again = error instanceof ShardfoldError && error.code === 'PORT_TAKEN' && options.port === undefined;
      if (!again || tries === PORT_TRIES) throw error;
    }
  }
}

interface Identity {
  id: string;
  role: 'primary' | 'replica';
}

/** Asked of the server itself: in a folder from before, a failover may have changed the roles. */
async function identify({ port, connection }: Member): Promise<Identity> {
  const clusterMode = String(await connection.call('INFO', 'cluster')).includes('cluster_enabled:1');
  const replication = String(await connection.call('INFO', 'replication'));
  return {
    id: clusterMode ? String(await connection.call('CLUSTER', 'MYID')) : `127.0.0.1:${port}`,
    role: replication.includes('role:slave') ? 'replica' : 'primary',
  };
}

function nodeOf(server: ServerProcess, identity: Identity): LocalNode {
  return {
    ...identity,
    host: '127.0.0.1',
    port: server.port,
    get pid() {
      return server.pid;
    },
  };
}

async function start(options: LocalClusterOptions, binary: ServerBinary): Promise<LocalCluster> {
  const layout = await layOut(options).catch((error: Error) => {
    if (error instanceof ShardfoldError) throw error;
    const folder = options.dir ?? tmpdir();
    throw new ShardfoldError('LOCAL_CLUSTER_FAILED', `the folder ${folder} cannot be used: ${error.message}`, {
      hint: options.dir ? 'choose another --dir' : 'choose a folder by --dir, or another temporary one by TMPDIR',
      cause: error,
    });
  });
  const group = new ServerGroup(layout, binary, options);
  const count = layout.ports.length;
  options.onProgress?.(`starting ${count} ${binary.kind} ${count === 1 ? 'server' : 'servers'}`);
  try {
    await group.start();
    if (layout.clusterMode) {
      if (!layout.formed) await group.withMembers(formCluster);
      await group.agreed();
    }
    await saveLayout(layout, true);
    const identities = await group.withMembers((members) => Promise.all(members.map(identify)));
    return {
      url: `redis://127.0.0.1:${layout.ports[0]}`,
      nodes: group.servers.map((server, i) => nodeOf(server, identities[i] as Identity)),
      server: binary,
      resumed: layout.formed,
      stop: () => group.stop(),
      kill: (port, signal = 'SIGKILL') => group.on(port).kill(signal),
      restart: (port) => group.on(port).restart(),
      settled: (timeoutMs) => group.agreed(timeoutMs),
    };
  } catch (error) {
    await group.stop();
    throw error;
  }
}
