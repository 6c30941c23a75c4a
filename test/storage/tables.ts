// What the tests of storage share: a link under a prefix of its own, small tables, and links that fail on demand.
import { connectCluster } from '../../src/cluster/connect.js';
import type { CallContext, ClusterLink, KeyedCall } from '../../src/cluster/types.js';
import { openTable } from '../../src/storage/catalog.js';
import { fromPhysical } from '../../src/storage/schema.js';
import type { Batch, ColumnType, TableSnapshot } from '../../src/storage/types.js';
import { readBatch, type WriteOptions, writeTable } from '../../src/storage/write.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

export const FIELDS: { name: string; type: ColumnType }[] = [
  { name: 'id', type: 'int64' },
  { name: 'x', type: 'float64' },
  { name: 's', type: 'utf8' },
];

export interface Row {
  id: number;
  x: number | null;
  s: string | null;
}

/** Rows from..to, told apart by all of their columns. */
export function rowsFrom(from: number, to: number): Row[] {
  return Array.from({ length: to - from }, (_, i) => {
    const id = from + i;
    return { id, x: id % 5 === 0 ? null : id / 3, s: id % 7 === 0 ? null : `{text} ${id % 11} 🦆\0` };
  });
}

export function batchOf(rows: readonly Row[]): Batch {
  const dictionary = [...new Set(rows.flatMap(({ s }) => (s === null ? [] : [s])))];
  return {
    rows: rows.length,
    columns: [
      { kind: 'number', values: Float64Array.from(rows, ({ id }) => id) },
      {
        kind: 'number',
        values: Float64Array.from(rows, ({ x }) => x ?? 0),
        valid: Uint8Array.from(rows, ({ x }) => (x === null ? 0 : 1)),
      },
      {
        kind: 'string',
        codes: Int32Array.from(rows, ({ s }) => (s === null ? 0 : dictionary.indexOf(s))),
        dictionary,
        valid: Uint8Array.from(rows, ({ s }) => (s === null ? 0 : 1)),
      },
    ],
  };
}

/** Cuts rows into batches of seven. */
export function* batches(rows: readonly Row[]): Generator<Batch> {
  for (let i = 0; i < rows.length; i += 7) yield batchOf(rows.slice(i, i + 7));
}

/** One link for a test file, closed after it. */
export function testLink(shards: 1 | 3 = 3): { link: ClusterLink; context: () => CallContext } {
  const prefix = uniquePrefix();
  const open: { link?: ClusterLink } = {};
  beforeAll(async () => {
    open.link = await connectCluster({ url: sharedUrl(shards), prefix });
  });
  afterAll(() => open.link?.close());
  const handle = {
    get link() {
      if (!open.link) throw new Error('the link opens in beforeAll');
      return open.link;
    },
    context: () => handle.link.context({ timeoutMs: 20_000 }),
  };
  return handle;
}

export function write(
  link: ClusterLink,
  name: string,
  rows: readonly Row[],
  options: Partial<WriteOptions> = {},
): Promise<TableSnapshot> {
  const all: WriteOptions = { fields: FIELDS, mode: 'create', chunkRows: 10, ...options };
  return writeTable(link, name, batches(rows), all, link.context());
}

/** All rows of a version, by its chunks. */
export async function readRows(link: ClusterLink, snapshot: TableSnapshot): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { index } of snapshot.chunks) {
    const { columns, rows: count } = await readBatch(link, snapshot, index, link.context());
    for (let r = 0; r < count; r++) {
      const entries = snapshot.schema.map(({ name, type }, k) => {
        const column = columns[k];
        if (!column || column.valid?.[r] === 0) return [name, null];
        const value = column.kind === 'number' ? column.values[r] : column.dictionary[column.codes[r] as number];
        return [name, fromPhysical(type, value as number | string)];
      });
      rows.push(Object.fromEntries(entries) as Row);
    }
  }
  return rows;
}

export async function rowsOf(link: ClusterLink, name: string): Promise<Row[]> {
  return readRows(link, await openTable(link, name, link.context()));
}

/** A link that asks before each keyed call; what the question throws is what the caller gets. */
export function watchedLink(link: ClusterLink, ask: (call: KeyedCall) => KeyedCall | Promise<KeyedCall>): ClusterLink {
  return new Proxy(link, {
    get(target, property) {
      if (property === 'call') {
        return async (call: KeyedCall, context: CallContext) => target.call(await ask(call), context);
      }
      const value = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** All keys under the link's prefix. */
export async function keysOf(link: ClusterLink): Promise<string[]> {
  const replies = await Promise.all(
    link
      .nodes()
      .filter(({ role }) => role === 'primary')
      .map(({ id }) => link.callNode(id, ['KEYS', `${link.prefix}:*`], link.context(), true)),
  );
  return replies.flatMap((reply) => (Array.isArray(reply) ? reply.map(String) : [])).sort();
}
