// Every key once, whatever happens meanwhile: slots move back and forth, a primary dies and comes back. And without the accounting, not.
// `SHARDFOLD_SOAK=2` is a hundred runs of two queries over a hundred thousand keys.
import { setTimeout as sleep } from 'node:timers/promises';
import { pour } from '../../../scripts/bench/data/pour.mjs';
import type { CollectOptions } from '../../../src/engine/options.js';
import { col, connect, count, type Query, Shardfold } from '../../../src/index.js';
import { testCluster } from '../../harness/cluster.js';
import { queryOf } from '../../harness/keys/api.js';
import { findCli, type Primary, Resharder } from '../../harness/keys/reshard.js';
import { withoutAccounting } from '../../harness/keys/unaccounted.js';
import { exactOf, isNearest } from '../../harness/oracle/rational.js';
import { SOAK } from '../../harness/oracle/world.js';

const KEYS = SOAK > 1 ? 100_000 : 20_000;
const RUNS = SOAK > 1 ? 50 : 6;
/** Slots that one move takes. */
const MOVED = SOAK > 1 ? 500 : 80;
const cluster = testCluster({ shards: 3, replicas: 1, nodeTimeoutMs: 1000 });
const price = (i: number): number => Math.round(((i * 7919) % 100_003) * 1.7) / 100;

let sf: Shardfold;
let nodes: Resharder;
let quiet: string;
beforeAll(async () => {
  sf = await connect({ url: cluster.url });
  nodes = new Resharder(cluster);
  const commands = Array.from({ length: KEYS }, (_, i) => {
    return ['HSET', `order:${i}`, 'price', String(price(i)), 'qty', `${i % 50}`, 'region', `r${i % 7}`];
  });
  await pour(cluster.nodes[0]?.port as number, commands);
  await cluster.settled();
  quiet = await answer(sf);
});
afterAll(async () => {
  nodes.close();
  await sf.close();
});

const orders = (shardfold: Shardfold): Query => {
  const columns = [
    { name: 'price', field: 'price', type: 'float64' },
    { name: 'qty', field: 'qty', type: 'int32' },
    { name: 'region', field: 'region', type: 'utf8' },
  ] as const;
  return queryOf(shardfold, { kind: 'hashes', pattern: 'order:*', columns });
};
const aggregates = { n: count(), price: col('price').sum(), qty: col('qty').sum() };

/** What a sum over all keys and one by region say, as text. */
async function answer(shardfold: Shardfold, options: CollectOptions = {}): Promise<string> {
  const whole = await orders(shardfold).agg(aggregates).collect(options);
  const groups = await orders(shardfold).groupBy('region').agg(aggregates).collect(options);
  for (const { receipt } of [whole, groups]) again += receipt.keys?.[0]?.slots.askedAgain ?? 0;
  return JSON.stringify([...whole, ...groups]);
}
let again = 0;

/** Makes trouble, round after round, until so many queries have run meanwhile. @returns those whose answer was another one */
async function wrongAnswers(trouble: (round: number) => Promise<unknown>): Promise<string[]> {
  const wrong: string[] = [];
  let [runs, over] = [0, false];
  const make = async (): Promise<void> => {
    try {
      for (let round = 0; runs < RUNS && !over; round++) await trouble(round);
    } finally {
      over = true;
    }
  };
  const ask = async (): Promise<void> => {
    try {
      for (; !over; runs++) {
        const found = await answer(sf, runs % 4 === 3 ? { side: 'client' } : {});
        if (found !== quiet) wrong.push(found);
      }
    } finally {
      over = true;
    }
  };
  await Promise.all([make(), ask()]);
  return wrong;
}

it('without trouble, the sums are the exact ones', () => {
  const [{ n, price: sum, qty }] = JSON.parse(quiet);
  const prices = Array.from({ length: KEYS }, (_, i) => price(i));
  expect(n).toBe(KEYS);
  expect(qty).toBe(prices.reduce((all, _, i) => all + (i % 50), 0));
  expect(isNearest(sum, exactOf(prices).sum, 1n << 1074n)).toBe(true);
});

it('while slots move back and forth', async () => {
  const cli = findCli(cluster);
  const move = async (round: number): Promise<void> => {
    const all = await nodes.primaries();
    const [from, to] = [all[round % 3], all[(round + 1) % 3]] as [Primary, Primary];
    if (cli !== undefined) while (!(await nodes.byCli(cli, from, to, MOVED)));
    else await nodes.byHand(from, to, from.slots.slice(0, MOVED));
  };
  const before = again;
  expect(await wrongAnswers(move)).toEqual([]);
  expect(again).toBeGreaterThan(before);
  await cluster.settled();
}, 3_600_000);

it('a slot that does not end to move is told of, and not counted as it happens to lie', async () => {
  const [from, to] = (await nodes.primaries()) as [Primary, Primary];
  const slot = (await fullSlot(from)) as number;
  await nodes.begin(slot, from, to, 1);
  try {
    await expect(answer(sf, { timeout: 1500 })).rejects.toMatchObject({
      code: 'SLOTS_UNSETTLED',
      message: expect.stringContaining(String(slot)),
    });
    // The test can fail: with the check taken out of the scripts the sums are wrong.
    const naive = new Shardfold(withoutAccounting(sf.link));
    expect(await answer(naive)).not.toBe(quiet);
  } finally {
    await nodes.begin(slot, from, to);
    await nodes.end(slot, from, to);
  }
  expect(await answer(sf)).toBe(quiet);
}, 60_000);

/** A slot of a primary that has two keys at least. */
async function fullSlot({ port, slots }: Primary): Promise<number | undefined> {
  for (const slot of slots) {
    if (Number(await nodes.ask(port, 'CLUSTER', 'COUNTKEYSINSLOT', slot)) > 1) return slot;
  }
  return undefined;
}

it('while a primary dies and comes back, and slots of the others move', async () => {
  const round = async (nth: number): Promise<void> => {
    await cluster.settled();
    const all = await nodes.primaries();
    const [dead, from, to] = [0, 1, 2].map((i) => all[(nth + i) % 3]) as [Primary, Primary, Primary];
    let back = false;
    const die = async (): Promise<void> => {
      await sleep(200);
      cluster.kill(dead.port);
      nodes.forget(dead.port);
      await nodes.replaced(dead, from.port);
      await sleep(500);
      await cluster.restart(dead.port);
      await cluster.settled();
      back = true;
    };
    const move = async (): Promise<void> => {
      for (let i = 0; !back; i++) await nodes.byHand(from, to, from.slots.slice(i, i + 1), 5);
    };
    await Promise.all([die(), move()]);
  };
  expect(await wrongAnswers(round)).toEqual([]);
}, 3_600_000);
