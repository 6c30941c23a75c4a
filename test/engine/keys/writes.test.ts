// Writes over keys: what is written and what is not, against a model, and what is refused.
import fc from 'fast-check';
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink } from '../../../src/cluster/types.js';
import { coalesce, col, type Expr, lit, when } from '../../../src/expr/expr.js';
import * as sources from '../../../src/query/keys.js';
import { HashesQuery, KeysQuery } from '../../../src/query/keys-query.js';
import type { HashSchema } from '../../../src/query/keys-types.js';
import { sharedUrl, uniquePrefix } from '../../harness/cluster.js';
import { type AnyHashes, type AnyKeys, failure, hashesOn, inOneSlot, Keys, keysOn, prefix } from './writes-world.js';

let link: ClusterLink;
let keys: Keys;
beforeAll(async () => {
  link = await connectCluster({ url: sharedUrl(3) });
  keys = new Keys(link);
});
afterAll(() => link.close());

const hashes = (pattern: string, schema: HashSchema): AnyHashes => hashesOn(link, pattern, schema);
const over = (source: ReturnType<typeof sources.keysSource>): AnyKeys => keysOn(link, source);

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
        while (Number(await keys.send('EXISTS', `${p}gone`)) > 0);
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
    const tag = uniquePrefix();
    const table = `sf:{${tag}}:x`;
    await keys.send('SET', table, 'x');
    const named = (pattern: string): AnyKeys => over(sources.keysSource(pattern));
    expect(await named(`*{${tag}}:*`).delete()).toMatchObject({ written: 0, skipped: { ofTables: 1 } });
    expect(await named(`sf:{${tag}}:*`).delete()).toMatchObject({ written: 1, skipped: { ofTables: 0 } });
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
    ['no options', () => query().update({ y: lit(1) }, null as never), 'INVALID_ARGUMENT', /the options are null/],
    ['no function', () => query().delete({ onProgress: 5 as never }), 'INVALID_ARGUMENT', /onProgress is 5/],
    ['no signal', () => query().expire(5, { signal: 5 as never }), 'INVALID_ARGUMENT', /signal is 5/],
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
