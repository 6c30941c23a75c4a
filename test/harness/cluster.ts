/** Real clusters for tests. */
import { randomBytes } from 'node:crypto';
import { type LocalCluster, type LocalClusterOptions, startLocalCluster } from '../../src/local/cluster.js';
import { askBroker } from './ask.js';

/** A cluster of its own for the describe block (or file) in which it is called: started before its tests, stopped after. */
export function testCluster(options: LocalClusterOptions = {}): LocalCluster {
  let cluster: LocalCluster | undefined;
  const started = (): LocalCluster => {
    if (cluster === undefined)
      throw new Error('the cluster of testCluster() starts in beforeAll: use it in tests and hooks only');
    return cluster;
  };
  beforeAll(async () => {
    cluster = await startLocalCluster(options);
  });
  afterAll(() => cluster?.stop());
  return {
    get url() {
      return started().url;
    },
    get nodes() {
      return started().nodes;
    },
    get server() {
      return started().server;
    },
    get resumed() {
      return started().resumed;
    },
    stop: () => started().stop(),
    kill: (port, signal) => started().kill(port, signal),
    restart: (port) => started().restart(port),
    settled: (timeoutMs) => started().settled(timeoutMs),
  };
}

const urls = new Map<number, string>();

/** The URL of a cluster that all test files share, started when first asked for. Work under `uniquePrefix()` there, and break nothing. */
export function sharedUrl(shards: 1 | 3 | 5): string {
  const url = urls.get(shards) ?? askBroker(`cluster ${shards}`);
  urls.set(shards, url);
  return url;
}

/** A key prefix that no other test has: `[a-z0-9]+`. */
export function uniquePrefix(): string {
  return `t${randomBytes(6).toString('hex')}`;
}
