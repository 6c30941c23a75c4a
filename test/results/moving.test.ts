// Slots move while results are written in the shards, and while they are streamed: every result is right.
import { setTimeout as sleep } from 'node:timers/promises';
import { col, connect } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { testCluster } from '../harness/cluster.js';
import { moveSlot } from '../storage/move-slot.js';

const cluster = testCluster({ shards: 3 });
const ROWS = 2000;

it('writes and streams rightly while the slots of the chunks move', async () => {
  const sf = await connect({ url: cluster.url });
  try {
    const x = Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? null : i));
    await sf.createTable('t', { x, s: x.map((value) => `${value}`) }, { chunkRows: 100, types: { x: 'int64' } });
    const { chunks } = await openTable(sf.link, 't', sf.link.context());
    let [done, moved] = [false, 0];
    const mover = (async () => {
      while (!done) {
        await moveSlot(sf.link, chunks[moved++ % chunks.length]?.slot as number);
        await sleep(1);
      }
    })();
    const work = (async () => {
      const query = sf.table('t').select('s', col('x').add(0.5).as('half'), col('x').mul(2).as('x'));
      for (let round = 1; round <= 6; round++) {
        const { receipt } = await query.into('made', { mode: 'replace', graceMs: 0 });
        expect(receipt.written).toMatchObject({ way: 'shards', rows: ROWS });
        let at = 0;
        for await (const batch of sf.table('made').stream()) {
          for (const row of batch) {
            const value = x[at++] ?? null;
            const half = value === null ? null : value + 0.5;
            expect(row).toEqual({ s: `${value}`, half, x: value === null ? null : value * 2 });
          }
        }
        expect(at).toBe(ROWS);
      }
    })().finally(() => {
      done = true;
    });
    await Promise.all([work, mover]);
    expect(moved).toBeGreaterThan(2);
    expect((await fsck(sf.link, { graceMs: 0 }, sf.link.context())).findings).toEqual([]);
  } finally {
    await sf.close();
  }
}, 120_000);
