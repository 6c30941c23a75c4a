import { connectCluster } from '../../../src/cluster/connect.js';
import type { CallContext, ClusterLink, KeyedCall, NodeInfo } from '../../../src/cluster/types.js';
import { ShardfoldError } from '../../../src/errors.js';
import { deployLibrary } from '../../../src/functions/deploy.js';
import { exportFunctions } from '../../../src/functions/release/export.js';
import { type ExportFile, parseExport } from '../../../src/functions/release/export-file.js';
import { recordKey } from '../../../src/functions/release/record.js';
import { takeLease } from '../../../src/functions/release/record-write.js';
import { restoreFunctions } from '../../../src/functions/release/restore.js';
import { planRestore, type RestoreOptions } from '../../../src/functions/release/restore-plan.js';
import { restoreRecords } from '../../../src/functions/release/restore-records.js';
import { testCluster } from '../../harness/cluster.js';
import { sampleLibrary } from '../sample.js';
import { through } from './gate.js';
import { byHand, flushAll, listings, onNode, primariesOf } from './servers.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const sample = sampleLibrary();
const exported = () => exportFunctions(link, link.context());
const plan = (file: ExportFile, options: RestoreOptions = {}) => planRestore(link, file, options, link.context());
const restore = async (file: ExportFile, options: RestoreOptions = {}) =>
  restoreFunctions(link, await plan(file, options), 'ann', link.context());
const everywhere = async (code: string | Buffer) => {
  for (const node of primariesOf(link)) await onNode(link, node, 'FUNCTION', 'LOAD', 'REPLACE', code);
};
const record = (...command: string[]) =>
  link.call(
    {
      key: recordKey,
      command: [command[0] as string, recordKey, ...command.slice(1)],
      readOnly: false,
      idempotent: true,
    },
    link.context(),
  );

beforeEach(async () => {
  await flushAll(link);
  await link.call({ key: recordKey, command: ['DEL', recordKey], readOnly: false, idempotent: true }, link.context());
});

/** As a file: through JSON. */
const written = (file: ExportFile): ExportFile => parseExport(JSON.stringify(file), 'backup.json');

it('brings back, byte by byte, what all shards held before they were flushed', async () => {
  await deployLibrary(link, link.context(), sample);
  await everywhere(byHand('theirs', 'their_function', 'return "äöü"').replace('name=theirs', ' name="theirs" '));
  // Latin-1 in a comment: no UTF-8.
  const odd = Buffer.concat([Buffer.from(byHand('odd', 'odd_function')), Buffer.from([0x2d, 0x2d, 0xe9, 0x0a])]);
  await everywhere(odd);
  await record(
    'HSET',
    'head:shop',
    '1',
    'release:shop:1',
    '{"project":"shop","libraries":[]}',
    'code:abc',
    '\u00e9',
    'lease:shop',
    '{}',
  );
  const before = await listings(link);
  const file = written(await exported());
  expect(file.libraries.map(({ name, nodes }) => [name, nodes])).toEqual([
    ['odd', undefined],
    [sample.name, undefined],
    ['theirs', undefined],
  ]);
  expect(file.libraries[0]?.code).toEqual({ base64: odd.toString('base64') });
  expect(file.nodes).toEqual(primariesOf(link).map(({ address }) => address));
  expect(Object.keys(file.records?.fields ?? {})).toEqual(['code:abc', 'head:shop', 'release:shop:1']);

  await flushAll(link);
  await record('HDEL', 'head:shop', 'release:shop:1', 'code:abc', 'lease:shop');
  const { rows, records, bases } = await plan(file);
  expect(bases).toEqual([{ project: 'shop', base: 0 }]);
  expect(rows.map(({ action }) => action)).toEqual(Array(9).fill('add'));
  expect(records).toMatchObject({ action: 'add', releases: 1, projects: ['shop'] });
  await restore(file);
  expect(await listings(link)).toEqual(before);
  expect((await exported()).records).toEqual(file.records);
  // Once more changes nothing.
  expect(await plan(file)).toMatchObject({ changes: false, records: { action: 'in step' } });
});

it('records how nodes differ, and restores one state to all of them', async () => {
  const [first, second, third] = primariesOf(link) as [NodeInfo, NodeInfo, NodeInfo];
  await onNode(link, first, 'FUNCTION', 'LOAD', byHand('a', 'a_function', 'return 1'));
  await onNode(link, second, 'FUNCTION', 'LOAD', byHand('a', 'a_function', 'return 2'));
  await onNode(link, third, 'FUNCTION', 'LOAD', byHand('b', 'b_function'));
  const file = written(await exported());
  expect(file.libraries.map(({ name, nodes }) => [name, nodes])).toEqual([
    ['a', [first.address]],
    ['a', [second.address]],
    ['b', [third.address]],
  ]);
  await expect(plan(file)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: `the nodes in the file differ: library a was not the same on all nodes (${first.address} | ${second.address})`,
  });
  await expect(plan(file, { node: 'nowhere:1' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await flushAll(link);
  await restore(file, { node: second.address });
  const [one, ...others] = await listings(link);
  expect(one).toContain('return 2');
  expect(others).toEqual([one, one]);
});

it('refuses to replace what is there unless it is told to', async () => {
  await everywhere(byHand('a', 'a_function', 'return 1'));
  await record('HSET', 'head:shop', '1', 'release:shop:1', '{"project":"shop","libraries":[]}');
  const file = await exported();
  await everywhere(byHand('a', 'a_function', 'return 2'));
  await record('HSET', 'head:shop', '2', 'release:shop:2', '{"project":"shop","libraries":[]}', 'code:old', 'x');
  await expect(plan(file)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/library a is there with other code\n.*other release records/),
    hint: expect.stringContaining('--replace'),
  });
  const changed = await listings(link);
  expect(changed[0]).toContain('return 2');
  await restore(file, { replace: true });
  expect((await listings(link))[0]).toContain('return 1');
  expect((await exported()).records).toEqual(file.records);
});

it('refuses names of functions that another library holds, even with replace', async () => {
  await everywhere(byHand('a', 'a_function'));
  const file = await exported();
  await flushAll(link);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  await onNode(link, second, 'FUNCTION', 'LOAD', byHand('theirs', 'a_function'));
  await expect(plan(file, { replace: true })).rejects.toMatchObject({
    message: expect.stringContaining(`${second.address}: function a_function of a belongs to library theirs there`),
    hint: expect.stringContaining('FUNCTION DELETE'),
  });
});

it('moves a function from one library to another', async () => {
  await everywhere(byHand('a', 'one'));
  await everywhere(byHand('b', 'two'));
  const file = await exported();
  const before = await listings(link);
  await flushAll(link);
  await everywhere(byHand('a', 'two'));
  await everywhere(byHand('b', 'one'));
  await restore(file, { replace: true });
  expect(await listings(link)).toEqual(before);
});

it('changes nothing where one shard refuses, and names it', async () => {
  await everywhere(byHand('a', 'one', 'return 1'));
  await everywhere(byHand('b', 'two', 'return 1'));
  await everywhere(byHand('c', 'three'));
  const file = await exported();
  await flushAll(link);
  await everywhere(byHand('a', 'two', 'return 2'));
  await everywhere(byHand('b', 'one', 'return 2'));
  const before = await listings(link);
  const [, second] = primariesOf(link) as [NodeInfo, NodeInfo];
  for (const node of primariesOf(link)) {
    const rights = ['on', '>pw', '~*', '+@all', ...(node === second ? ['-function|load'] : [])];
    await onNode(link, node, 'ACL', 'SETUSER', 'half', 'reset', ...rights);
  }
  const half = await connectCluster({ url: cluster.url, username: 'half', password: 'pw' });
  try {
    const steps = await planRestore(half, file, { replace: true }, half.context());
    await expect(restoreFunctions(half, steps, 'ann', half.context())).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      shard: second.address,
      message: expect.stringMatching(/not restored \(every shard holds what it held before\)\n {2}.*NOPERM/),
    });
  } finally {
    await half.close();
  }
  // On the second shard the way back would be closed to this user, who may delete and not load again.
  expect(await listings(link)).toEqual(before);
});

it('fails where a shard does not answer: neither half an export nor half a restore', async () => {
  await everywhere(byHand('a', 'one', 'return 1'));
  const file = await exported();
  await flushAll(link);
  await everywhere(byHand('a', 'one', 'return 2'));
  const before = await listings(link);
  const steps = await plan(file, { replace: true });
  const [, , third] = primariesOf(link) as [NodeInfo, NodeInfo, NodeInfo];
  const port = Number(third.address.split(':')[1]);
  const patience = () => link.context({ timeoutMs: 500 });
  cluster.kill(port, 'SIGSTOP');
  try {
    await expect(exportFunctions(link, patience())).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining(third.address),
    });
    await expect(restoreFunctions(link, steps, 'ann', patience())).rejects.toMatchObject({
      code: 'DEPLOY_FAILED',
      message: expect.stringMatching(/restored \(every shard holds what it held before\)\n {2}.*no progress/),
      shard: third.address,
    });
    const interrupt = new AbortController();
    const restoring = restoreFunctions(link, steps, 'ann', link.context({ timeoutMs: 2000, signal: interrupt.signal }));
    const settled = expect(restoring).rejects.toMatchObject({ code: 'ABORTED' });
    interrupt.abort();
    await settled;
  } finally {
    cluster.kill(port, 'SIGCONT');
  }
  // What was sent to it meanwhile is taken back in the order in which it was sent.
  while ((await listings(link))[2] !== before[2]) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await listings(link)).toEqual(before);
});

it('may bring records back twice: the answer to the first time may have been lost', async () => {
  await record('HSET', 'head:shop', '1', 'release:shop:1', '{"project":"shop","libraries":[]}');
  const file = await exported();
  await record('HSET', 'head:shop', '2');
  const { records, bases } = await plan(file, { replace: true });
  const twice = () => restoreRecords(link, records.fields, { bases, token: 'token' }, link.context());
  // Only under the lease: who took it over may have brought other stable names.
  await expect(twice()).rejects.toMatchObject({ code: 'DEPLOY_IN_PROGRESS' });
  await takeLease({ link, project: 'shop', token: 'token', who: 'ann', leaseMs: 60_000 }, link.context());
  for (let i = 0; i < 2; i++) {
    await twice();
    expect((await exported()).records).toEqual(file.records);
  }
});

it('leaves the shards as they are where nobody can know whether the records came back', async () => {
  await everywhere(byHand('a', 'one'));
  await record('HSET', 'head:shop', '1', 'release:shop:1', '{"project":"shop","libraries":[]}');
  const file = await exported();
  await flushAll(link);
  await record('HDEL', 'head:shop', 'release:shop:1');
  const steps = await plan(file);
  // The script runs, and its answer is lost.
  const lossy = {
    ...through(link, () => undefined),
    call: async (command: KeyedCall, context: CallContext) => {
      const reply = await link.call(command, context);
      if (/^-- Brings the records/.test(String(command.command[1]))) throw new ShardfoldError('TIMEOUT', 'no progress');
      return reply;
    },
  };
  await expect(restoreFunctions(lossy, steps, 'ann', link.context())).rejects.toMatchObject({
    code: 'DEPLOY_FAILED',
    message: expect.stringMatching(/running it again settles it\)\n {2}no progress/),
  });
  expect(await plan(file)).toMatchObject({ changes: false, records: { action: 'in step' } });
});

it('waits for nobody who deploys, and leaves everything as it was', async () => {
  await everywhere(byHand('a', 'one'));
  await record('HSET', 'head:shop', '1', 'release:shop:1', '{"project":"shop","libraries":[]}');
  const file = await exported();
  await flushAll(link);
  await record('HDEL', 'head:shop', 'release:shop:1');
  await record(
    'HSET',
    'lease:shop',
    JSON.stringify({ token: 'x', who: 'bob', since: 1, expires: Date.now() + 60_000 }),
  );
  await expect(restore(file)).rejects.toMatchObject({
    code: 'DEPLOY_IN_PROGRESS',
    message: expect.stringContaining('bob'),
  });
  expect((await listings(link)).join('')).toBe('');
  await record('HDEL', 'lease:shop');

  // Somebody makes a release between the look and the deed.
  const steps = await plan(file);
  await record('HSET', 'head:shop', '7');
  await expect(restoreFunctions(link, steps, 'ann', link.context())).rejects.toMatchObject({
    code: 'DEPLOY_IN_PROGRESS',
    message: expect.stringContaining('somebody made a release of shop meanwhile'),
  });
  expect((await listings(link)).join('')).toBe('');
  expect((await exported()).records?.fields).toEqual({ 'head:shop': '7' });
});

it.each([
  ['{', 'it is not JSON'],
  ['{"format":"other"}', 'it was not written by "shardfold export"'],
  ['{"format":"shardfold-functions","version":9}', 'has version 9'],
  ['{"format":"shardfold-functions","version":1,"nodes":[],"libraries":[{}],"records":null}', 'libraries[0]'],
  ['{"format":"shardfold-functions","version":1,"nodes":[],"libraries":[],"records":1}', '"records"'],
  [
    '{"format":"shardfold-functions","version":1,"nodes":[],"libraries":[{"name":"a","functions":[],"code":"#!lua name=b\\n"}],"records":null}',
    'the code of library a names itself b',
  ],
])('refuses the file %s', (text, problem) => {
  expect(() => parseExport(text, 'backup.json')).toThrow(problem);
});
