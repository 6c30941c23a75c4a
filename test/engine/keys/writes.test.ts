// Writes over keys: against a model, twice over, cut off and gone on with, while slots move, and what is refused.
import fc from 'fast-check';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { writeKeys } from '../../../src/engine/keys/write.js';
import type { KeysWritten, UpdateOptions } from '../../../src/engine/keys/write-types.js';
import { ShardfoldError } from '../../../src/errors.js';
import { coalesce, col, type Expr, lit, when } from '../../../src/expr/expr.js';
import { bindWrite } from '../../../src/plan/keys/write.js';
import * as sources from '../../../src/query/keys.js';
import { HashesQuery, KeysQuery } from '../../../src/query/keys-query.js';
import type { HashSchema } from '../../../src/query/keys-types.js';
import { testCluster } from '../../harness/cluster.js';
import { Resharder } from '../../harness/keys/reshard.js';
import { type Fate, fateful, Keys } from './writes-world.js';

type AnyHashes = HashesQuery<Record<string, unknown>>;
type AnyKeys = KeysQuery<Record<string, unknown>>;

const cluster = testCluster({ shards: 3 });
const single = testCluster({ shards: 1, clusterMode: false });
let link: ClusterLink;
let keys: Keys;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
  keys = new Keys(link);
});
afterAll(() => link.close());

let tests = 0;
/** A beginning of keys that no other test has; of keys in one slot, which are quickly gone through. */
const prefix = (): string => `w${tests++}:`;
const inOneSlot = (): string => `{w${tests++}}:`;
const hashes = (pattern: string, schema: HashSchema, on = link, strict = false): AnyHashes =>
  new HashesQuery(on, { kind: 'keys', source: sources.hashesSource(pattern, schema, { strict }) });
const over = (source: ReturnType<typeof sources.keysSource>, on = link): AnyKeys =>
  new KeysQuery(on, { kind: 'keys', source });

async function failure(work: Promise<unknown>): Promise<ShardfoldError> {
  const error = await work.then(
    () => undefined,
    (raised: unknown) => raised,
  );
  if (!(error instanceof ShardfoldError)) throw new Error(`no error of ours: ${error}`);
  return error;
}

describe('what is written', () => {
  it('sets, computes and removes fields, and says so; nothing in a dry run', async () => {
    const p = prefix();
    await keys.set(`${p}1`, { price: '2.5', qty: '4', old: 'x' });
    await keys.set(`${p}2`, { price: '0.1', qty: '3' });
    await keys.set(`${p}3`, { price: 'abc', qty: '3', old: 'y' });
    await keys.set(`${p}4`, { price: '1', qty: '2' });
    await keys.send('SET', `${p}5`, 'text');
    const all = [1, 2, 3, 4, 5].map((i) => `${p}${i}`);
    const query = hashes(`${p}*`, { price: 'float64', qty: 'int32' }).filter(col('qty').gt(2));
    const columns = { total: col('price').mul(col('qty')), note: lit('ü\0'), old: null };
    const counts = { matched: 2, written: 2, skipped: { unparsable: 1, otherType: 1, unchanged: 0, already: 0 } };
    const before = await keys.dump(all);
    const dry = await query.update(columns, { dryRun: true });
    expect(await keys.dump(all)).toEqual(before);
    expect(dry).toMatchObject({ dryRun: true, ...counts });
    const sample = [...(dry.sample ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(sample).toEqual([
      { key: `${p}1`, old: { total: null, note: null, old: 'x' }, new: { total: '10.0', note: 'ü\0', old: null } },
      {
        key: `${p}2`,
        old: { total: null, note: null, old: null },
        new: { total: '0.30000000000000004', note: 'ü\0', old: null },
      },
    ]);
    const progress: number[] = [];
    const done = await query.update(columns, { onProgress: ({ slotsDone }) => void progress.push(slotsDone) });
    expect(done).toMatchObject({ dryRun: false, ...counts });
    expect(done.sample).toBeUndefined();
    expect(progress.at(-1)).toBe(16384);
    const shares = Object.values(done.shards);
    expect(shares.reduce((sum, { written }) => sum + written, 0)).toBe(2);
    expect(done.receipt.keys?.[0]).toMatchObject({
      slots: { expected: 16384, visited: 16384 },
      keys: { otherType: 1 },
    });
    expect([...(await keys.getAll(all.slice(0, 4))).values()]).toEqual([
      { price: '2.5', qty: '4', total: '10.0', note: 'ü\0' },
      { price: '0.1', qty: '3', total: '0.30000000000000004', note: 'ü\0' },
      { price: 'abc', qty: '3', old: 'y' },
      { price: '1', qty: '2' },
    ]);
    expect(await query.update(columns)).toMatchObject({ matched: 2, written: 0, skipped: { unchanged: 2 } });
  });

  it('numbers come back with the same bits, times as their columns read them', async () => {
    const p = inOneSlot();
    const texts = [
      '0.1',
      '1e308',
      '5e-324',
      '-0',
      '123456789.123456789',
      '9007199254740993',
      '1e21',
      'inf',
      'nan',
      '-7.25',
    ];
    await Promise.all(texts.map((a, i) => keys.set(`${p}${i}`, { a, s: '1700000000.5', m: `${1.7e12 + i}` })));
    const schema: HashSchema = {
      a: 'float64',
      b: 'float64',
      f: 'float32',
      s: 'timestamp(s)',
      m: 'timestamp(ms)',
      d: 'date',
    };
    const query = hashes(`${p}*`, schema);
    await query.update(
      {
        b: col('a').div(3),
        f: col('a').tryCast('float32'),
        s: col('m'),
        m: lit(new Date(5)),
        d: lit(new Date('2024-02-29')),
        t: col('s'),
      },
      { updateId: 'bits' },
    );
    const rows = await query.collect();
    expect(rows).toHaveLength(texts.length);
    for (const row of rows) {
      const i = Number(String(row.key).slice(p.length));
      const a = { inf: Infinity, nan: NaN }[texts[i] as string] ?? Number(texts[i]);
      expect(row).toMatchObject({
        b: a / 3,
        f: Math.abs(a) < 3e38 || !Number.isFinite(a) ? Math.fround(a) : null,
        m: new Date(5),
        d: new Date('2024-02-29'),
      });
      expect(row.s).toEqual(new Date(1.7e12 + i));
    }
    expect(await keys.get(`${p}0`)).toMatchObject({
      s: '1700000000',
      m: '5',
      d: '2024-02-29',
      t: '2023-11-14 22:13:20.5',
      'sf:update:bits': '1',
    });
    expect((await keys.get(`${p}1`)).s).toBe('1700000000.001');
  });

  it('all assignments are of what the hash was; a column is written into its field', async () => {
    const p = inOneSlot();
    await keys.set(`${p}1`, { 'Field A': '1', b: '2' });
    const query = hashes(`${p}*`, { a: { field: 'Field A', type: 'int32' }, b: 'int32' });
    await query.update({ a: col('b'), b: col('a') }, { updateId: 'swap' });
    expect(await keys.get(`${p}1`)).toEqual({ 'Field A': '2', b: '1', 'sf:update:swap': '1' });
    const marked = await query.withColumns({ c: col('a').add(col('b')) }).update({ a: col('c') }, { updateId: 'swap' });
    expect(marked).toMatchObject({ matched: 0, written: 0, skipped: { already: 1 } });
    expect(await query.update({ 'sf:update:swap': null })).toMatchObject({ written: 1 });
    expect(await query.update({ 'sf:update:swap': null })).toMatchObject({ written: 0, skipped: { unchanged: 1 } });
    expect(await keys.get(`${p}1`)).toEqual({ 'Field A': '2', b: '1' });
  });

  it('a hash keeps its last field, and how long it has to live', async () => {
    const p = inOneSlot();
    await keys.set(`${p}1`, { a: '1' });
    await keys.set(`${p}2`, { a: '1', b: '2' });
    await keys.send('PEXPIRE', `${p}2`, 1e8);
    const query = hashes(`${p}*`, { a: 'int32' });
    expect(await query.update({ a: null })).toMatchObject({ matched: 2, written: 1, skipped: { lastField: 1 } });
    expect(await keys.get(`${p}1`)).toEqual({ a: '1' });
    expect(await keys.get(`${p}2`)).toEqual({ b: '2' });
    expect(await keys.send('PTTL', `${p}2`)).toBeGreaterThan(1e7);
    expect(await query.update({ a: null, c: lit(1) })).toMatchObject({ written: 2 });
    expect(await keys.get(`${p}1`)).toEqual({ c: '1' });
  });

  it('values that cannot be read matter only where they are needed', async () => {
    const p = inOneSlot();
    const rows = {
      bad: { a: 'no', c: 'x' },
      missing: { c: 'x' },
      good: { a: '7', c: 'x' },
      other: { a: 'no', c: 'y' },
    };
    const written = async (filter: Expr, value: Expr): Promise<string> => {
      for (const [name, fields] of Object.entries(rows)) await keys.set(`${p}${name}`, fields);
      const query = hashes(`${p}*`, { a: 'int32', c: 'utf8' }).filter(filter);
      const dry = await query.update({ n: value }, { dryRun: true });
      const { matched, skipped } = await query.update({ n: value });
      expect(dry).toMatchObject({ matched, skipped });
      const names = Object.keys(rows).map((name) => [name, keys.get(`${p}${name}`)] as const);
      const done: string[] = [];
      for (const [name, fields] of names) if ('n' in (await fields)) done.push(name);
      await Promise.all(Object.keys(rows).map((name) => keys.send('UNLINK', `${p}${name}`)));
      return `${done.join(' ')} | ${skipped.unparsable}`;
    };
    const a = col('a');
    const isX = col('c').eq('x');
    expect(await written(isX, lit(1))).toBe('bad missing good | 0');
    expect(await written(isX, a.add(1))).toBe('good | 1');
    expect(await written(isX, coalesce(a, 0))).toBe('missing good | 1');
    expect(await written(a.gt(5), lit(1))).toBe('good | 2');
    expect(await written(a.gt(5).and(isX), lit(1))).toBe('good | 1');
    expect(await written(isX.and(a.gt(5)), lit(1))).toBe('good | 1');
    expect(await written(isX.or(a.gt(5)), lit(1))).toBe('bad missing good | 1');
    expect(await written(a.isNull(), lit(1))).toBe('missing | 2');
    expect(await written(a.isNull().and(isX.not()), lit(1))).toBe(' | 1');
    expect(await written(when(isX).then(true).otherwise(a.gt(5)), lit(1))).toBe('missing good | 2');
    // What may fail is not asked where it is open whether it would be reached.
    expect(await written(a.gt(0).and(col('c').cast('int32').gt(0)), lit(1)).catch((e: Error) => e.message)).toMatch(
      /int32/,
    );
  });
});

describe('a model', () => {
  const text = fc.constantFrom('1', '7.5', '-2', '0', '12', ' 3 ', 'no', '', '1e2');
  const field = fc.option(text, { nil: undefined });
  const aHash = fc.record({ a: field, b: field, c: fc.constantFrom('x', 'y', undefined) });

  type Model = { readonly a?: string | undefined; readonly b?: string | undefined; readonly c?: string | undefined };
  type Value = number | undefined | 'unreadable';
  /** By the rules of DuckDB for text, of the texts above. */
  const float = (given: string | undefined): Value => {
    if (given === undefined) return undefined;
    return given.trim() === '' || Number.isNaN(Number(given)) ? 'unreadable' : Number(given);
  };
  const floatText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

  /** Of a > 1 and c = 'x': set p to a * b (or remove it), n to "n", and remove c. Undefined where nothing is done. */
  function expected({ a, b, c }: Model): Model | undefined {
    const [x, y] = [float(a), float(b)];
    if (typeof x !== 'number' || x <= 1 || c !== 'x' || y === 'unreadable') return undefined;
    const rest = { ...(a !== undefined && { a }), ...(b !== undefined && { b }) };
    return { ...rest, ...(y !== undefined && { p: floatText(x * y) }), n: 'n' } as Model;
  }

  it('of random hashes, beside keys of other types, that expire and that are elsewhere', async () => {
    const plain = (fields: Model): Record<string, string> =>
      Object.fromEntries(
        Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(aHash, { maxLength: 40 }), async (list) => {
        const p = inOneSlot();
        const models = new Map(list.map((each, i) => [`${p}${i}`, { z: 'z', ...plain(each) }]));
        await keys.setAll(models);
        await keys.set(`${p}gone`, { a: '5', c: 'x' });
        await keys.send('PEXPIRE', `${p}gone`, 1);
        await keys.send('RPUSH', `${p}list`, 1);
        await keys.set(`{other}${p}`, { a: '5', c: 'x' });
        const query = hashes(`${p}*`, { a: 'float64', b: 'float64', c: 'utf8' });
        const done = await query
          .filter(col('a').gt(1).and(col('c').eq('x')))
          .update({ p: col('a').mul(col('b')), n: lit('n'), c: null });
        const found = await keys.getAll(models.keys());
        let written = 0;
        for (const [key, model] of models) {
          const then = expected(model as Model);
          if (then !== undefined) written += 1;
          expect([key, found.get(key)]).toEqual([key, then === undefined ? model : { z: 'z', ...then }]);
        }
        expect(done).toMatchObject({ written, matched: written, skipped: { otherType: 1 } });
        expect(await keys.send('EXISTS', `${p}gone`)).toBe(0);
        expect(await keys.get(`{other}${p}`)).toEqual({ a: '5', c: 'x' });
      }),
      { numRuns: 25 },
    );
  });
});

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

describe('whole keys', () => {
  it('by type, by time to live, by what is in them; tables are left alone', async () => {
    const p = inOneSlot();
    const make = async (): Promise<void> => {
      await keys.send('SET', `${p}s`, '5');
      await keys.send('ZADD', `${p}z`, 1, 'm');
      await keys.send('RPUSH', `${p}l`, 'e');
      await keys.send('SADD', `${p}t`, 'm');
      await keys.send('SET', `${p}j`, '{"a":1}');
      await keys.set(`${p}h`, { a: '1' });
    };
    const left = async (): Promise<string> => {
      const names = ['s', 'z', 'l', 't', 'j', 'h'];
      const there = await Promise.all(names.map((name) => keys.send('EXISTS', `${p}${name}`)));
      return names.filter((_, i) => there[i] === 1).join('');
    };
    const all = `${p}*`;
    const cases: readonly (readonly [AnyKeys, string])[] = [
      [over(sources.zsetSource(all)), 'sltjh'],
      [over(sources.listSource(all, 'utf8')).filter(col('ttl').isNull()), 'sztjh'],
      [over(sources.setSource(all)).filter(col('key').eq('elsewhere')), 'szltjh'],
      [over(sources.setSource(all)), 'szljh'],
      [over(sources.packedSource(all, 'uint8')).filter(col('key').eq(`${p}s`)), 'zltjh'],
      [over(sources.stringsSource(all, 'int64')).filter(col('value').gt(4)), 'zltjh'],
      [over(sources.jsonSource(all, { a: 'int32' })).filter(col('a').eq(1)), 'szlth'],
      [over(sources.keysSource(all)).filter(col('type').isIn(['zset', 'hash'])), 'sltj'],
      [
        hashes(all, { a: 'int32' })
          .filter(col('a').eq(1))
          .withColumns({ b: lit(1) })
          .filter(col('b').eq(1)),
        'szltj',
      ],
    ];
    for (const [query, expected] of cases) {
      await make();
      const dry = await query.delete({ dryRun: true });
      expect(await left()).toBe('szltjh');
      const { dryRun, sample, receipt, ...counts } = dry;
      expect(sample).toHaveLength(dry.written);
      const done = await query.delete();
      expect(done).toMatchObject(counts);
      expect(await left()).toBe(expected);
    }
    const table = 'sf:{w}:x';
    await keys.send('SET', table, 'x');
    const named = (pattern: string): AnyKeys => over(sources.keysSource(pattern));
    expect(await named('*{w}:*').delete()).toMatchObject({ written: 0, skipped: { ofTables: 1 } });
    expect(await named('sf:{w}:*').delete()).toMatchObject({ written: 1, skipped: { ofTables: 0 } });
  });

  it('expire at one time, whatever they had before', async () => {
    const p = inOneSlot();
    await keys.send('SET', `${p}1`, 'x');
    await keys.send('SET', `${p}2`, 'x', 'EX', 10);
    const query = over(sources.keysSource(`${p}*`));
    const dry = await query.expire(3600, { dryRun: true });
    expect(dry.sample).toHaveLength(2);
    expect(dry.sample).toContainEqual({ key: `${p}1`, old: { ttl: null }, new: { ttl: 3600 } });
    expect(await keys.send('TTL', `${p}1`)).toBe(-1);
    const some = await query.filter(col('ttl').isNull()).expire(1.5);
    expect(some).toMatchObject({ matched: 1, written: 1 });
    expect(await keys.send('PTTL', `${p}1`)).toBeLessThanOrEqual(1500);
    await query.expire(3600);
    expect(await keys.send('PEXPIRETIME', `${p}1`)).toBe(await keys.send('PEXPIRETIME', `${p}2`));
  });
});

describe('what is refused before anything is sent', () => {
  const query = (): AnyHashes =>
    hashes('w:*', { a: 'int32', b: 'float64', t: 'timestamp(s)', d: 'decimal(2)', x: 'utf8' });
  const cases: readonly (readonly [string, () => Promise<unknown>, string, RegExp])[] = [
    ['reads what it writes', () => query().update({ a: col('a').add(1) }), 'INVALID_ARGUMENT', /reads column "a"/],
    [
      'through another column',
      () =>
        query()
          .withColumns({ c: col('a') })
          .update({ a: col('c') }),
      'INVALID_ARGUMENT',
      /reads column "a"/,
    ],
    ['in another assignment', () => query().update({ x: col('x'), y: lit(1) }), 'INVALID_ARGUMENT', /reads column "x"/],
    ['memory', () => query().update({ y: col('memory') }), 'INVALID_ARGUMENT', /"memory", which it changes/],
    ['no assignment', () => query().update({}), 'INVALID_ARGUMENT', /names no column/],
    ['the key', () => query().update({ key: lit('x') }), 'INVALID_ARGUMENT', /no field/],
    ['the time to live', () => query().update({ ttl: lit(1) }), 'INVALID_ARGUMENT', /no field/],
    ['a bare value', () => query().update({ a: 1 as never }), 'INVALID_ARGUMENT', /an expression|"a" is 1/],
    ['an unknown column', () => query().update({ y: col('z') }), 'UNKNOWN_COLUMN', /"z"/],
    [
      'a type that does not fit',
      () => query().update({ a: col('b') }),
      'TYPE_MISMATCH',
      /float64, and column "a" is int32/,
    ],
    ['a constant that does not fit', () => query().update({ a: lit('one') }), 'CAST_FAILED', /no int32/],
    [
      'its own marker',
      () => query().update({ 'sf:update:i': null }, { updateId: 'i' }),
      'INVALID_ARGUMENT',
      /own marker/,
    ],
    ['an id of other signs', () => query().update({ y: lit(1) }, { updateId: 'a b' }), 'INVALID_ARGUMENT', /updateId/],
    ['an unknown option', () => query().update({ y: lit(1) }, { dryrun: true } as never), 'INVALID_ARGUMENT', /dryRun/],
    ['an id where none belongs', () => query().delete({ updateId: 'i' } as never), 'INVALID_ARGUMENT', /updateId/],
    ['a dry run that is none', () => query().delete({ dryRun: 'no' as never }), 'INVALID_ARGUMENT', /dryRun/],
    ['no time', () => query().expire(0), 'INVALID_ARGUMENT', /0 seconds/],
    ['for ever', () => query().expire(Number.POSITIVE_INFINITY), 'INVALID_ARGUMENT', /seconds/],
    [
      'a filter over members',
      () => over(sources.zsetSource('w:*')).filter(col('score').gt(1)).delete(),
      'INVALID_ARGUMENT',
      /column "score" is of what is in them/,
    ],
    [
      'another step',
      () => new KeysQuery(link, query().limit(3).plan).delete(),
      'INVALID_ARGUMENT',
      /delete\(\) after slice/,
    ],
    [
      'fields of what has none',
      () => new HashesQuery(link, over(sources.keysSource('w:*')).plan).update({ y: lit(1) }),
      'INVALID_ARGUMENT',
      /update\(\) of keys/,
    ],
  ];
  it.each(cases)('%s', async (_, work, code, message) => {
    const error = await failure(work());
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), resume: undefined });
    expect(error.hint).toBeTruthy();
  });
});
