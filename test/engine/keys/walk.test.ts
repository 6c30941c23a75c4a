// Keys that lie in Redis are read exactly once each, wherever they are by then, or the walk says which slots it could not read.
import { connectCluster } from '../../../src/cluster/connect.js';
import { slotOf } from '../../../src/cluster/slots.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import type { KeyScript } from '../../../src/codegen/keys/call.js';
import { SCAN_NAMES, SET_NAMES } from '../../../src/codegen/keys/scan-lua.js';
import type { KeysReceipt } from '../../../src/engine/keys/receipt.js';
import type { KeyWalk } from '../../../src/engine/keys/types.js';
import { walkKeys } from '../../../src/engine/keys/walk.js';
import type { Receipt } from '../../../src/engine/receipt.js';
import { col, count, Shardfold } from '../../../src/index.js';
import { keysSnapshot } from '../../../src/plan/keys/snapshot.js';
import { testCluster } from '../../harness/cluster.js';
import { around, halfMove, moveSlot, pause, readsValue, setFullCoverage } from './moves.js';
import { sumScript } from './sum-script.js';

interface Summed {
  readonly sum: number;
  readonly receipt: Omit<Receipt, 'keys' | 'shards' | 'computedOn' | 'reason'> & KeysReceipt;
}

type Changes = Partial<Omit<KeyWalk, 'options' | 'script'>> & {
  readonly options?: Partial<KeyWalk['options']>;
  readonly script?: KeyScript;
  readonly strict?: boolean;
};

/** Sums field v of the hashes whose names begin so. */
async function sumOf(link: ClusterLink, prefix: string, changes: Changes = {}): Promise<Summed> {
  let sum = 0;
  const { strict = false, ...rest } = changes;
  const script = changes.script ?? sumScript(prefix);
  const { keys, ...whole } = await walkKeys({
    link,
    context: link.context(),
    snapshot: keysSnapshot({
      kind: 'hashes',
      pattern: `${prefix}*`,
      strict,
      shown: 1,
      columns: [{ name: 'v', type: 'float64', from: { of: 'field', field: 'v' } }],
    }),
    take: (partial) => {
      sum += partial.readDoubleLE(0);
    },
    ...rest,
    script: () => script,
    options: { maxInFlight: 2, partial: false, onProgress: undefined, ...changes.options },
  });
  return { sum, receipt: { ...whole, ...(keys?.[0] as KeysReceipt) } };
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
    expect(receipt.slots).toMatchObject({
      expected: 16384,
      visited: 16384,
      askedAgain: 0,
      inParts: expect.any(Number),
      scanned: 2,
    });
  });

  describe('a slot that stands half-moved', () => {
    const slot = slotOf('half');
    const keysThere = names(40, (i) => `half:{half}:${i}`);
    beforeAll(async () => {
      await fill(link, keysThere, String);
      await halfMove(link, slot);
    });

    it('is asked for again, until its move has ended', async () => {
      const summed = sumOf(link, 'half:');
      await pause(50);
      await moveSlot(link, slot);
      const { sum: found, receipt } = await summed;
      expect(found).toBe(total(40));
      expect(receipt.slots).toMatchObject({ visited: 16384, askedAgain: 1 });
      const visit = receipt.visits.find(({ from, to }) => from <= slot && slot <= to);
      expect(visit).toMatchObject({ from: slot, to: slot, shard: link.ownerOf(slot).address });
      expect(visit?.startMs).toBeGreaterThan(50);
      await halfMove(link, slot);
    });

    it('is an error that names it and what mends it, once the deadline has passed', async () => {
      const context = link.context({ timeoutMs: 300 });
      await expect(sumOf(link, 'half:', { context })).rejects.toMatchObject({
        code: 'SLOTS_UNSETTLED',
        message: expect.stringMatching(
          `^hashes\\("half:\\*"\\): 1 slot was not read \\(${slot}\\), .* 300 ms: slot ${slot} is on its way from 127.0.0.1:\\d+ to 127.0.0.1:\\d+$`,
        ),
        hint: expect.stringMatching(/redis-cli --cluster fix 127.0.0.1:\d+\b.*partial: true/),
        slot,
        retryable: true,
      });
    });

    it('is left out where part of the answer is wanted', async () => {
      const context = link.context({ timeoutMs: 300 });
      const { sum: found, receipt } = await sumOf(link, 'order:', { context, options: { partial: true } });
      expect(receipt.slots).toMatchObject({ visited: 16383, notNeeded: 0, missing: [[slot, slot]] });
      const others = names(keys, (i) => `order:${i}`).map((name, i) => (slotOf(name) === slot ? 0 : i));
      expect(found).toBe(others.reduce((a, b) => a + b));
    });

    it('twin: without the check of what is settled its keys are missed', async () => {
      const unchecked = sumScript('half:', (lua) => lua.replace('moving[tonumber(first)] = true', 'moving[-1] = true'));
      expect(unchecked.lua).not.toBe(sumScript('half:').lua);
      const { sum: found, receipt } = await sumOf(link, 'half:', { script: unchecked });
      expect(receipt.slots.visited).toBe(16384);
      expect(found).toBeLessThan(total(40));
      expect(found).toBeGreaterThan(0);
      await moveSlot(link, slot);
      expect((await sumOf(link, 'half:')).sum).toBe(total(40));
    });
  });

  it.each([
    ['BUSY', 'TIMEOUT', /says BUSY$/, /SLOWLOG GET/],
    ['SILENT', 'TIMEOUT', /answers too late$/, /SLOWLOG GET/],
    ['NOT_CONNECTED', 'CONNECTION_FAILED', /cannot be reached$/, /runs and can be reached/],
    ['CLUSTERDOWN', 'CLUSTER_DOWN', /says CLUSTERDOWN$/, /CLUSTER INFO/],
  ] as const)('where nothing moves, %s is told as what it is', async (cause, code, message, hint) => {
    const cut = around(link, (command, next) =>
      String(command[0]).startsWith('EVAL') ? Promise.resolve({ cause, error: undefined }) : next(),
    );
    const context = link.context({ timeoutMs: 200 });
    const error: unknown = await sumOf(cut, 'few:{a}', { context }).catch((raised: unknown) => raised);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
      shard: link.ownerOf(slotOf('a')).address,
    });
    expect(error).toMatchObject({ hint: expect.not.stringContaining('--cluster fix') });
  });

  it('a call that runs for longer than the deadline is no slot that moves', async () => {
    const spin = `local began = redis.call('TIME')
local function since() local now = redis.call('TIME') return (now[1] - began[1]) * 1e6 + now[2] - began[2] end
while since() < 500000 do end
`;
    const slow = sumScript('few:{a}', (lua) => lua.replace('local sum, keys', `${spin}local sum, keys`));
    const context = link.context({ timeoutMs: 200 });
    await expect(sumOf(link, 'few:{a}', { context, script: slow })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/does not come to the end of a call$/),
      hint: expect.stringMatching(/^calls take too long there: SLOWLOG GET/),
    });
  });

  it('gives every key once while slots move from node to node', async () => {
    const slots = [...new Set(names(200, (i) => `order:${i}`).map(slotOf))];
    // A slot in parts, one by name, one by SCAN; and others.
    const large = [slotOf('a'), slotOf('b'), slotOf('c')];
    let [over, moved, again] = [false, 0, 0];
    const mover = (async () => {
      while (!over) {
        const next = moved++;
        // The larger ones take long to move.
        await moveSlot(
          link,
          next % 8 === 7 ? (large[(next >> 3) % 2] as number) : (slots[next % slots.length] as number),
        );
      }
    })();
    const results: number[] = [];
    const ofTags: number[] = [];
    try {
      while (results.length < 6 || moved < 10 || again === 0) {
        const { sum: found, receipt } = await sumOf(link, 'order:');
        results.push(found);
        again += receipt.slots.askedAgain;
        ofTags.push((await sumOf(link, 'few:{')).sum);
      }
    } finally {
      over = true;
      await mover;
    }
    expect(new Set(results)).toEqual(new Set([sum]));
    expect(new Set(ofTags)).toEqual(new Set([26_500]));
  }, 60_000);

  it('begins a SCAN again where its slot is another one’s by then', async () => {
    const slot = slotOf('c');
    let calls = 0;
    const disturbed = around(link, async (command, next) => {
      const reply = await next();
      if (command[1] === SCAN_NAMES.sha1 && ++calls === 3) await moveSlot(link, slot, 500);
      return reply;
    });
    const { sum: found, receipt } = await sumOf(disturbed, 'few:{c}');
    expect(found).toBe(20_000);
    expect(receipt.slots).toMatchObject({ visited: 1, scanned: 1, askedAgain: 1 });
    expect(calls).toBeGreaterThan(6);
  });

  it('goes on with a large sorted set where it is by then, and begins a large set again', async () => {
    const members = Array.from({ length: 5000 }, (_, i) => `${i}`);
    for (let i = 0; i < 5000; i += 1000) {
      const some = members.slice(i, i + 1000);
      const commands = [
        ['ZADD', '{big}:zset', ...some.flatMap((member) => [member, member])],
        ['SADD', '{big}:set', ...some],
      ];
      for (const command of commands) {
        await link.call({ key: '{big}', command, readOnly: false, idempotent: true }, link.context());
      }
    }
    let [slices, listings] = [0, 0];
    const disturbed = around(link, async (command, next) => {
      const listing = command[1] === SET_NAMES.sha1;
      // One step a call, so that there are many.
      const tried = await next(listing ? [...command.slice(0, -1), '0'] : command);
      const slice = command[2] === '1' && Buffer.isBuffer(command[4]) && command[4].readDoubleLE(0) === 3;
      if (listing && ++listings === 5) await moveSlot(link, slotOf('big'));
      if (slice && ++slices === 2) await moveSlot(link, slotOf('big'));
      return tried;
    });
    const sf = new Shardfold(disturbed);
    const ofSorted = sf.zset('{big}:zset').agg({ n: count(), sum: col('score').sum() });
    const scored = await ofSorted.collect();
    expect([...scored]).toEqual([{ n: 5000, sum: total(5000) }]);
    expect(scored.receipt.keys?.[0]).toMatchObject({ slots: { visited: 1 }, keys: { inSlices: 1 } });
    const ofSet = await sf
      .set('{big}:set')
      .agg({ n: count(), members: col('member').countDistinct() })
      .collect();
    expect([...ofSet]).toEqual([{ n: 5000, members: 5000 }]);
    expect(ofSet.receipt.keys?.[0]).toMatchObject({ slots: { visited: 1, askedAgain: 1 }, keys: { inSlices: 1 } });
    expect(slices).toBeGreaterThan(2);
    expect(listings).toBeGreaterThan(10);
  });

  it('reads a large value to its end where it is by then, and where its slot stands half-moved meanwhile', async () => {
    const [key, slot] = ['{vast}:doc', slotOf('vast')];
    const command = ['SET', key, JSON.stringify({ a: 1, pad: 'x'.repeat(2_000_000), b: 2 })];
    await link.call({ key, command, readOnly: false, idempotent: true }, link.context());
    let slices = 0;
    const disturbed = (move: () => Promise<void>): Shardfold =>
      new Shardfold(
        around(link, async (asked, next) => {
          const tried = await next();
          if (readsValue(asked) && ++slices === 2) await move();
          return tried;
        }),
      );
    const sumIn = async (sf: Shardfold) => {
      slices = 0;
      const docs = sf.jsonStrings('{vast}:*', { a: 'int32', b: 'int32' });
      const found = await docs.agg({ n: count(), sum: col('a').add(col('b')).sum() }).collect({ timeout: 3000 });
      expect([...found]).toEqual([{ n: 1, sum: 3 }]);
      expect(found.receipt.keys?.[0]).toMatchObject({ slots: { visited: 1 }, readHere: { keys: 1 } });
    };
    await sumIn(disturbed(() => moveSlot(link, slot)));
    expect(slices).toBeGreaterThanOrEqual(4);
    // The key is at the other end, and the slot is not that node's yet: it is asked for again until it is.
    let mover: Promise<void> = Promise.resolve();
    const halfMoved = async (): Promise<void> => {
      await halfMove(link, slot);
      mover = pause(50).then(() => moveSlot(link, slot));
    };
    await sumIn(disturbed(halfMoved));
    await mover;
  });

  it('stops where that is enough, and accounts for the rest', async () => {
    let taken = 0;
    const { receipt } = await sumOf(link, 'order:', { take: () => void taken++, enough: () => taken > 0 });
    expect(receipt.slots.notNeeded).toBeGreaterThan(5000);
    expect(receipt.slots.visited + receipt.slots.notNeeded).toBe(16384);
  });

  it('waits for whoever takes, without any deadline', async () => {
    const context = link.context({ timeoutMs: 600 });
    let slow = true;
    let sum = 0;
    const take = (partial: Buffer): Promise<void> | undefined => {
      sum += partial.readDoubleLE(0);
      if (!slow) return undefined;
      slow = false;
      return pause(1500);
    };
    await sumOf(link, 'order:', { context, take });
    expect(sum).toBe(total(keys));
  });

  it('passes over an answer that came so late that its node may have been replaced', async () => {
    let calls = 0;
    const late = around(link, async (_command, next) => {
      const reply = await next();
      if (calls++ === 1) await pause(1050);
      return reply;
    });
    const { sum: found, receipt } = await sumOf(late, 'order:');
    expect(found).toBe(sum);
    expect(receipt.retries).toMatchObject({ SILENT: 1 });
    expect(receipt.slots.askedAgain).toBeGreaterThan(0);
  });

  it('stops at once when its signal fires', async () => {
    const controller = new AbortController();
    const context = link.context({ signal: controller.signal });
    const onProgress = (): void => controller.abort();
    await expect(sumOf(link, 'order:', { context, options: { onProgress } })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('counts values that are no numbers, and names the first; of a strict source it is an error', async () => {
    await fill(link, ['bad:\u0001é'], () => 'none');
    const { receipt } = await sumOf(link, 'bad:');
    expect(receipt.unparsable).toEqual({ count: 1, first: { key: 'bad:\\x01é', column: 'v' } });
    await expect(sumOf(link, 'bad:', { strict: true })).rejects.toMatchObject({
      code: 'UNPARSABLE_VALUE',
      message: 'hashes("bad:*"): the value of column "v" in key bad:\\x01é is no float64',
    });
  });

  it('waits for a replica to take over where a primary dies', async () => {
    await cluster.settled();
    const victim = Number(link.ownerOf(slotOf('order:1')).address.split(':')[1]);
    let killed = false;
    const onProgress = (): void => {
      if (!killed) cluster.kill(victim, 'SIGKILL');
      killed = true;
    };
    const { sum: found, receipt } = await sumOf(link, 'order:', { options: { onProgress } });
    expect(found).toBe(sum);
    expect(receipt.slots.visited).toBe(16384);
    expect(receipt.slots.askedAgain).toBeGreaterThan(0);
    expect(receipt.retries.CONNECTION_LOST ?? receipt.retries.NOT_CONNECTED).toBeGreaterThan(0);

    // With nobody to take over: the rest, or an error, but no number that is too small.
    for (const { address } of link.nodes().filter(({ role }) => role === 'primary')) {
      await setFullCoverage(link, address, 'no');
    }
    const [, second] = link.nodes().filter(({ role, down }) => role === 'primary' && !down);
    const gone = link.nodes().filter(({ id, replicaOf }) => id === second?.id || replicaOf === second?.id);
    for (const { address } of gone) cluster.kill(Number(address.split(':')[1]), 'SIGKILL');
    const context = link.context({ timeoutMs: 2500 });
    await expect(sumOf(link, 'order:', { context })).rejects.toMatchObject({
      code: 'CLUSTER_DOWN',
      shard: second?.address,
      message: expect.stringContaining(`the cluster misses ${second?.address}`),
      hint: expect.not.stringContaining('--cluster fix'),
      retryable: true,
    });
    const again = link.context({ timeoutMs: 1500 });
    const part = await sumOf(link, 'order:', { context: again, options: { partial: true } });
    expect(part.receipt.slots.missing).toEqual(second?.slots);
    const lost = names(keys, (i) => `order:${i}`).reduce((n, name, i) => {
      const slot = slotOf(name);
      return n + (second?.slots.some(([from, to]) => from <= slot && slot <= to) ? i : 0);
    }, 0);
    expect(part.sum).toBe(sum - lost);
  }, 60_000);
});
