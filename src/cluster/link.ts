/**
 * Calls that find their node. The slot map, redirects and retries are ours (over one node-redis client a node) rather
 * than those of node-redis's cluster client: redirects and retries are counted in receipts, a refresh must not wait for
 * a node that is dead, and the per-call overhead is lower.
 */
import { ShardfoldError } from '../errors.js';
import { type Access, type Address, parseAddress, showAddress } from './address.js';
import { Attempt } from './attempt.js';
import { Connection } from './connection.js';
import { type ContextOptions, countRetry, createContext } from './context.js';
import { errorFromReply, messageOf, NotConnectedError, type Verdict, verdictOf } from './errors.js';
import { SILENCE_MS, TopologyWatch } from './refresh.js';
import { slotOf } from './slots.js';
import type { Topology } from './topology.js';
import type { Argument, CallContext, ClusterLink, KeyedCall, NodeInfo, Reply, Tried } from './types.js';

/** Redirects in a row that are followed without a pause. */
const EAGER_REDIRECTS = 4;
/** How long a new link waits for a primary that takes the connection and says nothing. */
const OPEN_MS = 5000;

export interface LinkParts {
  isCluster: boolean;
  prefix: string;
  server: string;
  timeoutMs: number;
  access: Access;
  seeds: readonly Address[];
  topology: Topology;
}

export class Link implements ClusterLink {
  readonly isCluster: boolean;
  readonly prefix: string;
  readonly server: string;
  readonly #timeoutMs: number;
  readonly #access: Access;
  readonly #connections = new Map<string, Connection>();
  readonly #watch: TopologyWatch;
  #label = '';
  #closed = false;

  constructor(parts: LinkParts) {
    this.isCluster = parts.isCluster;
    this.prefix = parts.prefix;
    this.server = parts.server;
    this.#timeoutMs = parts.timeoutMs;
    this.#access = parts.access;
    this.#watch = new TopologyWatch(parts, () => this.#connections.values());
    this.#watch.onChange = (topology) => this.#dropStale(topology);
  }

  nodes(): readonly NodeInfo[] {
    return this.#watch.topology.nodes;
  }

  ownerOf(slot: number): NodeInfo {
    const owner = this.#watch.topology.owner(slot);
    if (!owner) throw noOwner(slot);
    return owner;
  }

  context(options: ContextOptions = {}): CallContext {
    return createContext(options, this.#timeoutMs);
  }

  /** Connects to every primary; resolves with the errors of those that did not answer, in time where they are silent. */
  async open(): Promise<Map<string, Error>> {
    const failures = new Map<string, Error>();
    const patience = Math.min(this.#timeoutMs, OPEN_MS);
    const opening = this.#watch.topology.primaries.map(async ({ address }) => {
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise<never>((_, reject) => {
        // A process that is stopped takes connections, and answers nothing. Whoever calls it waits for it.
        timer = setTimeout(() => reject(new Error(`no answer in ${patience} ms`)), patience);
      });
      try {
        await Promise.race([this.#connection(address, false).open(), tooLate]);
      } catch (error) {
        failures.set(address, error as Error);
      } finally {
        clearTimeout(timer);
      }
    });
    await Promise.all(opening);
    return failures;
  }

  async call(call: KeyedCall, context: CallContext): Promise<Reply> {
    const { key, command } = call;
    const slot = slotOf(key);
    const harmlessTwice = call.readOnly || call.idempotent;
    const attempt = new Attempt({ command, harmlessTwice, slot, down: this.#down }, context);
    let redirect: { address: string; asking: boolean } | undefined;
    for (let redirects = 0; ; ) {
      let connection: Connection | undefined;
      try {
        connection = this.#connection(redirect?.address ?? this.ownerOf(slot).address, false);
        return await attempt.send(connection, redirect?.asking ?? false);
      } catch (error) {
        redirect = undefined;
        const verdict = isNoOwner(error) ? NO_OWNER : verdictOf(error);
        if (verdict.refresh) this.#watch.refresh(connection);
        if (call.divisible && verdict.cause === 'TRYAGAIN') {
          countRetry(context.tally, verdict.cause);
          throw errorFromReply(error, attempt.place());
        }
        if (verdict.action !== 'moved' && verdict.action !== 'ask') {
          await attempt.recover(error, verdict);
          continue;
        }
        countRetry(context.tally, verdict.cause);
        const address = redirectTarget(messageOf(error), connection);
        if (verdict.action === 'ask') redirect = { address, asking: true };
        else if (this.#watch.topology.learn(slot, address)) redirect = undefined;
        else redirect = { address, asking: false };
        if (++redirects > EAGER_REDIRECTS) await attempt.pause(error, verdict);
      }
    }
  }

  async callNode(nodeId: string, command: readonly Argument[], context: CallContext, readOnly = false): Promise<Reply> {
    const attempt = new Attempt({ command, harmlessTwice: readOnly }, context);
    for (;;) {
      let connection: Connection | undefined;
      try {
        const node = this.#watch.topology.byId(nodeId);
        if (!node) throw unknownNode(nodeId);
        connection = this.#connection(node.address, node.role === 'replica');
        return await attempt.send(connection, false);
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict.refresh) this.#watch.refresh(connection);
        // Another node is not what was asked for.
        const elsewhere = verdict.action === 'moved' || verdict.action === 'ask' || verdict.cause === 'READONLY';
        if (elsewhere) throw errorFromReply(error, attempt.place());
        await attempt.recover(error, verdict);
      }
    }
  }

  async tryNode(nodeId: string, command: readonly Argument[], context: CallContext): Promise<Tried> {
    const attempt = new Attempt({ command, harmlessTwice: true }, context);
    let connection: Connection | undefined;
    try {
      const node = this.#watch.topology.byId(nodeId);
      if (!node) throw new NotConnectedError(nodeId, 'it is not part of the cluster now');
      connection = this.#connection(node.address, node.role === 'replica');
      return { reply: await attempt.send(connection, false) };
    } catch (error) {
      const verdict = verdictOf(error);
      if (verdict.action === 'fail') throw errorFromReply(error, attempt.place());
      if (verdict.refresh) this.#watch.refresh(connection);
      countRetry(context.tally, verdict.cause);
      return { cause: verdict.cause, error };
    }
  }

  refresh(): void {
    this.#watch.refresh();
  }

  label(text: string): void {
    this.#label = text;
    for (const connection of this.#connections.values()) connection.label(text);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.stop();
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  readonly #down = (): readonly string[] =>
    this.#watch.topology.nodes.filter(({ down, slots }) => down && slots.length > 0).map(({ address }) => address);

  #connection(address: string, readonly: boolean): Connection {
    const key = readonly ? `${address} readonly` : address;
    let connection = this.#connections.get(key);
    if (!connection) {
      if (this.#closed) throw closedError();
      const onLost = () => this.#watch.refresh(connection);
      connection = new Connection(parseAddress(address), this.#access, { readonly, onLost });
      connection.label(this.#label);
      this.#connections.set(key, connection);
    }
    return connection;
  }

  #dropStale(topology: Topology): void {
    const addresses = new Set(topology.live.map((node) => node.address));
    for (const [key, connection] of this.#connections) {
      if (addresses.has(connection.name)) continue;
      // A node that still answers may be newer than this picture.
      if (!connection.isIdle && connection.silentFor(performance.now()) < SILENCE_MS) continue;
      this.#connections.delete(key);
      connection.close();
    }
  }
}

const NO_OWNER: Verdict = { cause: 'CLUSTERDOWN', action: 'retry', refresh: true };

const noOwner = (slot: number): ShardfoldError =>
  new ShardfoldError('CLUSTER_DOWN', `no node owns slot ${slot}`, {
    slot,
    hint: 'see CLUSTER INFO: all 16384 slots must be assigned to primaries',
  });

const isNoOwner = (error: unknown): boolean => error instanceof ShardfoldError && error.code === 'CLUSTER_DOWN';

const unknownNode = (id: string): ShardfoldError =>
  new ShardfoldError('CONNECTION_FAILED', `node ${id} is not part of the cluster now`);

const closedError = (): ShardfoldError =>
  new ShardfoldError('CONNECTION_FAILED', 'the connection is closed: close() was called', { hint: 'connect again' });

/** `MOVED 3999 127.0.0.1:6381`; a node that leaves out the host means its own. */
function redirectTarget(text: string, from: Connection | undefined): string {
  const { host, port } = parseAddress(text.slice(text.lastIndexOf(' ') + 1));
  return showAddress({ host: host === '' ? (from?.address.host ?? '') : host, port });
}
