/** Keeps the picture of the cluster current: asked for by calls that failed, and by itself when a node falls silent. */
import type { Access, Address } from './address.js';
import { Connection } from './connection.js';
import { parseShards, type Topology } from './topology.js';

/** A refresh started less than this after the last one is put off. */
const SHORTEST_PAUSE_MS = 100;
const ONE_NODE_MS = 2000;
const LOOK_EVERY_MS = 500;
/** Calls that got no answer for so long may wait for a node that was replaced meanwhile. */
export const SILENCE_MS = 1000;
const LONGEST_AGE_MS = 5000;

interface WatchParts {
  isCluster: boolean;
  access: Access;
  seeds: readonly Address[];
  topology: Topology;
}

export class TopologyWatch {
  topology: Topology;
  onChange: (topology: Topology) => void = () => undefined;
  readonly #parts: WatchParts;
  readonly #connections: () => Iterable<Connection>;
  #running: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #lastStart = performance.now();
  #interval: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: WatchParts, connections: () => Iterable<Connection>) {
    this.#parts = parts;
    this.#connections = connections;
    this.topology = parts.topology;
    if (parts.isCluster) this.#interval = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#interval);
    clearTimeout(this.#again);
  }

  /** Starts a refresh, or joins the one that runs. Calls do not wait for it: they come back to a newer picture. */
  refresh(prefer?: Connection): void {
    if (!this.#parts.isCluster || this.#stopped || this.#running || this.#again) return;
    const pause = this.#lastStart + SHORTEST_PAUSE_MS - performance.now();
    if (pause > 0) {
      this.#again = setTimeout(() => {
        this.#again = undefined;
        this.refresh(prefer);
      }, pause).unref();
      return;
    }
    this.#lastStart = performance.now();
    this.#running = this.#ask(prefer).finally(() => {
      this.#running = undefined;
    });
  }

  #look(): void {
    const now = performance.now();
    let silent = false;
    for (const connection of this.#connections()) silent ||= connection.silentFor(now) > SILENCE_MS;
    if (silent || now - this.#lastStart > LONGEST_AGE_MS) this.refresh();
  }

  /** Any node's picture will do; where none answers, the calls that wait for it meet their own deadline. */
  async #ask(prefer?: Connection): Promise<void> {
    const ready = [...this.#connections()].filter((c) => c.isReady && c.silentFor(performance.now()) < SILENCE_MS);
    const first = prefer && ready.includes(prefer) ? [prefer] : [];
    for (const connection of [...first, ...shuffled(ready.filter((c) => c !== prefer))]) {
      if (await this.#readFrom(connection)) return;
    }
    for (const seed of this.#parts.seeds) {
      if (this.#stopped) return;
      const connection = new Connection(seed, this.#parts.access, { reconnect: false });
      const done = await this.#readFrom(connection);
      connection.close();
      if (done) return;
    }
  }

  async #readFrom(connection: Connection): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, ONE_NODE_MS, undefined).unref();
    });
    const opened = connection.isReady ? Promise.resolve() : connection.open();
    const asked = opened.then(() => connection.send(['CLUSTER', 'SHARDS']));
    try {
      const reply = await Promise.race([asked.catch(() => undefined), tooLate]);
      if (reply === undefined || this.#stopped) return false;
      const topology = parseShards(reply, connection.address, this.#parts.access.tls !== undefined);
      // A node that was thrown out, or has just started, knows nobody but itself.
      if (topology.primaries.every((node) => node.slots.length === 0)) return false;
      this.topology = topology;
      this.onChange(topology);
      return true;
    } finally {
      clearTimeout(timer);
    }
  }
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
