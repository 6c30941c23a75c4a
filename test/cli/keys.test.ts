// `shardfold keys` and `shardfold schema`, as processes of their own, and `--schema` of those that take it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GroupingOptions, groupsOf, inOrder } from '../../src/cli/keys/groupings.js';
import { col, connect, type Query } from '../../src/index.js';
import { runCli } from '../harness/cli.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

const prefix = uniquePrefix();
const folder = mkdtempSync(join(tmpdir(), 'shardfold-keys-'));
beforeAll(async () => {
  const sf = await connect({ url: sharedUrl(3) });
  const work: Promise<unknown>[] = [];
  const send = (...command: readonly string[]) => {
    const [name = '', key = '', ...rest] = command;
    const words = [name, prefix + key, ...rest];
    work.push(
      sf.link.call({ key: prefix + key, command: words, readOnly: false, idempotent: true }, sf.link.context()),
    );
  };
  for (let i = 0; i < 30; i++) send('HSET', `:order:eu:${i}`, 'price', `${i}.5`, 'qty', String(i), 'Unit Price', '1');
  for (let i = 0; i < 10; i++)
    send('SET', `:doc:${i}`, JSON.stringify({ lines: [{ price: i }] }), 'EX', i < 5 ? '50' : '100000');
  send('SADD', ':tags', 'a', 'b');
  send('SET', ':big', 'x'.repeat(5000));
  await Promise.all(work);
  await sf.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) => runCli([...args, '--url', sharedUrl(3)]);
const lines = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trimEnd());

describe('keys', () => {
  it('by type, as a table whose total is said beside it', async () => {
    const { code, stdout, stderr } = await run('keys', `${prefix}*`, '--top', '2');
    expect([code, lines(stdout)]).toEqual([
      0,
      [
        'type keys share no expiry',
        '────────── ──── ────── ─────────',
        'hash 30 71.4 % 30',
        'string 11 26.2 % 1',
        '(1 others) 1 2.4 % 1',
      ],
    ]);
    expect(stderr).toBe('(42 keys, 32 without expiry)\n');
  });

  it('with what they take, as JSON', async () => {
    const weighed = await run('keys', `${prefix}*`, ...'--by prefix --depth 2 --memory --json --top 1'.split(' '));
    const { rows, groups, keys, bytes, receipt } = JSON.parse(weighed.stdout);
    expect({ groups, keys }).toEqual({ groups: 3, keys: 42 });
    const sizes = { bytes: expect.any(Number), largest: expect.any(Number) };
    expect(rows).toEqual([{ name: `${prefix}:*`, keys: 2, withoutExpiry: 2, ...sizes }]);
    expect(rows[0].largest).toBeGreaterThan(5000);
    expect(bytes).toBeGreaterThan(rows[0].bytes);
    expect(receipt.keys[0].keys.matched).toBe(42);
  });

  it('by shard, with how evenly they are filled', async () => {
    const { stdout, stderr } = await run('keys', `${prefix}*`, '--by', 'shard');
    const counts = lines(stdout)
      .slice(2)
      .map((line) => Number(line.split(' ')[1]));
    expect(counts.reduce((a, b) => a + b)).toBe(42);
    const skew = ((Math.max(...counts) * 3) / 42).toFixed(2);
    expect(stderr).toContain(`the fullest shard holds ${skew} times the mean of 3 shards\n`);
  });

  it('the biggest', async () => {
    const { stdout, stderr } = await run('keys', `${prefix}*`, '--biggest', '--no-expiry', '--top', '2');
    expect(lines(stdout)[2]).toMatch(new RegExp(`^${prefix}:big string 5\\.\\d kB never 127\\.0\\.0\\.1:\\d+$`));
    expect(lines(stdout)).toHaveLength(4);
    expect(stderr).toMatch(/^\(the 2 of \d+ keys that take the most memory\)\n$/);
  });

  it('no keys, and wrong usage', async () => {
    const none = await run('keys', `${prefix}none*`);
    expect([none.code, none.stdout]).toEqual([0, 'type  keys  share  no expiry\n']);
    const wrong = await run('keys', '');
    expect([wrong.code, wrong.stdout]).toEqual([1, '']);
    expect(wrong.stderr).toMatch(/the pattern is empty/);
  });

  it('groups of every kind', async () => {
    const sf = await connect({ url: sharedUrl(3) });
    const by = async (options: Partial<GroupingOptions>, keys: Query = sf.keys(`${prefix}*`)) => {
      const all: GroupingOptions = { by: 'prefix', depth: 1, delimiter: ':', memory: false, ...options };
      const groups = await groupsOf(keys, all, (query) => query.collect());
      return inOrder(groups, all).map(({ name, keys: count, withoutExpiry }) => [name, count, withoutExpiry]);
    };
    expect(await by({ depth: 3 })).toEqual([
      [`${prefix}:order:eu:*`, 30, 30],
      [`${prefix}:doc:*`, 10, 0],
      [`${prefix}:*`, 2, 2],
    ]);
    expect(await by({ delimiter: '/' })).toEqual([['(none)', 42, 32]]);
    expect(await by({ delimiter: ':order:' })).toEqual([
      [`${prefix}:order:*`, 30, 30],
      ['(none)', 12, 2],
    ]);
    expect(await by({ by: 'ttl' })).toEqual([
      ['within a minute', 5, 0],
      ['within a week', 5, 0],
      ['never', 32, 32],
    ]);
    const never = sf.keys(`${prefix}*`).filter(col('ttl').isNull());
    expect(await by({ by: 'ttl' }, never)).toEqual([['never', 32, 32]]);
    const slots = await by({ by: 'slot' });
    expect(slots.reduce((all, [, count]) => all + Number(count), 0)).toBe(42);
    await sf.close();
  });
});

describe('schema', () => {
  it('tells what keys hold', async () => {
    const { code, stdout, stderr } = await run('schema', `${prefix}:order:*`);
    expect([code, lines(stdout).slice(2).sort()]).toEqual([
      0,
      [
        expect.stringMatching(/^hashes Unit Price int64 100 % 1$/),
        expect.stringMatching(/^hashes price float64 100 % \d+\.5$/),
        expect.stringMatching(/^hashes qty int64 100 % \d+$/),
      ],
    ]);
    expect(stderr).toBe('(all 30 keys there: hashes 30)\n');
    const none = await run('schema', `${prefix}none*`);
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toMatch(/no key matches/);
  });

  it('as a file that statements take', async () => {
    const file = join(folder, 'keys.json');
    const { stdout, stderr } = await run('schema', `${prefix}:doc:*`, '--json');
    expect([JSON.parse(stdout), stderr]).toEqual([
      { [`${prefix}:doc:*`]: { kind: 'json', columns: { lines_0_price: { path: 'lines[0].price', type: 'int64' } } } },
      '',
    ]);
    const order = { kind: 'hashes', columns: { cost: { field: 'price', type: 'decimal(1)' } } };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(stdout), [`${prefix}:order:*`]: [order] }));
    const query = `SELECT sum(cost) AS cost, count(ttl) AS ttl FROM hashes('${prefix}:order:*')`;
    // A narrower pattern takes what is said of the wider one.
    const narrow = await run('sql', '--schema', file, '--csv', query.replace('order:*', 'order:eu:1?'));
    expect([narrow.stdout, narrow.code]).toEqual(['cost,ttl\n150.0,0\n', 0]);
    const exported = await run('export', '-', '--format', 'csv', '--schema', file, '--sql', query);
    expect(exported.stdout).toBe('cost,ttl\n450.0,0\n');
    expect((await run('explain', '--schema', file, query)).stdout).toMatch(/cost/);
    writeFileSync(file, '{');
    expect((await run('sql', '--schema', file, 'SELECT 1')).stderr).toMatch(/keys\.json is no JSON/);
  });
});

it('ends where the servers do not answer in time', async () => {
  const { code, stderr } = await run('keys', '--timeout', '1ms');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error (CONNECTION_FAILED|TIMEOUT)/)]);
});

describe('import --from-keys', () => {
  it('makes a table of hashes that pass a condition, and says what could not be read', async () => {
    const table = uniquePrefix();
    const columns = ['--columns', 'price float64, qty int32, "Unit Price" bool'];
    const made = await run(
      'import',
      '--from-keys',
      `${prefix}:order:*`,
      ...columns,
      '--where',
      'qty >= 20',
      '--table',
      table,
    );
    expect([made.code, lines(made.stdout).at(-2)]).toEqual([
      0,
      expect.stringMatching(`^${table} 10 rows in 1 chunk, `),
    ]);
    const sum = await run('sql', '--csv', `SELECT count(*), sum(price), min(key) FROM ${table}`);
    expect(sum.stdout).toBe(`count,sum,min\n10,250,${prefix}:order:eu:20\n`);
    await run('drop', table, '--yes');
  });

  it('takes columns from a sample, and nothing where there is none', async () => {
    const table = uniquePrefix();
    const made = await run('import', '--from-keys', `${prefix}:order:*`, '--table', table, '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({
      rows: 30,
      columns: expect.arrayContaining([expect.objectContaining({ name: 'Unit Price' })]),
    });
    const none = await run('import', '--from-keys', `${prefix}:nobody:*`, '--table', uniquePrefix());
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining(`hashes('${prefix}:nobody:*'`)]);
    const stray = await run('import', 'x.csv', '--table', table, '--where', 'a > 1');
    expect([stray.code, stray.stderr]).toEqual([1, expect.stringContaining('--where goes with --from-keys')]);
    await run('drop', table, '--yes');
  });
});
