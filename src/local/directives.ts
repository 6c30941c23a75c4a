export interface ServerDirectives {
  /** Memory a server may take for data, such as `512mb`; no limit by default. Beyond it writes are refused. */
  maxmemory?: string;
  appendonly?: boolean;
  /** Further directives of redis.conf, in the words of that file; several of one name as an array. They win. */
  config?: Record<string, string | string[]>;
  /** How long a node may be silent before the others call it failed; 5000 by default. */
  nodeTimeoutMs?: number;
}

/** The lines of a server's redis.conf. Paths are relative: the server runs in its own folder. */
export function directivesFor(
  options: ServerDirectives,
  server: { port: number; clusterMode: boolean; lasting: boolean },
): [string, string][] {
  const lines: [string, string][] = [
    ['bind', '127.0.0.1'],
    ['port', String(server.port)],
    ['daemonize', 'no'],
    ['logfile', '""'],
    ['dir', './'],
    // Snapshots only where data lasts; SIGTERM then writes a last one.
    ['save', server.lasting ? '3600 1 300 100 60 10000' : '""'],
    ['appendonly', options.appendonly ? 'yes' : 'no'],
    ['maxmemory', options.maxmemory ?? '0'],
    // A table of which the server evicted a chunk would be lost data.
    ['maxmemory-policy', 'noeviction'],
    ['repl-diskless-sync-delay', '0'],
    // A replica that is stopped along with its primary must not be waited for.
    ['shutdown-timeout', '0'],
  ];
  if (server.clusterMode) {
    lines.push(
      ['cluster-enabled', 'yes'],
      ['cluster-config-file', 'nodes.conf'],
      ['cluster-announce-ip', '127.0.0.1'],
      ['cluster-node-timeout', String(options.nodeTimeoutMs ?? 5000)],
    );
  }
  const extra = Object.entries(options.config ?? {});
  const replaced = new Set(extra.map(([name]) => name));
  const own = lines.filter(([name]) => !replaced.has(name));
  return [
    ...own,
    ...extra.flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])),
  ];
}
