// Slots move while tables are written, read, checked and collected: every read is exact.
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink, NodeInfo, Reply } from '../../src/cluster/types.js';
import { dropTable, openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { testCluster } from '../harness/cluster.js';
import { moveSlot } from './move-slot.js';
import { readRows, rowsFrom, write } from './tables.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const on = (node: NodeInfo, ...command: string[]): Promise<Reply> => link.callNode(node.id, command, link.context());
const primaries = () => link.nodes().filter(({ role }) => role === 'primary');

it('writes, reads, checks and collects exactly while the slots of its chunks move', async () => {
  const first = await write(link, 'moving', rowsFrom(0, 200));
  let done = false;
  let moved = 0;
  const mover = (async () => {
    while (!done) {
      const chunk = first.chunks[moved++ % first.chunks.length];
      if (chunk) await moveSlot(link, chunk.slot);
    }
  })();
  const work = (async () => {
    for (let round = 1; round <= 8; round++) {
      const mode = round % 3 === 0 ? 'append' : 'replace';
      await write(link, 'moving', rowsFrom(0, 190 + round), { mode, graceMs: 0 });
      const snapshot = await openTable(link, 'moving', link.context());
      const expected =
        mode === 'append' ? [...rowsFrom(0, 189 + round), ...rowsFrom(0, 190 + round)] : rowsFrom(0, 190 + round);
      expect(await readRows(link, snapshot)).toEqual(expected);
      expect((await fsck(link, { repair: true, graceMs: 0 }, link.context())).findings).toEqual([]);
    }
  })().finally(() => {
    done = true;
  });
  await Promise.all([work, mover]);
  expect(moved).toBeGreaterThan(3);
  await dropTable(link, 'moving', link.context());
  await fsck(link, { repair: true, graceMs: 0 }, link.context());
  const left = await Promise.all(primaries().map((node) => on(node, 'DBSIZE')));
  expect(left.map(Number)).toEqual([0, 0, 0]);
}, 120_000);
