/** Slots move while vectors are read and updated: every result is right. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { testCluster } from '../harness/cluster.js';
import { moveSlot } from '../storage/move-slot.js';

const cluster = testCluster({ shards: 3 });

it('adds, scales and multiplies rightly while the slots of the chunks move', async () => {
  const sf = await connect({ url: cluster.url });
  try {
    const x = await sf.vector('x').set(new Float64Array(1000).fill(1), { chunkRows: 100 });
    const y = await sf.vector('y').set(new Float64Array(1000), { chunkRows: 100, alignWith: x });
    const { chunks } = await openTable(sf.link, 'x', sf.link.context());
    let [done, moved] = [false, 0];
    const mover = (async () => {
      while (!done) {
        await moveSlot(sf.link, chunks[moved++ % chunks.length]?.slot as number);
        await sleep(1);
      }
    })();
    const work = (async () => {
      for (let round = 1; round <= 12; round++) {
        await y.axpy(1, x, y, { graceMs: 0 });
        expect(await y.dot(x)).toBe(1000 * round);
        expect(await y.norm()).toBe(Math.sqrt(1000 * round * round));
        expect(await y.gather([999, 0])).toEqual(Float64Array.of(round, round));
      }
      const sums = await x.cumsum('sums');
      expect(await sums.get()).toEqual(Float64Array.from({ length: 1000 }, (_, i) => i + 1));
      expect(await sums.argMax()).toBe(999);
      await y.scale(0.5);
      expect(await y.get()).toEqual(new Float64Array(1000).fill(6));
    })().finally(() => {
      done = true;
    });
    await Promise.all([work, mover]);
    expect(moved).toBeGreaterThan(2);
  } finally {
    await sf.close();
  }
}, 120_000);
