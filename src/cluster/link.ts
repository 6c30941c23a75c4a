/**
 * Calls that find their node. The slot map, redirects and retries are ours (over one node-redis client a node) rather
 * than those of node-redis's cluster client: redirects and retries are counted in receipts, a refresh must not wait for
 * a node that is dead, and the per-call overhead is lower.
 */
import { ShardfoldError } from '../errors.js';
import { type Access, type Address, parseAddress } from './address.js';
import { Connection } from './connection.js';
import { type ContextOptions, countRetry, createContext, sleepUnder, timeoutError, waitUnder } from './context.js';
import { errorFromReply, isSocketError, NotConnectedError, type Verdict, verdictOf } from './errors.js';
import { SILENCE_MS, TopologyWatch } from './refresh.js';
import { slotOf } from './slots.js';
import type { Topology } from './topology.js';
import type { Argument, CallContext, ClusterLink, KeyedCall, NodeInfo, Reply } from './types.js';
import { commandSize, normalise, replySize } from './wire.js';

const FIRST_BACKOFF_MS = 5;
const LONGEST_BACKOFF_MS = 250;
/** NOREPLICAS seldom passes by itself. */
const BRIEF_RETRY_MS = 2000;
/** Redirects in a row that are followed without a pause. */
const EAGER_REDIRECTS = 4;

export interface LinkParts {
  isCluster: boolean;
  prefix: string;
  server: string;
  timeoutMs: number;
  access: Access;
  seeds: readonly Address[];
  topology: Topology;
}

interface Attempt {
  readonly command: readonly Argument[];
  readonly harmlessTwice: boolean;
  readonly slot?: number;
  failures: number;
  readonly started: number;
  lastError?: unknown;
  lastVerdict?: Verdict;
}

export class Link implements ClusterLink {
  readonly isCluster: boolean;
  readonly prefix: string;
  readonly server: string;
  readonly #timeoutMs: number;
  readonly #access: Access;
  readonly #connections = new Map<string, Connection>();
  readonly #watch: TopologyWatch;
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

  /** Connects to every primary; resolves with the errors of those that did not answer. */
  async open(): Promise<Map<string, Error>> {
    const failures = new Map<string, Error>();
    const opening = this.#watch.topology.primaries.map(async ({ address }) => {
      try {
        await this.#connection(address, false).open();
      } catch (error) {
        failures.set(address, error as Error);
      }
    });
    await Promise.all(opening);
    return failures;
  }

  async call(call: KeyedCall, context: CallContext): Promise<Reply> {
    const slot = slotOf(call.key);
    const attempt: Attempt = {
      command: call.command,
      harmlessTwice: call.readOnly || call.idempotent,
      slot,
      failures: 0,
      started: performance.now(),
    };
    context.tally.calls++;
    let redirect: { address: string; asking: boolean } | undefined;
    for (let redirects = 0; ; ) {
      let connection: Connection | undefined;
      try {
        connection = this.#connection(redirect?.address ?? this.ownerOf(slot).address, false);
        return await this.#send(connection, attempt, context, redirect?.asking);
      } catch (error) {
        redirect = undefined;
        const verdict = isNoOwner(error) ? NO_OWNER : verdictOf(error);
        if (verdict.refresh) this.#watch.refresh(connection);
        if (verdict.action === 'moved' || verdict.action === 'ask') {
          countRetry(context.tally, verdict.cause);
          redirect = { address: redirectTarget(error as Error, connection), asking: verdict.action === 'ask' };
          if (++redirects <= EAGER_REDIRECTS) continue;
          if (verdict.action === 'moved') redirect = undefined;
          await this.#backoff(attempt, error, verdict, connection, context);
          continue;
        }
        await this.#afterFailure(attempt, error, verdict, connection, context);
      }
    }
  }

  async callNode(nodeId: string, command: readonly Argument[], context: CallContext, readOnly = false): Promise<Reply> {
    const attempt: Attempt = { command, harmlessTwice: readOnly, failures: 0, started: performance.now() };
    context.tally.calls++;
    for (;;) {
      let connection: Connection | undefined;
      try {
        const node = this.#watch.topology.byId(nodeId);
        if (!node) throw unknownNode(nodeId);
        connection = this.#connection(node.address, node.role === 'replica');
        return await this.#send(connection, attempt, context);
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict.refresh) this.#watch.refresh(connection);
        if (verdict.action === 'moved' || verdict.action === 'ask' || verdict.cause === 'READONLY') {
          throw errorFromReply(error, placeOf(attempt, connection));
        }
        await this.#afterFailure(attempt, error, verdict, connection, context);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.stop();
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  async #send(connection: Connection, attempt: Attempt, context: CallContext, asking = false): Promise<Reply> {
    const { command } = attempt;
    const what = () => `${String(command[0])} on ${connection.name}${lastFailure(attempt)}`;
    if (context.remaining() === 0) throw timeoutError(context.timeoutMs, what());
    if (connection.isNew) await waitUnder(context, opened(connection), what);
    context.tally.bytesSent += commandSize(command);
    const sent = asking ? connection.sendAsking(command) : connection.send(command);
    const reply = normalise(await waitUnder(context, sent, what));
    context.tally.bytesReceived += replySize(reply);
    context.progress();
    return reply;
  }

  /** Returns where the call is to be tried again, throws where not. */
  async #afterFailure(
    attempt: Attempt,
    error: unknown,
    verdict: Verdict,
    connection: Connection | undefined,
    context: CallContext,
  ): Promise<void> {
    const brief = verdict.action === 'retry-briefly' && performance.now() - attempt.started > BRIEF_RETRY_MS;
    if (verdict.action === 'fail' || brief) throw giveUp(attempt, error, connection, context);
    if (verdict.action === 'unknown' && !attempt.harmlessTwice) {
      const { shard, slot } = placeOf(attempt, connection);
      throw new ShardfoldError(
        'CONNECTION_FAILED',
        `the connection to ${shard} was lost during ${String(attempt.command[0])}: it may have run or not`,
        { ...(shard && { shard }), ...(slot !== undefined && { slot }), cause: error },
      );
    }
    countRetry(context.tally, verdict.cause);
    await this.#backoff(attempt, error, verdict, connection, context);
  }

  async #backoff(
    attempt: Attempt,
    error: unknown,
    verdict: Verdict,
    connection: Connection | undefined,
    context: CallContext,
  ): Promise<void> {
    if (this.#closed) throw closedError();
    attempt.lastError = error;
    attempt.lastVerdict = verdict;
    const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt.failures++, 10));
    const delay = ceiling * (0.5 + Math.random() / 2);
    try {
      await sleepUnder(context, delay, () => `${String(attempt.command[0])}${lastFailure(attempt)}`);
    } catch (timeout) {
      throw giveUp(attempt, timeout, connection, context);
    }
  }

  #connection(address: string, readonly: boolean): Connection {
    const key = readonly ? `${address} readonly` : address;
    let connection = this.#connections.get(key);
    if (!connection) {
      if (this.#closed) throw closedError();
      const onLost = () => this.#watch.refresh(connection);
      connection = new Connection(parseAddress(address), this.#access, { readonly, onLost });
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

/** What fails before anything was sent may be tried again, whatever the call does. */
async function opened(connection: Connection): Promise<void> {
  try {
    await connection.open();
  } catch (error) {
    throw isSocketError(error) ? new NotConnectedError(connection.name, error) : error;
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

const closedError = (): ShardfoldError => new ShardfoldError('CONNECTION_FAILED', 'the link to the cluster is closed');

/** `MOVED 3999 127.0.0.1:6381`; a node that leaves out the host means its own. */
function redirectTarget(error: Error, from: Connection | undefined): string {
  const target = error.message.slice(error.message.lastIndexOf(' ') + 1);
  const { host, port } = parseAddress(target);
  const name = host === '' ? (from?.address.host ?? '') : host;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

function placeOf(attempt: Attempt, connection: Connection | undefined): { shard?: string; slot?: number } {
  return { ...(connection && { shard: connection.name }), ...(attempt.slot !== undefined && { slot: attempt.slot }) };
}

function lastFailure(attempt: Attempt): string {
  if (attempt.lastError === undefined) return '';
  const { message } = attempt.lastError as Error;
  return ` (tried ${attempt.failures} times, last: ${message || attempt.lastVerdict?.cause})`;
}

/** The deadline has passed, or there is no use in trying: what stood in the way decides the code. */
function giveUp(
  attempt: Attempt,
  error: unknown,
  connection: Connection | undefined,
  context: CallContext,
): ShardfoldError {
  const place = placeOf(attempt, connection);
  const last = attempt.lastVerdict?.cause;
  const timedOut = error instanceof ShardfoldError && error.code === 'TIMEOUT';
  if (!timedOut || last === undefined) return errorFromReply(error, place);
  const details = { ...place, cause: attempt.lastError };
  if (last === 'CLUSTERDOWN') {
    return new ShardfoldError('CLUSTER_DOWN', `the cluster stayed down for ${context.timeoutMs} ms: ${error.message}`, {
      ...details,
      hint: 'see CLUSTER INFO: some slots have no reachable primary',
    });
  }
  if (last === 'NOT_CONNECTED' || last === 'CONNECTION_LOST') {
    const reason = connection?.lastError ?? (attempt.lastError as Error);
    const failed = errorFromReply(reason, place);
    const code = failed.code === 'AUTH_FAILED' ? failed.code : 'CONNECTION_FAILED';
    return new ShardfoldError(
      code,
      `${connection?.name ?? 'a node'} could not be reached: ${reason.message}; ${error.message}`,
      {
        ...details,
        ...(failed.hint && { hint: failed.hint }),
      },
    );
  }
  return new ShardfoldError('TIMEOUT', error.message, { ...details, ...(error.hint && { hint: error.hint }) });
}
