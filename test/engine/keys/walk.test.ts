// Keys that lie in Redis are read exactly once each, wherever they are by then, or the walk says which slots it could not read.
import { connectCluster } from '../../../src/cluster/connect.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import type { KeyScript } from '../../../src/codegen/keys/call.js';
import type { KeysReceipt } from '../../../src/engine/keys/receipt.js';
import type { KeyWalk } from '../../../src/engine/keys/types.js';
import { walkKeys } from '../../../src/engine/keys/walk.js';
import type { Receipt } from '../../../src/engine/receipt.js';
import { keysSnapshot } from '../../../src/plan/keys/snapshot.js';
import { testCluster } from '../../harness/cluster.js';
import { sumScript } from './sum-script.js';

interface Summed {
  readonly sum: number;
  readonly receipt: Omit<Receipt, 'keys' | 'shards'> & KeysReceipt;
}

type Changes = Partial<Omit<KeyWalk, 'options' | 'script'>> & {
  readonly options?: Partial<KeyWalk['options']>;
  readonly script?: KeyScript;
};

/** Sums field v of the hashes whose names begin so. */
async function sumOf(link: ClusterLink, prefix: string, changes: Changes = {}): Promise<Summed> {
  let sum = 0;
  const script = changes.script ?? sumScript(prefix);
  const { keys, ...rest } = await walkKeys({
    link,
    context: link.context(),
    snapshot: keysSnapshot({
      kind: 'hashes',
      pattern: `${prefix}*`,
      strict: false,
      shown: 1,
      columns: [{ name: 'v', type: 'float64', from: { of: 'field', field: 'v' } }],
    }),
    take: (partial) => {
      sum += partial.readDoubleLE(0);
    },
    ...changes,
    script: () => script,
    options: { maxInFlight: 2, partial: false, onProgress: undefined, ...changes.options },
  });
  return { sum, receipt: { ...rest, ...(keys?.[0] as KeysReceipt) } };
}

async function fill(link: ClusterLink, names: readonly string[], value: (i: number) => string): Promise<void> {
  const context = link.context();
  await Promise.all(
    names.map((key, i) =>
      link.call({ key, command: ['HSET', key, 'v', value(i)], readOnly: false, idempotent: true }, context),
    ),
  );
}

const names = (count: number, name: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => name(i));
/** Of 0 … count - 1. */
const total = (count: number): number => (count * (count - 1)) / 2;

describe('a cluster', () => {
  const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 1000 });
  let link: ClusterLink;
  const [keys, sum] = [6000, total(6000)];
  beforeAll(async () => {
    link = await connectCluster({ url: cluster.url });
    await fill(
      link,
      names(keys, (i) => `order:${i}`),
      String,
    );
    await fill(
      link,
      names(100, (i) => `other:${i}`),
      () => '1e9',
    );
  });
  afterAll(() => link.close());

  it('gives every key once, and a receipt in which all slots add up', async () => {
    const done: number[] = [];
    const onProgress = ({ unitsDone }: { unitsDone: number }): void => void done.push(unitsDone);
    const { sum: found, receipt } = await sumOf(link, 'order:', { options: { onProgress } });
    expect(found).toBe(sum);
    expect(receipt).toMatchObject({
      source: 'hashes("order:*")',
      slots: { expected: 16384, visited: 16384, askedAgain: 0, inParts: 0, scanned: 0, notNeeded: 0 },
      keys: { enumerated: keys + 100, matched: keys, otherType: 0, inSlices: 0 },
      rows: keys,
      unparsable: { count: 0 },
    });
    expect(receipt.slots.missing).toBeUndefined();
    const shares = Object.values(receipt.shards);
    expect(shares).toHaveLength(3);
    expect(shares.reduce((n, { slots }) => n + slots, 0)).toBe(16384);
    expect(shares.reduce((n, share) => n + share.keys, 0)).toBe(keys);
    const owned = link.nodes().flatMap(({ address, slots }) => slots.map(([from, to]) => [address, from, to]));
    expect(receipt.visits.map(({ shard, from, to }) => [shard, from, to])).toEqual(owned);
    expect(receipt.longestCallMs).toBeGreaterThan(0);
    expect(done.at(-1)).toBe(16384);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('reads slots with many keys in parts, those with more by name, and those with yet more by SCAN', async () => {
    await fill(
      link,
      names(1500, (i) => `few:{a}:${i}:profile`),
      () => '1',
    );
    await fill(
      link,
      names(5000, (i) => `few:{b}:${i}:profile`),
      () => '1',
    );
    await fill(
      link,
      names(20_000, (i) => `few:{c}:${i}:profile`),
      () => '1',
    );
    // Of the same slot, under another name, and without any tag.
    await fill(
      link,
      names(300, (i) => `many:{c}:${i}`),
      () => '1e9',
    );
    const beside = names(100_000, (i) => `few:${i}`).filter((name) => slotOf(name) === slotOf('c'));
    await fill(link, beside, () => '1000000');
    const { sum: found, receipt } = await sumOf(link, 'few:');
    expect(found).toBe(26_500 + 1e6 * beside.length);
    expect(beside.length).toBeGreaterThan(2);
    expect(receipt.keys.matched).toBe(26_500 + beside.length);
    expect(receipt.slots).toMatchObject({ expected: 16384, visited: 16384, askedAgain: 0, inParts: 1, scanned: 2 });
    expect(receipt.calls).toBeLessThan(150);
  });
});
