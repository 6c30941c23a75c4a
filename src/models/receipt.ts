/** What a model accounts for: the passes that it took, all over the same versions. */

import type { Receipt } from '../engine/receipt.js';

/** The chunks are those of one pass; calls, retries, bytes and times are sums over all passes. */
export interface ModelReceipt extends Receipt {
  readonly passes: number;
}

/** Whether two queries saw the same versions of the tables that both of them read. */
export function areOfOneVersion(a: Receipt, b: Receipt): boolean {
  const versions = new Map(tablesOf(a).map(({ table, version }) => [table, version]));
  return tablesOf(b).every(({ table, version }) => (versions.get(table) ?? version) === version);
}

const tablesOf = ({ tables, table, version }: Receipt): NonNullable<Receipt['tables']> =>
  tables ?? [{ table, version }];

/** ` of "trips"`, as messages say whose rows were read; empty where there is no name to give. */
export function ofTables(receipt: Receipt): string {
  const keys = new Set(receipt.keys?.map(({ source }) => source));
  const names = new Set(tablesOf(receipt).map(({ table }) => table));
  names.delete('');
  const shown = [...names].map((name) => (keys.has(name) ? name : JSON.stringify(name)));
  return shown.length === 0 ? '' : ` of ${shown.join(', ')}`;
}

/** @param receipts at least one */
export function modelReceipt(receipts: readonly Receipt[]): ModelReceipt {
  const [first] = receipts as readonly [Receipt, ...Receipt[]];
  const sum = (of: (receipt: Receipt) => number): number => receipts.reduce((total, each) => total + of(each), 0);
  const retries: Record<string, number> = {};
  const shards: Record<string, { chunks: number; calls: number; serverMs: number }> = {};
  for (const receipt of receipts) {
    for (const [name, count] of Object.entries(receipt.retries)) retries[name] = (retries[name] ?? 0) + count;
    for (const [address, { chunks, calls, serverMs }] of Object.entries(receipt.shards)) {
      const share = shards[address] ?? { chunks: 0, calls: 0, serverMs: 0 };
      shards[address] = {
        chunks: Math.max(share.chunks, chunks),
        calls: share.calls + calls,
        serverMs: share.serverMs + serverMs,
      };
    }
  }
  return {
    ...first,
    passes: receipts.length,
    calls: sum(({ calls }) => calls),
    retries,
    bytesSent: sum(({ bytesSent }) => bytesSent),
    bytesReceived: sum(({ bytesReceived }) => bytesReceived),
    serverMs: sum(({ serverMs }) => serverMs),
    longestCallMs: Math.max(...receipts.map(({ longestCallMs }) => longestCallMs)),
    wallMs: sum(({ wallMs }) => wallMs),
    shards,
  };
}
