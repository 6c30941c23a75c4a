// The question of the benchmark of keys as an application asks it without any of this: every primary is scanned, and every hash found is
// asked for its fields in pipelines, while the next names are on their way. Once by node-redis, once by ioredis.
import { Redis } from 'ioredis';
import { createClient } from 'redis';

const COUNT = 1000;
export const FIELDS = ['price', 'qty', 'region'];

/** A group-by in plain JavaScript: `{ n, sum }` by region of the hashes with `qty` over a limit. */
export class Grouping {
  groups = new Map();

  constructor(limit) {
    this.limit = limit;
  }

  add([price, qty, region]) {
    if (!(Number(qty) > this.limit)) return;
    const group = this.groups.get(region);
    if (group === undefined) this.groups.set(region, { n: 1, sum: Number(price) });
    else {
      group.n += 1;
      group.sum += Number(price);
    }
  }
}

/** @param scan (cursor) => [next cursor, names] @param read (names) => their fields */
async function scanNode({ scan, read }, grouping) {
  let [cursor, names] = await scan('0');
  for (;;) {
    const next = cursor === '0' ? undefined : scan(cursor);
    for (const fields of await read(names)) grouping.add(fields);
    if (next === undefined) return;
    [cursor, names] = await next;
  }
}

const byNodes = (nodes) => async (limit) => {
  const grouping = new Grouping(limit);
  await Promise.all(nodes.map((node) => scanNode(node, grouping)));
  return grouping.groups;
};

/** @param ports of the primaries */
export async function nodeRedis(ports, pattern) {
  const clients = await Promise.all(ports.map((port) => createClient({ url: `redis://127.0.0.1:${port}` }).connect()));
  const nodes = clients.map((client) => ({
    scan: async (cursor) => {
      const reply = await client.scan(cursor, { MATCH: pattern, COUNT });
      return [String(reply.cursor), reply.keys];
    },
    read: (names) => Promise.all(names.map((name) => client.hmGet(name, FIELDS))),
  }));
  return { ask: byNodes(nodes), close: () => clients.map((client) => client.destroy()) };
}

export async function ioRedis(ports, pattern) {
  const clients = ports.map((port) => new Redis(port, '127.0.0.1'));
  const nodes = clients.map((client) => ({
    scan: (cursor) => client.scan(cursor, 'MATCH', pattern, 'COUNT', COUNT),
    read: async (names) => {
      const pipeline = client.pipeline();
      for (const name of names) pipeline.hmget(name, ...FIELDS);
      return (await pipeline.exec()).map(([error, fields]) => {
        if (error) throw error;
        return fields;
      });
    },
  }));
  return { ask: byNodes(nodes), close: () => clients.map((client) => client.disconnect()) };
}
