/** From a URL to a link: finds out what answers there, and says clearly why where it is of no use. */
import { ShardfoldError } from '../errors.js';
import { type Access, type Address, type ConnectOptions, readOptions } from './address.js';
import { connectError } from './connect-errors.js';
import { Connection } from './connection.js';
import { checkTimeout } from './context.js';
import { messageOf } from './errors.js';
import { Link } from './link.js';
import { parseShards, standaloneTopology, type Topology } from './topology.js';
import type { ClusterLink, Reply } from './types.js';
import { normalise } from './wire.js';

export type { ConnectOptions, TlsOptions } from './address.js';

const DEFAULT_TIMEOUT_MS = 30_000;
/** A server that is there answers a greeting sooner. */
const GREETING_MS = 5000;
const PREFIX = /^[A-Za-z0-9_.:-]+$/;

/**
 * Connects to a cluster, or to a single server as one shard that owns all slots.
 *
 * Errors: CONNECTION_FAILED naming the address (within 5 seconds an address), AUTH_FAILED, NO_PERMISSION, SERVER_TOO_OLD
 * (before 7.0, or without FUNCTION), INVALID_ARGUMENT.
 */
export async function connectCluster(options: ConnectOptions): Promise<ClusterLink> {
  const { seeds, access } = readOptions(options);
  const prefix = options.prefix ?? 'sf';
  if (!PREFIX.test(prefix)) {
    throw new ShardfoldError('INVALID_ARGUMENT', `not a key prefix: ${JSON.stringify(prefix)}`, {
      hint: 'letters, digits and _ . : - are allowed, braces are not',
    });
  }
  const timeoutMs = checkTimeout(options.timeout ?? DEFAULT_TIMEOUT_MS);
  const failures: ShardfoldError[] = [];
  for (const seed of seeds) {
    try {
      const greeting = await greet(seed, access, Math.min(GREETING_MS, timeoutMs));
      const link = new Link({ ...greeting, prefix, timeoutMs, access, seeds });
      await openPrimaries(link, greeting.topology, access);
      return link;
    } catch (error) {
      const failure = connectError(error, seed, access);
      // Another node would say the same.
      if (failure.code !== 'CONNECTION_FAILED') throw failure;
      failures.push(failure);
    }
  }
  if (failures.length === 1) throw failures[0];
  throw new ShardfoldError('CONNECTION_FAILED', failures.map((failure) => failure.message).join('; '), {
    ...(failures[0]?.hint && { hint: failures[0].hint }),
    cause: new AggregateError(failures),
  });
}

interface Greeting {
  isCluster: boolean;
  server: string;
  topology: Topology;
}

async function greet(seed: Address, access: Access, timeoutMs: number): Promise<Greeting> {
  const connection = new Connection(seed, access, { reconnect: false });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no answer in ${timeoutMs} ms`));
    timer = setTimeout(late, timeoutMs);
  });
  try {
    return await Promise.race([converse(connection, access), tooLate]);
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

async function converse(connection: Connection, access: Access): Promise<Greeting> {
  await connection.open();
  const hello = (await connection.send(['HELLO'])) as readonly Reply[];
  const field = (name: string) => String(hello[hello.findIndex((item) => String(item) === name) + 1]);
  const version = field('version');
  const server = `${field('server')} ${version}`;
  if (Number.parseInt(version, 10) < 7) {
    throw new ShardfoldError('SERVER_TOO_OLD', `${connection.name} is ${server}, which has no functions`, {
      hint: 'use Redis 7.0 or later, or Valkey',
      shard: connection.name,
    });
  }
  if (field('mode') === 'sentinel') {
    throw new ShardfoldError('INVALID_ARGUMENT', `${connection.name} is a sentinel`, {
      hint: 'give the URL of the primary itself, or of a cluster',
    });
  }
  await requireFunctions(connection, server);
  if (field('mode') !== 'cluster')
    return { isCluster: false, server, topology: standaloneTopology(connection.address) };
  const shards = normalise(await connection.send(['CLUSTER', 'SHARDS']));
  return { isCluster: true, server, topology: parseShards(shards, connection.address, access.tls !== undefined) };
}

/** A user who may not list functions may still call them; a server that does not know the command may not be used. */
async function requireFunctions(connection: Connection, server: string): Promise<void> {
  try {
    await connection.send(['FUNCTION', 'LIST', 'LIBRARYNAME', 'shardfold_none']);
  } catch (error) {
    if (!/unknown command/i.test(messageOf(error))) return;
    throw new ShardfoldError('SERVER_TOO_OLD', `${connection.name} (${server}) has no FUNCTION command`, {
      hint: 'functions need Redis 7.0 or later, or Valkey, and FUNCTION must not be renamed away',
      shard: connection.name,
      cause: error,
    });
  }
}

/** A primary may be down (its calls will wait for the failover), but not all of them. */
async function openPrimaries(link: Link, topology: Topology, access: Access): Promise<void> {
  const failures = await link.open();
  const [first] = failures;
  if (!first || failures.size < topology.primaries.length) return;
  await link.close();
  const [address, error] = first;
  throw new ShardfoldError(
    'CONNECTION_FAILED',
    `the cluster names ${address} as a node, which cannot be reached: ${error.message}`,
    {
      hint: access.tls
        ? 'the nodes announce an address or a TLS port that this machine cannot reach; see cluster-announce-ip'
        : 'the nodes announce an address that this machine cannot reach; see cluster-announce-ip',
      cause: error,
    },
  );
}
