/** Everything that lies under a pattern, read key by key by plain node-redis: the second opinion, which shares no code with src. */
import { isUtf8 } from 'node:buffer';
import { createClient, RESP_TYPES } from 'redis';
import { keySlot, slotPorts } from '../../../scripts/bench/data/pour.mjs';

/** A key as it lies in Redis. `items`: what its type is made of, in one list as the server gives it. */
export interface DumpedKey {
  readonly key: Buffer;
  readonly type: string;
  readonly slot: number;
  /** `host:port` of the primary that has it. */
  readonly shard: string;
  /** Milliseconds, -1 for a key that does not expire. */
  readonly pttl: number;
  readonly memory: number;
  readonly items: readonly Buffer[];
}

const open = (port: number) =>
  createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 })
    .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    .connect();
type Client = Awaited<ReturnType<typeof open>>;

const READ: Readonly<Record<string, (key: Buffer) => (string | Buffer)[]>> = {
  hash: (key) => ['HGETALL', key],
  string: (key) => ['GET', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
};

async function dumpNode(client: Client, port: number, pattern: string): Promise<DumpedKey[]> {
  const ask = (...words: (string | Buffer)[]): Promise<unknown> => client.sendCommand(words);
  const names = new Map<string, Buffer>();
  let cursor = '0';
  do {
    const [next, found] = (await ask('SCAN', cursor, 'MATCH', pattern, 'COUNT', '2000')) as [Buffer, Buffer[]];
    cursor = next.toString();
    for (const key of found) names.set(key.toString('latin1'), key);
  } while (cursor !== '0');
  const read = async (key: Buffer): Promise<DumpedKey | undefined> => {
    const [type, pttl, memory] = await Promise.all([ask('TYPE', key), ask('PTTL', key), ask('MEMORY', 'USAGE', key)]);
    if (String(type) === 'none' || memory === null) return undefined;
    const reply = await ask(...(READ[String(type)]?.(key) ?? ['ECHO', '']));
    const items = (Array.isArray(reply) ? reply : [reply]) as Buffer[];
    const shard = `127.0.0.1:${port}`;
    return { key, type: String(type), slot: keySlot(key), shard, pttl: Number(pttl), memory: Number(memory), items };
  };
  const [all, keys] = [[...names.values()], [] as DumpedKey[]];
  for (let from = 0; from < all.length; from += 1000) {
    for (const key of await Promise.all(all.slice(from, from + 1000).map(read))) if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** @param port of any node of a cluster, or of a standalone server */
export async function dump(port: number, pattern: string): Promise<DumpedKey[]> {
  const ports = [...new Set(await slotPorts(port))];
  const all = await Promise.all(
    ports.map(async (each) => {
      const client = await open(each);
      try {
        return await dumpNode(client, each, pattern);
      } finally {
        client.destroy();
      }
    }),
  );
  return all.flat();
}

/** Bytes as text, undefined where they are none. */
export const asText = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString() : undefined);
