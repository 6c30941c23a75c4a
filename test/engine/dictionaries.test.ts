// Dictionaries are kept by the process: what one query asked for serves another, but no query's end becomes another's.
import { waitUnder } from '../../src/cluster/context.js';
import { col, connect, count, Shardfold } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { chunkKeys } from '../../src/storage/keys.js';
import type { ChunkMeta } from '../../src/storage/types.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';
import { linkWith } from '../harness/oracle/links.js';

let sf: Shardfold;
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(1), prefix: uniquePrefix() });
});
afterAll(() => sf.close());

const groups = (of: Shardfold, name: string) =>
  of
    .table(name)
    .groupBy('s')
    .agg({ n: count(), most: col('s').max() });
const answer = [
  { s: 'a', n: 2, most: 'a' },
  { s: 'b', n: 1, most: 'b' },
];

/** Makes a table; gives the key of its dictionary. */
async function make(name: string): Promise<string> {
  await sf.createTable(name, { s: ['a', 'b', 'a'] });
  const snapshot = await openTable(sf.link, name, sf.link.context());
  return chunkKeys(snapshot, snapshot.chunks[0] as ChunkMeta, 0).dictionary as string;
}

/** A connection on which the value of a key never arrives; `asked` resolves when it is asked for. */
function stuck(key: string) {
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const link = linkWith(sf.link, (call, next, context) => {
    if (call.command[1] !== key) return next();
    tell();
    return waitUnder(context, new Promise<never>(() => undefined), () => 'a dictionary');
  });
  return { sf: new Shardfold(link), asked };
}

it('a query that waits for the dictionary of an aborted one asks for it itself', async () => {
  const controller = new AbortController();
  const first = stuck(await make('shared'));
  const aborted = groups(first.sf, 'shared').collect({ signal: controller.signal, side: 'shards' });
  aborted.catch(() => undefined);
  await first.asked;
  const others = [groups(sf, 'shared').collect(), groups(sf, 'shared').collect()];
  await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  for (const other of await Promise.all(others)) expect([...other]).toEqual(answer);
});

it('a query that waits for the dictionary of a slow one keeps its own deadline and signal', async () => {
  const controller = new AbortController();
  const first = stuck(await make('slow'));
  const endless = groups(first.sf, 'slow').collect({ signal: controller.signal, side: 'shards' });
  endless.catch(() => undefined);
  await first.asked;
  await expect(groups(sf, 'slow').collect({ timeout: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  const own = new AbortController();
  const waiting = groups(sf, 'slow').collect({ signal: own.signal });
  setTimeout(() => own.abort(), 50);
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  controller.abort();
  await expect(endless).rejects.toMatchObject({ code: 'ABORTED' });
  expect([...(await groups(sf, 'slow').collect())]).toEqual(answer);
});

it('a dictionary is pulled once, however many queries need it', async () => {
  const key = await make('once');
  let pulled = 0;
  const link = linkWith(sf.link, (call, next) => {
    if (call.command[1] === key) pulled += 1;
    return next();
  });
  const watched = new Shardfold(link);
  const all = await Promise.all([1, 2, 3].map(() => groups(watched, 'once').collect({ side: 'shards' })));
  for (const each of all) expect([...each]).toEqual(answer);
  expect(pulled).toBe(1);
});
