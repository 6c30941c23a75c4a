/** Moves slots between primaries: by redis-cli where there is one, as operators do, or by the same commands from here. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LocalCluster } from '../../../src/local/cluster.js';
import { RespConnection, type RespReply } from '../../../src/local/resp.js';

const run = promisify(execFile);

/** A primary as the cluster sees it now. */
export interface Primary {
  readonly id: string;
  readonly port: number;
  readonly slots: readonly number[];
}

/** The client that came with the server, or the one on PATH. */
export function findCli({ server }: LocalCluster): { path: string; env: Record<string, string> } | undefined {
  for (const name of ['redis-cli', 'valkey-cli']) {
    const beside = join(dirname(server.path), name);
    if (existsSync(beside)) return { path: beside, env: server.env };
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return { path: name, env: {} };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

export class Resharder {
  readonly #cluster: LocalCluster;
  readonly #connections = new Map<number, RespConnection>();

  constructor(cluster: LocalCluster) {
    this.#cluster = cluster;
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  /** A server that was killed has another connection after. */
  forget(port: number): void {
    this.#connections.get(port)?.close();
    this.#connections.delete(port);
  }

  /** Asks until the cluster is whole, where it is not. */
  async patiently(port: number, ...command: (string | number)[]): Promise<RespReply> {
    for (;;) {
      try {
        return await this.ask(port, ...command);
      } catch (error) {
        if (!/CLUSTERDOWN/.test(String(error))) throw error;
        await sleep(50);
      }
    }
  }

  ask(port: number, ...command: (string | number)[]): Promise<RespReply> {
    let connection = this.#connections.get(port);
    if (connection === undefined) {
      connection = new RespConnection(port);
      this.#connections.set(port, connection);
    }
    return connection.call(...command);
  }

  async primaries(port = this.#cluster.nodes[0]?.port as number): Promise<Primary[]> {
    const lines = String(await this.ask(port, 'CLUSTER', 'NODES'))
      .trim()
      .split('\n');
    const found = lines
      .map((line) => line.split(' '))
      .filter(([, , flags = '']) => /master/.test(flags) && !/fail/.test(flags));
    return found
      .map(([id = '', address = '', , , , , , , ...runs]) => ({
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        slots: runs.filter((each) => !each.startsWith('[')).flatMap(slotsOf),
      }))
      .filter(({ slots }) => slots.length > 0)
      .sort((a, b) => a.port - b.port);
  }

  /** As `redis-cli --cluster reshard` moves them, which it does by redis-cli. @returns false where it found the nodes disagreeing */
  async byCli(
    cli: { path: string; env: Record<string, string> },
    from: Primary,
    to: Primary,
    slots: number,
  ): Promise<boolean> {
    const words = ['--cluster', 'reshard', `127.0.0.1:${from.port}`, '--cluster-from', from.id, '--cluster-to', to.id];
    const all = [...words, '--cluster-slots', `${slots}`, '--cluster-yes'];
    try {
      await run(cli.path, all, { env: { ...process.env, ...cli.env }, maxBuffer: 1 << 26 });
      return true;
    } catch (error) {
      // It refuses just after the last time, until the nodes have told each other.
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      if (!/don't agree|not covered|\[ERR\]/.test(stdout + stderr)) throw error;
      await sleep(200);
      return false;
    }
  }

  /** Announces that a slot moves, and moves so many of its keys (all of them if not given). */
  async begin(slot: number, from: Primary, to: Primary, keys = Number.POSITIVE_INFINITY): Promise<void> {
    await this.ask(to.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
    await this.ask(from.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
    for (let left = keys; left > 0; ) {
      const names = (await this.ask(from.port, 'CLUSTER', 'GETKEYSINSLOT', slot, Math.min(left, 10))) as string[];
      if (names.length === 0) return;
      await this.patiently(from.port, 'MIGRATE', '127.0.0.1', to.port, '', 0, 10_000, 'KEYS', ...names);
      left -= names.length;
    }
  }

  /** Ends a move: the slot is the target's, which hears of it first, so that it is nobody's at no time. The others hear of it by gossip. */
  async end(slot: number, from: Primary, to: Primary): Promise<void> {
    for (const { port } of [to, from]) await this.ask(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
  }

  /** Waits until a replica has taken the place of a primary that died. @param asked the port of a node that lives */
  async replaced(dead: Primary, asked: number): Promise<void> {
    for (;;) {
      const now = await this.primaries(asked);
      if (now.length === 3 && !now.some(({ port }) => port === dead.port)) return;
      await sleep(50);
    }
  }

  /** Moves slots one after the other, each with a rest half-way. */
  async byHand(from: Primary, to: Primary, slots: readonly number[], restMs = 0): Promise<void> {
    for (const slot of slots) {
      await this.begin(slot, from, to, 1);
      if (restMs > 0) await sleep(restMs);
      await this.begin(slot, from, to);
      await this.end(slot, from, to);
    }
  }
}

function slotsOf(run: string): number[] {
  const [first = 0, last = first] = run.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
