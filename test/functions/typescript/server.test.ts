/** Compiled functions use what servers bring along. */
import { connectCluster } from '../../../src/cluster/connect.js';
import { tagForSlot } from '../../../src/cluster/slots.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { callBuilt } from '../../../src/functions/callers.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { buildSources } from './library.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
});
afterAll(() => link.close());

it('commands, struct, bit and cjson', async () => {
  const library = await buildSources('server');
  const prefix = `${uniquePrefix()}:{${tagForSlot(1)}}`;
  const keys = { board: `${prefix}:board`, other: `${prefix}:other` };
  const call = (player: string, score: number) =>
    callBuilt(link, library, 'board', keys, { player, score }, { idempotent: false }, link.context());
  await call('ann', 0.1);
  await call('bob', 7);
  expect(await call('ann', 0.2)).toEqual({
    total: 0.1 + 0.2,
    top: ['bob', 'ann'],
    absent: null,
    failed: 'WRONGTYPE Operation against a key holding the wrong kind of value',
    packed: Buffer.from('343333333333d33f07000000', 'hex'),
    unpacked: [0.1 + 0.2, 7, 4, 12],
    bits: 12,
    json: '{"player":"ann"}',
    status: 'OK',
    found: ['x', 'x'],
    numbers: ['0.1', String(0.2 / 3), 'NaN', '1e-7', '1e+21', '-0.5', String(0.2 / 3)],
  });
});
