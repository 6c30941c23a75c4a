// Writes over keys: against a model, twice over, interrupted and gone on with, and what is refused.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { col, lit } from '../../../src/expr/expr.js';
import { HashesQuery, KeysQuery } from '../../../src/query/keys-query.js';
import * as sources from '../../../src/query/keys.js';
import type { HashSchema } from '../../../src/query/keys-types.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';

let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
});
afterAll(() => link.close());

const hashes = (pattern: string, schema: HashSchema, options?: { strict: boolean }): HashesQuery<Record<string, unknown>> =>
  new HashesQuery(link, { kind: 'keys', source: sources.hashesSource(pattern, schema, options) });

function send(key: string, ...command: string[]): Promise<unknown> {
  return link.call({ key, command: [command[0] as string, key, ...command.slice(1)], readOnly: false, idempotent: true }, link.context());
}

async function hash(key: string): Promise<Record<string, string>> {
  const flat = (await send(key, 'HGETALL')) as Buffer[];
  const result: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) result[String(flat[i])] = String(flat[i + 1]);
  return result;
}

it('sets, computes and removes fields', async () => {
  const p = uniquePrefix();
  await send(`${p}:1`, 'HSET', 'price', '2.5', 'qty', '4', 'old', 'x');
  await send(`${p}:2`, 'HSET', 'price', '0.1', 'qty', '3');
  await send(`${p}:3`, 'HSET', 'price', 'abc', 'qty', '3', 'old', 'y');
  await send(`${p}:4`, 'SET', 'text');
  const query = hashes(`${p}:*`, { price: 'float64', qty: 'int32' }).filter(col('qty').gt(2));
  const columns = { total: col('price').mul(col('qty')), note: lit('x'), old: null };
  const dry = await query.update(columns, { dryRun: true });
  expect(dry).toMatchObject({ dryRun: true, matched: 2, written: 2, skipped: { unparsable: 1, otherType: 1 } });
  expect(dry.sample).toHaveLength(2);
  expect(await hash(`${p}:1`)).toEqual({ price: '2.5', qty: '4', old: 'x' });
  const done = await query.update(columns);
  expect(done).toMatchObject({ dryRun: false, matched: 2, written: 2, skipped: { unparsable: 1, otherType: 1 } });
  expect(done.sample).toBeUndefined();
  expect(await hash(`${p}:1`)).toEqual({ price: '2.5', qty: '4', total: '10.0', note: 'x' });
  expect(await hash(`${p}:2`)).toEqual({ price: '0.1', qty: '3', total: '0.30000000000000004', note: 'x' });
  expect(await hash(`${p}:3`)).toEqual({ price: 'abc', qty: '3', old: 'y' });
  expect(await query.update(columns)).toMatchObject({ matched: 2, written: 0, skipped: { unchanged: 2 } });
  console.log(JSON.stringify(dry, null, 1));
});
it('keys', async () => {
  const p = uniquePrefix();
  await send(`${p}:1`, 'SET', 'x');
  await send(`${p}:2`, 'ZADD', '1', 'x');
  const keys = new KeysQuery(link, { kind: 'keys', source: sources.keysSource(`${p}:*`) });
  const e = await keys.filter(col('ttl').isNull()).expire(100);
  expect(e).toMatchObject({ matched: 2, written: 2 });
  expect(await send(`${p}:1`, 'PTTL')).toBeGreaterThan(90_000);
  const z = new KeysQuery(link, { kind: 'keys', source: sources.zsetSource(`${p}:*`) });
  expect(await z.delete()).toMatchObject({ matched: 1, written: 1, skipped: { otherType: 1 } });
  expect(await send(`${p}:2`, 'EXISTS')).toBe(0);
  expect(await send(`${p}:1`, 'EXISTS')).toBe(1);
});
