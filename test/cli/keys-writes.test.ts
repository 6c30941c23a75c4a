// shardfold update, delete and expire, as users run them.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCluster } from '../../src/cluster/connect.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { assignmentsOf, conditionOf } from '../../src/sql/assignments.js';
import { Keys } from '../engine/keys/writes-world.js';
import { runCli, shellWords, startCli } from '../harness/cli.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';

const single = testCluster({ shards: 1, clusterMode: false });
const url = () => sharedUrl(3);
const run = (...args: string[]) => runCli([...args, '--url', url()]);
let link: ClusterLink;
let keys: Keys;
beforeAll(async () => {
  link = await connectCluster({ url: url() });
  keys = new Keys(link);
});
afterAll(() => link.close());

const COLUMNS = ['--columns', 'price float64, qty int32, "kind" utf8 field "Kind of it"'];

it('update: a dry run says what would be written, --apply writes it', async () => {
  const p = `{${uniquePrefix()}}`;
  await keys.set(`${p}:1`, { price: '2.5', qty: '4', 'Kind of it': 'a' });
  await keys.set(`${p}:2`, { price: 'x', qty: '4', 'Kind of it': 'b' });
  await keys.set(`${p}:3`, { price: '1', qty: '1', 'Kind of it': 'b' });
  await keys.send('SET', `${p}:4`, 'text');
  const command = [
    'update',
    `${p}:*`,
    ...COLUMNS,
    '--set',
    "Total = price * qty, note = upper('a')",
    '--set',
    'kind = NULL',
  ];
  const dry = await run(...command, '--where', 'qty > 2');
  expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining('nothing')]);
  expect(dry.stdout).toMatch(/^shard +matched +would be updated\n─+ .*\n127\.0\.0\.1:\d+ +1 +1\n/);
  expect(dry.stderr).toContain(
    '1 key with a value that is needed and cannot be read\n1 key of another type passed over\n',
  );
  expect(dry.stderr).toMatch(/\nkey +Total +note +kind\n─+.*\n\S+:1 +– → 10\.0 +– → A +a → –\n/);
  expect(dry.stderr).toMatch(/\nnothing was written \(counted in .*\); the same with --apply does it\n$/);
  expect(await keys.get(`${p}:1`)).toEqual({ price: '2.5', qty: '4', 'Kind of it': 'a' });
  const done = await run(...command, '--where', 'qty > 2', '--apply');
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/^shard +matched +updated\n/);
  expect(done.stderr).toMatch(/\n1 key updated in \S+ m?s, \S+ (k )?keys\/s\n$/);
  expect(await keys.get(`${p}:1`)).toEqual({ price: '2.5', qty: '4', Total: '10.0', note: 'A' });
  const json = await run('update', `${p}:*`, '--set', 'N = 1', '--apply', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ dryRun: false, matched: 3, written: 3, skipped: { otherType: 1 } });
  expect(await keys.get(`${p}:3`)).toMatchObject({ N: '1' });
  const more = ['update', `${p}:*`, ...COLUMNS, '--set', 'qty = qty + 1', '--apply'];
  expect((await run(...more, '--update-id', 'u')).code).toBe(0);
  expect((await run(...more, '--update-id', 'u')).stderr).toContain('3 keys had the marker of this update');
  expect(await keys.get(`${p}:3`)).toMatchObject({ qty: '2', 'sf:update:u': '1' });
  expect((await run('update', `${p}:*`, '--set', '"sf:update:u" = NULL', '--apply')).code).toBe(0);
  expect(await keys.get(`${p}:3`)).toEqual({ price: '1', qty: '2', 'Kind of it': 'b', N: '1' });
});

it('delete and expire', async () => {
  const p = `{${uniquePrefix()}}`;
  for (const i of [1, 2, 3]) await keys.set(`${p}:${i}`, { state: i === 3 ? 'new' : 'done' });
  await keys.send('EXPIRE', `${p}:1`, 50);
  const dry = await run('expire', `${p}:*`, '3600', '--where', 'ttl IS NULL');
  expect(dry.stdout).toMatch(/would be set to expire\n/);
  expect(dry.stderr).toMatch(/:2 +– → 3600\n/);
  expect((await run('expire', `${p}:*`, '3600', '--where', 'ttl IS NULL', '--apply')).code).toBe(0);
  expect(await keys.send('TTL', `${p}:1`)).toBeLessThanOrEqual(50);
  expect(await keys.send('TTL', `${p}:2`)).toBeGreaterThan(3000);
  const gone = await run('delete', `${p}:*`, '--columns', 'state utf8', '--where', "state = 'done'", '--apply');
  expect(gone.stderr).toMatch(/2 keys deleted in /);
  const left = await Promise.all([1, 2, 3].map((i) => keys.send('EXISTS', `${p}:${i}`)));
  expect(left).toEqual([0, 0, 1]);
  const none = await run('delete', `${p}:*`, '--where', 'memory > 1000000', '--json');
  expect(JSON.parse(none.stdout)).toMatchObject({ dryRun: true, matched: 0, written: 0, sample: [], shards: {} });
  expect(none.stderr).toBe(`1 key matches '${p}:*', and nothing is to be done: the condition holds for none\n`);
});

it('says what matched where nothing is to be written', async () => {
  const p = `{${uniquePrefix()}}`;
  const nothing = await run('expire', `${p}:*`, '5', '--apply');
  expect(nothing).toEqual({ code: 0, stdout: '', stderr: `no key matches '${p}:*'\n` });
  for (const i of [1, 2]) await keys.send('SET', `${p}:${i}`, 'text');
  await keys.send('RPUSH', `${p}:3`, 'text');
  const others = await run('update', `${p}:*`, '--set', 'a = 1');
  const stderr = `3 keys match '${p}:*', none is a hash: string 2, list 1\n`;
  expect(others).toEqual({ code: 0, stdout: '', stderr });
  const q = `${p}:of`;
  for (const i of [1, 2, 3]) await keys.set(`${q}:${i}`, { price: String(i) });
  await keys.send('SET', `${q}:4`, 'text');
  const update = ['update', `${q}:*`, '--columns', 'price float64', '--set', 'a = 1', '--where'];
  expect((await run(...update, 'price > 20')).stderr).toBe(
    `4 keys match '${q}:*', and nothing is to be done: 3 hashes, the condition holds for none; 1 key of another type\n`,
  );
});

it('a hint of --columns can be pasted, and reads the field in the letters that were written', async () => {
  const p = `{${uniquePrefix()}}`;
  await keys.set(`${p}:1`, { Net: '1.5', "it's, so": '2' });
  for (const [set, shown] of [
    ['region = Net', `--columns 'Net float64'`],
    [`region = "it's, so"`, `--columns '"it'\\''s, so" float64'`],
  ] as const) {
    const command = ['update', `${p}:*`, '--set', set];
    const { code, stderr } = await run(...command);
    expect([code, stderr]).toEqual([1, expect.stringContaining(shown)]);
    expect(await run(...command, ...shellWords(shown), '--apply')).toMatchObject({ code: 0 });
    expect(await keys.get(`${p}:1`)).toMatchObject({ region: set.includes('Net') ? '1.5' : '2.0' });
  }
});

it('refuses what it is told wrong, before it connects', async () => {
  const nowhere = ['--url', 'redis://127.0.0.1:1'];
  const refused = [
    [['update', 'x:*'], "required option '--set"],
    [['update', 'x:*', '--set', 'a = prce', ...COLUMNS], 'did you mean "price"?'],
    [['update', 'x:*', '--set', 'total = balance * 2'], "memory; a field is read by --columns 'balance float64'\n"],
    [['update', 'x:*', '--set', 'qty = qty + 1', ...COLUMNS], 'twice: --update-id prices-2024-05\n'],
    [['update', 'x:*', '--set', 'a = 1', '--columns', 'price floaty'], 'floaty'],
    [['expire', 'x:*', '0'], 'A number of seconds above 0 is needed'],
    [['delete', 'x:*', '--where', 'score > 1'], 'error UNKNOWN_COLUMN'],
  ] as const;
  for (const [args, message] of refused) {
    const { code, stderr } = await runCli([...args, ...nowhere]);
    expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(message)]);
  }
});

it('SQL of assignments and conditions', async () => {
  const columns = [
    { name: 'price', type: 'float64' },
    { name: 'Qty', type: 'int32' },
    { name: 'qTy', type: 'int32' },
  ] as const;
  const now = new Date();
  const names = async (text: string) => (await assignmentsOf(text, columns, now)).map(({ name }) => name);
  expect(await names('PRICE = 1, lastName = 2, "Last Name" = 3, "Qty" = price * 2')).toEqual([
    'price',
    'lastName',
    'Last Name',
    'Qty',
  ]);
  const cases: readonly (readonly [Promise<unknown>, string, RegExp])[] = [
    [names('a = 1 WHERE price > 2'), 'SQL_UNSUPPORTED', /anything but SET/],
    [names('a = 1; DROP TABLE x'), 'SQL_UNSUPPORTED', /more than one statement/],
    [names('a = (SELECT 1)'), 'SQL_UNSUPPORTED', /subquery/],
    [names('a.b = 1'), 'SQL_UNSUPPORTED', /part of a value/],
    [names('a = DEFAULT'), 'SQL_UNSUPPORTED', /not supported/],
    [names('a ='), 'SQL_SYNTAX', /line 1, column/],
    [names('qty = 1'), 'SQL_SYNTAX', /may mean Qty or qTy/],
    [names("a = price + 'x'"), 'TYPE_MISMATCH', /line 1, column/],
    [names('a = sum(price)'), 'SQL_SYNTAX', /SET/],
    [conditionOf('price', columns, now), 'TYPE_MISMATCH', /WHERE needs a condition/],
    [conditionOf('price > 1 LIMIT 3', columns, now), 'SQL_UNSUPPORTED', /anything but WHERE/],
    [conditionOf('price > 1 UNION SELECT 1', columns, now), 'SQL_UNSUPPORTED', /anything but WHERE/],
    [conditionOf('price > 1 FOR UPDATE', columns, now), 'SQL_UNSUPPORTED', /anything but WHERE/],
    [conditionOf('pr > 1', columns, now), 'UNKNOWN_COLUMN', /^(?!.*DELETE)/s],
  ];
  await expect(conditionOf('"Is it" > 1', columns, now)).rejects.toMatchObject({
    hint: expect.stringContaining(`a field is read by --columns '"Is it" float64'`),
  });
  for (const [work, code, message] of cases) {
    await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  }
});

it('Ctrl-C prints what to go on with', async () => {
  const own = await connectCluster({ url: single.url });
  try {
    const context = own.context();
    const node = own.nodes()[0]?.id as string;
    const names = ['n:1', 'n:2', 'n:3'];
    const here = new Keys(own);
    await here.setAll(new Map(names.map((name) => [name, { n: '1' }])));
    const command = [
      'update',
      'n:*',
      '--columns',
      'n int32',
      '--set',
      'n = n + 1, at = now()',
      '--update-id',
      'u',
      '--apply',
    ];
    const args = [...command, '--url', single.url];
    // Whoever writes waits.
    await own.callNode(node, ['CLIENT', 'PAUSE', '100000', 'WRITE'], context);
    const child = startCli(args);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.end();
    const closed = once(child, 'close');
    for (;;) {
      const list = String(await own.callNode(node, ['CLIENT', 'LIST'], context, true));
      if (/ cmd=eval(sha)? /.test(list)) break;
      await sleep(20);
    }
    child.kill('SIGINT');
    expect((await closed)[0]).toBe(130);
    expect(stderr).toMatch(/^error ABORTED: interrupted: what was written stays\n/);
    const token = /the same command with --resume (\S+)\n$/.exec(stderr)?.[1] ?? '';
    await own.callNode(node, ['CLIENT', 'UNPAUSE'], context);
    expect((await runCli([...args, '--resume', token])).code).toBe(0);
    expect([...(await here.getAll(names)).values()].map(({ n }) => n)).toEqual(['2', '2', '2']);
    const wrong = await runCli(['update', 'n:*', '--set', 'm = 1', '--resume', token, '--url', single.url]);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('resume is of another job') });
    const bySlot = await runCli(['keys', 'n:*', '--by', 'slot', '--url', single.url]);
    expect(bySlot).toMatchObject({ code: 0, stderr: expect.stringContaining('no cluster mode') });
  } finally {
    await own.close();
  }
});

it('--help shows examples', async () => {
  for (const name of ['update', 'delete', 'expire']) {
    const { code, stdout } = await runCli([name, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Examples:\n {2}\$ shardfold/)]);
  }
});
