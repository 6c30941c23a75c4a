import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { decodeReply } from '../../src/functions/define/decode.js';
import { encodeCall } from '../../src/functions/define/encode.js';
import { t } from '../../src/functions/define/index.js';
import { deployLibrary } from '../../src/functions/deploy.js';
import { functionName } from '../../src/functions/library.js';
import { sharedUrl } from '../harness/cluster.js';
import { usersLibrary } from './users.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
});
afterAll(() => link.close());

it('x', async () => {
  const ret = t.record({
    s: t.string,
    n: t.array(t.number),
    b: t.bytes,
    m: t.map(t.integer),
    o: t.nullable(t.boolean),
  });
  const spec = { name: 'id', flags: ['no-writes'], keys: {}, args: { v: ret }, returns: ret } as const;
  const lib = usersLibrary({ id: spec }, { id: 'return args.v' });
  await deployLibrary(link, link.context(), lib);
  const v = {
    s: 'a\0ü',
    n: [1, -0, NaN, 0.1, Infinity, 5e-324],
    b: Buffer.from([0, 128, 255, 65]),
    m: { x: 1 },
    o: null,
  };
  const { args } = encodeCall(spec, {}, { v });
  const reply = await link.call(
    { key: 'a', command: ['FCALL_RO', functionName('id', lib), '0', ...args], readOnly: true, idempotent: true },
    link.context(),
  );
  expect(decodeReply(ret, reply, 'id')).toEqual(v);
});
