// Writes over keys that are cut off and go on, whose replies are lost, while slots move, and where servers refuse.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { writeKeys } from '../../../src/engine/keys/write.js';
import type { KeysWritten, UpdateOptions } from '../../../src/engine/keys/write-types.js';
import { ShardfoldError } from '../../../src/errors.js';
import { col, lit } from '../../../src/expr/expr.js';
import { bindWrite } from '../../../src/plan/keys/write.js';
import * as sources from '../../../src/query/keys.js';
import { KeysQuery } from '../../../src/query/keys-query.js';
import type { HashSchema } from '../../../src/query/keys-types.js';
import { testCluster } from '../../harness/cluster.js';
import { Resharder } from '../../harness/keys/reshard.js';
import {
  type AnyHashes,
  type Fate,
  failure,
  fateful,
  hashesOn,
  inOneSlot,
  Keys,
  keysOn,
  prefix,
} from './writes-world.js';

const cluster = testCluster({ shards: 3 });
const single = testCluster({ shards: 1, clusterMode: false });
let link: ClusterLink;
let keys: Keys;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  keys = new Keys(link);
});
afterAll(() => link.close());

const hashes = (pattern: string, schema: HashSchema, on = link, strict = false): AnyHashes =>
  hashesOn(on, pattern, schema, strict);
const over = (source: ReturnType<typeof sources.keysSource>, on = link) => keysOn(on, source);

describe('cut off, and gone on with', () => {
  const COUNT = 400;
  /** Hashes on all shards with n = 1, …, and what they are after n = n + 1. */
  async function counters(p: string): Promise<{ after: Map<string, string>; names: string[] }> {
    const names = Array.from({ length: COUNT }, (_, i) => `${p}${i}`);
    await keys.setAll(new Map(names.map((name, i) => [name, { n: String(i) }])));
    return { names, after: new Map(names.map((name, i) => [name, String(i + 1)])) };
  }

  async function numbers(names: readonly string[]): Promise<Map<string, string>> {
    return new Map([...(await keys.getAll(names))].map(([key, { n }]) => [key, String(n)]));
  }

  /** Runs a job again and again, each time with other fates, until it comes to its end. */
  async function untilDone(
    run: (on: ClusterLink, resume: string | undefined) => Promise<KeysWritten>,
    fates: (attempt: number) => (call: number) => Fate,
  ): Promise<{ attempts: number; last: KeysWritten }> {
    let resume: string | undefined;
    for (let attempt = 0; attempt < 500; attempt++) {
      try {
        return { attempts: attempt + 1, last: await run(fateful(link, fates(attempt)), resume) };
      } catch (error) {
        if (!(error instanceof ShardfoldError) || error.resume === undefined) throw error;
        expect(error.message).toMatch(/at least .* written before, and stay so$/);
        resume = error.resume;
      }
    }
    throw new Error('never done');
  }

  /** Each attempt makes a few calls; the next one arrives, but its reply does not. */
  const cutting =
    (attempt: number) =>
    (call: number): Fate =>
      call < 1 + (attempt % 3) ? 'pass' : 'cut';
  const schema: HashSchema = { n: 'int32' };
  const more = { n: col('n').add(1) };

  it('an update with an id is done once, wherever it is cut off, and whichever replies are lost', async () => {
    const p = prefix();
    const { names, after } = await counters(p);
    const options = (resume: string | undefined): UpdateOptions => ({ updateId: 'cut', ...(resume && { resume }) });
    const { attempts } = await untilDone(
      (on, resume) => hashes(`${p}*`, schema, on).update(more, options(resume)),
      cutting,
    );
    expect(attempts).toBeGreaterThan(3);
    expect(await numbers(names)).toEqual(after);
    const again = await hashes(`${p}*`, schema).update(more, options(undefined));
    expect(again).toMatchObject({ written: 0, skipped: { already: COUNT } });
    const losing = fateful(link, (call) => (call % 2 === 0 ? 'lost' : 'pass'));
    const lost = await hashes(`${p}*`, schema, losing).update(more, { updateId: 'lost' });
    expect(lost.receipt.retries).toBeDefined();
    expect(await numbers(names)).toEqual(new Map([...after].map(([key, n]) => [key, String(Number(n) + 1)])));
    // Without the marker the same comes to something else: the test can fail.
    const query = hashes(`${p}*`, schema, losing);
    const write = bindWrite(
      query.plan,
      { do: 'update', columns: [{ name: 'n', node: more.n.node }], updateId: 'twin' },
      'sf',
    );
    if (write.action.do !== 'update') throw new Error('no update');
    const twin = { ...write, action: { ...write.action, marker: undefined } };
    await writeKeys({ link: losing, context: link.context(), options: {} }, twin);
    const [first = '', ...others] = (await numbers(names)).values();
    expect([first, ...others].filter((n, i) => Number(n) !== i + 3).length).toBeGreaterThan(0);
  });

  it('an update of other fields, expiry and deletion need no id', async () => {
    const p = prefix();
    const { names } = await counters(p);
    const double = { d: col('n').mul(2), s: lit('s') };
    const resuming = (resume: string | undefined) => (resume === undefined ? {} : { resume });
    await untilDone((on, resume) => hashes(`${p}*`, schema, on).update(double, resuming(resume)), cutting);
    const fields = await keys.getAll(names);
    expect([...fields.values()]).toEqual(names.map((_, i) => ({ n: String(i), d: String(2 * i), s: 's' })));
    await untilDone((on, resume) => over(sources.keysSource(`${p}*`), on).expire(1000, resuming(resume)), cutting);
    const times = new Set(await Promise.all(names.map((name) => keys.send('PEXPIRETIME', name))));
    expect(times.size).toBe(1);
    expect(Number([...times][0]) - Date.now()).toBeGreaterThan(900_000);
    const even = hashes(`${p}*`, schema).filter(col('n').mod(2).eq(0));
    await untilDone((on, resume) => new KeysQuery(on, even.plan).delete(resuming(resume)), cutting);
    const left = [...(await keys.getAll(names)).entries()].filter(([, { n }]) => n !== undefined).map(([key]) => key);
    expect(left).toEqual(names.filter((_, i) => i % 2 === 1));
  });

  it('stops where it is told to, and leaves out what was done', async () => {
    const p = prefix();
    const { names, after } = await counters(p);
    const stop = new AbortController();
    const counting = hashes(`${p}*`, schema).update(more, {
      updateId: 'stop',
      signal: stop.signal,
      onProgress: ({ slotsDone }) => void (slotsDone > 4000 && stop.abort()),
    });
    const error = await failure(counting);
    expect(error).toMatchObject({ code: 'ABORTED', hint: expect.stringContaining('resume') });
    const resume = error.resume as string;
    const query = hashes(`${p}*`, schema);
    const rest = await query.update(more, { updateId: 'stop', resume });
    const { slots } = rest.receipt.keys?.[0] ?? {};
    expect(slots?.expected).toBeLessThan(12_400);
    expect(await numbers(names)).toEqual(after);
    const other = resume.at(-12) === 'A' ? 'B' : 'A';
    const refused: readonly (readonly [AnyHashes, UpdateOptions, RegExp])[] = [
      [query, { updateId: 'other', resume }, /another job/],
      [query.filter(col('n').gt(0)), { updateId: 'stop', resume }, /another job/],
      [query, { updateId: 'stop', resume: resume.slice(0, -9) }, /no text/],
      [query, { updateId: 'stop', resume: `${resume.slice(0, -12)}${other}${resume.slice(-11)}` }, /no text/],
      [query, { updateId: 'stop', resume: 'x' }, /no text/],
    ];
    for (const [asked, options, message] of refused) {
      const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) };
      expect(await failure(asked.update(more, options))).toMatchObject(refusal);
    }
    expect(await failure(query.delete({ resume }))).toMatchObject({ message: expect.stringMatching(/another job/) });
  });

  it('says how it goes on where the app itself fails meanwhile', async () => {
    const p = prefix();
    const { names } = await counters(p);
    const mistake = new TypeError('a mistake of the app');
    const onProgress = ({ slotsDone }: { slotsDone: number }): void => {
      if (slotsDone > 4000) throw mistake;
    };
    const error = await failure(hashes(`${p}*`, schema).update(more, { updateId: 'app', onProgress }));
    expect(error).toMatchObject({ code: 'ABORTED', message: expect.stringContaining('onProgress failed: a mistake') });
    expect((error.cause as Error).cause).toBe(mistake);
    await hashes(`${p}*`, schema).update(more, { updateId: 'app', resume: error.resume as string });
    expect(await numbers(names)).toEqual(new Map(names.map((name, i) => [name, String(i + 1)])));
  });

  it('an expression that fails names the key; mended, the job goes on', async () => {
    const p = prefix();
    const { names } = await counters(p);
    const key = names[7] as string;
    await keys.set(key, { n: '2000000000' });
    const run = (resume?: string): Promise<KeysWritten> =>
      hashes(`${p}*`, schema).update({ d: col('n').mul(2) }, { ...(resume && { resume }) });
    const error = await failure(run());
    expect(error).toMatchObject({
      code: 'NUMERIC_OVERFLOW',
      slot: expect.any(Number),
      hint: expect.stringContaining('resume'),
    });
    expect(error.message).toContain(`for key ${key} (slot ${error.slot})`);
    await keys.set(key, { n: '7' });
    await run(error.resume);
    const fields = [...(await keys.getAll(names)).values()];
    expect(fields).toEqual(names.map((_, i) => ({ n: String(i), d: String(2 * i) })));
    await keys.set(key, { n: 'seven' });
    const strict = await failure(hashes(`${p}*`, schema, link, true).update({ e: col('n') }));
    expect(strict).toMatchObject({ code: 'UNPARSABLE_VALUE', resume: expect.any(String) });
  });

  it('a slot with so many keys that it is read in batches, and a server that is no cluster', async () => {
    const server = await connectCluster({ url: single.url });
    try {
      for (const [on, count] of [
        [link, 6000],
        [server, 3000],
      ] as const) {
        const p = inOneSlot();
        const here = new Keys(on);
        const names = Array.from({ length: count }, (_, i) => `${p}${i}`);
        await here.setAll(new Map(names.map((name, i) => [name, { n: String(i) }])));
        const cuts = { count: 0 };
        let resume: string | undefined;
        for (;;) {
          // Where slots are not counted a job goes on from its beginning, and comes further each time.
          const allowed = 2 + 2 * cuts.count++;
          const limp = fateful(on, (call) => (call < allowed ? 'pass' : 'cut'));
          const run = hashes(`${p}*`, schema, limp).update(more, { updateId: 'big', ...(resume && { resume }) });
          const error = await run.then(
            () => undefined,
            (raised: ShardfoldError) => raised,
          );
          if (error === undefined) break;
          expect(error).toMatchObject({ code: 'CONNECTION_FAILED', resume: expect.any(String) });
          resume = error.resume;
        }
        expect(cuts.count).toBeGreaterThan(1);
        const found = await here.getAll(names);
        expect([...found.values()].filter(({ n }, i) => n !== String(i + 1))).toEqual([]);
        const all = new KeysQuery(on, { kind: 'keys', source: sources.keysSource(`${p}*`) });
        expect(await all.delete()).toMatchObject({ written: count });
        expect(await all.delete()).toMatchObject({ written: 0 });
      }
    } finally {
      await server.close();
    }
  });

  it('a server without memory left refuses updates, and lets keys go', async () => {
    const server = await connectCluster({ url: single.url });
    const limit = (bytes: string) =>
      server.callNode(server.nodes()[0]?.id as string, ['CONFIG', 'SET', 'maxmemory', bytes], server.context());
    try {
      const here = new Keys(server);
      const p = inOneSlot();
      for (const i of [1, 2, 3]) await here.set(`${p}${i}`, { n: '1' });
      await limit('1');
      const query = hashes(`${p}*`, schema, server);
      const full = await failure(query.update({ m: lit('x') }));
      expect(full).toMatchObject({ code: 'SERVER_REFUSES_WRITES', resume: expect.any(String) });
      expect(await query.filter(col('key').eq(`${p}1`)).delete()).toMatchObject({ written: 1 });
      expect(await query.expire(100)).toMatchObject({ written: 2 });
      await limit('0');
      const resume = full.resume as string;
      expect(await query.update({ m: lit('x') }, { resume })).toMatchObject({ written: 2 });
    } finally {
      await limit('0');
      await server.close();
    }
  });

  it('while slots move, and keys change their types', async () => {
    const p = prefix();
    const { names, after } = await counters(p);
    const resharder = new Resharder(cluster);
    try {
      const flipping = Array.from({ length: 30 }, (_, i) => `${p}flip${i}`);
      let over = false;
      const flip = async (): Promise<void> => {
        for (let turn = 0; !over; turn++) {
          for (const key of flipping) {
            await keys.send('UNLINK', key);
            await (turn % 2 === 0 ? keys.send('SET', key, 'text') : keys.set(key, { n: 'no' }));
          }
        }
      };
      const [from, , to] = await resharder.primaries();
      if (from === undefined || to === undefined) throw new Error('three primaries');
      const slots = from.slots.slice(100, 130);
      const move = async (): Promise<void> => {
        await resharder.byHand(from, to, slots, 2);
        await resharder.byHand(to, from, slots, 2);
      };
      const flips = flip();
      const moves = move();
      const runs: KeysWritten[] = [];
      for (let i = 0; i < 3; i++) runs.push(await hashes(`${p}*`, schema).update(more, { updateId: `moved-${i}` }));
      await moves;
      over = true;
      await flips;
      expect(runs.map(({ written }) => written)).toEqual([COUNT, COUNT, COUNT]);
      expect(await numbers(names)).toEqual(new Map([...after].map(([key, n]) => [key, String(Number(n) + 2)])));
      for (const key of flipping) {
        const type = String(await keys.send('TYPE', key));
        expect(type === 'string' || type === 'hash').toBe(true);
        if (type === 'string') expect(String(await keys.send('GET', key))).toBe('text');
        else expect(await keys.get(key)).toMatchObject({ n: 'no' });
      }
    } finally {
      resharder.close();
    }
  });
});
