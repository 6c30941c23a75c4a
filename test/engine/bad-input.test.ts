// What a user gets wrong, and what was taken away from under a query: a coded error that says what mends it.
import { errorFromReply } from '../../src/cluster/errors.js';
import type { ClusterLink } from '../../src/cluster/types.js';
import { type AggregateExpr, col, connect, count, lit, Shardfold, ShardfoldError } from '../../src/index.js';
import { openTable } from '../../src/storage/catalog.js';
import { chunkKeys } from '../../src/storage/keys.js';
import { sharedUrl, testCluster, uniquePrefix } from '../harness/cluster.js';
import { isKernel, linkWith } from '../harness/oracle/links.js';

let sf: Shardfold;
const columns = {
  price: [1.5, null, 3],
  quantity: [1, 2, 3],
  region: ['north', 'south', null],
  day: [new Date('2001-02-03'), null, new Date('2001-02-05')],
  open: [true, false, null],
};
beforeAll(async () => {
  sf = await connect({ url: sharedUrl(3), prefix: uniquePrefix() });
  await sf.createTable('t', columns);
});
afterAll(() => sf.close());

async function failure(run: Promise<unknown>): Promise<ShardfoldError> {
  const error = await run.then(
    () => new Error('it worked'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ShardfoldError);
  const { hint, message } = error as ShardfoldError;
  expect(hint).toBeTruthy();
  expect(message).toBeTruthy();
  return error as ShardfoldError;
}

describe('names', () => {
  const table = () => sf.table('t');
  it.each<[string, () => Promise<unknown>, string]>([
    ['filter', () => table().filter(col('prise').gt(1)).collect(), 'price'],
    ['an aggregate', () => table().agg(col('quantty').sum()).collect(), 'quantity'],
    ['a key', () => table().groupBy('Region').agg({ n: count() }).collect(), 'region'],
    ['select', () => table().select('dai').collect(), 'day'],
    ['two letters exchanged', () => table().select('pirce').collect(), 'price'],
    ['two letters exchanged at the end', () => table().select('dya').collect(), 'day'],
    ['withColumns', () => table().withColumns(col('opem').not().as('x')).collect(), 'open'],
    ['sort', () => table().groupBy('region').agg({ total: count() }).sort('totl').collect(), 'total'],
    ['explain', () => table().filter(col('prise').gt(1)).explain(), 'price'],
    ['a column that select left out', () => table().select('price').filter(col('open')).collect(), 'price'],
  ])('%s: an unknown column, with what was probably meant', async (_, run, meant) => {
    const error = await failure(run());
    expect(error.code).toBe('UNKNOWN_COLUMN');
    expect(error.hint).toContain(meant);
  });

  it('an unknown table', async () => {
    const error = await failure(sf.table('tt').agg({ n: count() }).collect());
    expect(error).toMatchObject({ code: 'TABLE_NOT_FOUND', message: expect.stringContaining('"tt"') });
  });

  it('two results of one name', async () => {
    expect((await failure(table().agg(col('price').sum(), col('price').mean()).collect())).code).toBe(
      'INVALID_ARGUMENT',
    );
    expect((await failure(table().groupBy('region').agg({ region: count() }).collect())).code).toBe('INVALID_ARGUMENT');
  });
});

describe('types', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a sum of text', () => sf.table('t').agg(col('region').sum()).collect()],
    ['a mean of times', () => sf.table('t').agg(col('day').mean()).collect()],
    ['text compared with a number', () => sf.table('t').filter(col('region').eq(5)).collect()],
    ['a number compared with text', () => sf.table('t').filter(col('price').gt('5')).collect()],
    ['a time compared with what is none', () => sf.table('t').filter(col('day').gt('yesterday')).collect()],
    ['arithmetic on text', () => sf.table('t').select(col('region').add(1).as('x')).collect()],
    ['arithmetic on bools', () => sf.table('t').select(col('open').mul(2).as('x')).collect()],
    ['a number as a condition', () => sf.table('t').filter(col('price')).collect()],
    [
      'and with a number',
      () =>
        sf
          .table('t')
          .filter(col('open').and(col('price')))
          .collect(),
    ],
    [
      'text among numbers',
      () =>
        sf
          .table('t')
          .filter(col('price').isIn([1, 'x']))
          .collect(),
    ],
    [
      'a bigint beyond 2^53',
      () =>
        sf
          .table('t')
          .filter(col('quantity').lt(2n ** 60n))
          .collect(),
    ],
    [
      'an invalid Date',
      () =>
        sf
          .table('t')
          .filter(col('day').lt(new Date('x')))
          .collect(),
    ],
  ])('%s', async (_, run) => expect((await failure(run())).code).toBe('TYPE_MISMATCH'));

  it('half a surrogate pair cannot be looked for', async () => {
    expect((await failure(sf.table('t').filter(col('region').eq('\ud800')).collect())).code).toBe('INVALID_VALUE');
  });
});

describe('what is no query', () => {
  it.each<[string, () => unknown]>([
    ['agg()', () => sf.table('t').agg()],
    ['groupBy()', () => sf.table('t').groupBy()],
    ['select()', () => sf.table('t').select()],
    ['limit(-1)', () => sf.table('t').limit(-1)],
    ['an object in an expression', () => col('price').add({} as never)],
    ['undefined in an expression', () => lit(undefined as never)],
    ['no aggregate', () => sf.table('t').agg({ n: 5 as unknown as AggregateExpr })],
    ['no column', () => sf.table('t').select(5 as never)],
    ['nothing instead of aggregates', () => sf.table('t').agg(undefined as never)],
    ['a condition that is text', () => sf.table('t').filter('price > 1' as never)],
    ['a condition that is no expression any more', () => sf.table('t').filter((5 > 3) as never)],
    [
      'an order that is none',
      () =>
        sf
          .table('t')
          .groupBy('open')
          .agg(count())
          .sort('open', 'DESC' as never),
    ],
  ])('%s', (_, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.any(String) }));
  });
});

describe('arithmetic beyond its type', () => {
  beforeAll(() =>
    sf.createTable(
      'edge',
      { i: [2 ** 31 - 1, 5], big: [2 ** 53, 1], f: [Number.POSITIVE_INFINITY, 1], n: [Number.NaN, 1] },
      { schema: { i: 'int32', big: 'int64', f: 'float64', n: 'float64' } },
    ),
  );
  for (const side of ['shards', 'client'] as const) {
    it.each<[string, () => AggregateExpr, string]>([
      ['int32 + int32', () => col('i').add(col('i')).sum(), 'NUMERIC_OVERFLOW'],
      ['int32 * int32', () => col('i').mul(2).max(), 'NUMERIC_OVERFLOW'],
      ['int64 + int64', () => col('big').add(1).max(), 'NUMERIC_OVERFLOW'],
      ['a sum of int64', () => col('big').sum(), 'NUMERIC_OVERFLOW'],
      ['the variance of infinity', () => col('f').var(), 'OUT_OF_RANGE'],
      ['the deviation of NaN', () => col('n').stdPop(), 'OUT_OF_RANGE'],
    ])(`%s (${side})`, async (_, make, code) => {
      const error = await failure(sf.table('edge').agg(make().as('the result')).collect({ side }));
      expect(error.code).toBe(code);
      if (code === 'OUT_OF_RANGE') expect(error.message).toContain('the result');
    });

    it(`errors belong to values that are needed (${side})`, async () => {
      const sum = col('i').add(col('i'));
      const [row] = await sf
        .table('edge')
        .filter(col('i').lt(100))
        .agg({ sum: sum.sum(), n: sum.count() })
        .collect({ side });
      expect(row).toEqual({ sum: 10, n: 1 });
      expect([...(await sf.table('edge').agg({ n: sum.count() }).collect({ side }))]).toEqual([{ n: 2 }]);
    });
  }
});

describe('data that was taken away', () => {
  const text = Array.from({ length: 60 }, (_, i) => (i % 9 === 0 ? null : `text ${i % 4}`));
  const x = Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? null : i / 3));

  it.each(['data', 'validity', 'dictionary'] as const)(
    'a missing %s key is DATA_LOSS, on either side',
    async (kind) => {
      const name = `lost ${kind}`;
      await sf.createTable(name, { x, text, other: x }, { chunkRows: 20 });
      const { link } = sf;
      const snapshot = await openTable(link, name, link.context());
      const chunk = snapshot.chunks[1] as (typeof snapshot.chunks)[number];
      const key = chunkKeys(snapshot, chunk, kind === 'dictionary' ? 1 : 0)[kind] as string;
      await link.call({ key, command: ['DEL', key], readOnly: false, idempotent: true }, link.context());
      const queries = [
        sf
          .table(name)
          .filter(col('text').eq('text 1'))
          .agg({ sum: col('x').sum() }),
        sf
          .table(name)
          .groupBy('text')
          .agg({ sum: col('x').sum() }),
      ];
      for (const query of queries) {
        for (const side of ['shards', 'client'] as const) {
          const error = await failure(query.collect({ side }));
          expect(error).toMatchObject({ code: 'DATA_LOSS', slot: chunk.slot, retryable: false });
          expect(error.message).toContain(name);
          expect(error.message).toContain(key);
          expect(error.message).toMatch(/chunk 1\b/);
        }
      }
      expect(await failure(sf.table(name).collect())).toMatchObject({ code: 'DATA_LOSS' });
      // What does not touch the chunk, or the column, still works.
      expect((await sf.table(name).agg({ n: count() }).collect())[0]).toEqual({ n: 60 });
      expect(
        (
          await sf
            .table(name)
            .agg({ n: col('other').count() })
            .collect()
        )[0],
      ).toEqual({ n: 51 });
    },
  );

  it('a key of another length is DATA_LOSS', async () => {
    await sf.createTable('cut short', { x }, { chunkRows: 20 });
    const { link } = sf;
    const snapshot = await openTable(link, 'cut short', link.context());
    const key = chunkKeys(snapshot, snapshot.chunks[2] as (typeof snapshot.chunks)[number], 0).data;
    await link.call(
      { key, command: ['SETRANGE', key, '5000', 'x'], readOnly: false, idempotent: true },
      link.context(),
    );
    for (const side of ['shards', 'client'] as const) {
      const query = sf.table('cut short').agg({ sum: col('x').sum() });
      expect(await failure(query.collect({ side }))).toMatchObject({ code: 'DATA_LOSS' });
    }
  });

  it.each(['shards', 'client'] as const)(
    'a table that is replaced while it is read is read anew (%s)',
    async (side) => {
      const name = `replaced ${side}`;
      await sf.createTable(name, { x: [1, 2, 3, 4] }, { chunkRows: 2 });
      let replaced = false;
      const link: ClusterLink = linkWith(sf.link, async (call, next) => {
        if (!replaced && (isKernel(call) || call.command[0] === 'MGET')) {
          replaced = true;
          const options = { mode: 'replace', chunkRows: 2, graceMs: 0 } as const;
          await sf.createTable(name, { x: [10, 20, 30] }, options);
          await sf.createTable(name, { x: [100, 200, 300] }, options);
        }
        return next();
      });
      const result = await new Shardfold(link)
        .table(name)
        .agg({ sum: col('x').sum() })
        .collect({ side });
      expect([...result]).toEqual([{ sum: 600 }]);
      expect(result.receipt.retries.VERSION_COLLECTED).toBe(1);
      expect(result.receipt.version).toBe(3);
    },
  );
});

describe('options', () => {
  const collect = (options: object) => failure(sf.table('t').collect(options));
  const invalid = (message: string, hint: unknown = expect.any(String)) => ({
    code: 'INVALID_ARGUMENT',
    message,
    hint,
  });
  it('that do not exist', async () => {
    expect(await collect({ timeoutMs: 1 })).toMatchObject(
      invalid('there is no option timeoutMs; did you mean timeout?'),
    );
    expect(await collect({ colour: 'red' })).toMatchObject(
      invalid('there is no option colour', expect.stringContaining('timeout')),
    );
  });

  it('of another kind: the message quotes strings', async () => {
    const timeout = invalid('timeout is "3s"', 'milliseconds, e.g. 3000');
    expect(await collect({ timeout: '3s' })).toMatchObject(timeout);
    expect(await failure(connect({ url: sharedUrl(1), timeout: '3s' as never }))).toMatchObject(timeout);
    expect(await failure(sf.tables({ timeout: '3' as never }))).toMatchObject(invalid('timeout is "3"'));
    expect(await failure(sf.vector('v').sum({ timeout: '3' as never }))).toMatchObject(invalid('timeout is "3"'));
    expect(await collect({ maxInFlight: '2' })).toMatchObject(invalid('maxInFlight is "2"'));
  });
});

describe('arguments of another kind', () => {
  const invalid = (message: string) =>
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message, hint: expect.any(String) });

  it.each(['redis://localhost', {}, { url: 7 }, { url: [7] }, { url: [] }, undefined, null])(
    'connect(%j)',
    async (options) => {
      expect(await failure(connect(options as never))).toEqual(invalid("connect takes { url: 'redis://host:port' }"));
    },
  );

  it('names', () => {
    expect(() => sf.table(undefined as never)).toThrow(invalid('the name of the table is undefined'));
    expect(() => sf.table(42 as never)).toThrow(invalid('the name of the table is 42'));
    expect(() => sf.vector({} as never)).toThrow(invalid('the name of the vector is an object'));
    expect(() => col(1 as never)).toThrow(invalid('the name of the column is 1'));
    expect(() => sf.table('t').select(1 as never)).toThrow(invalid('1 is no column'));
    expect(() => sf.table('t').filter('open' as never)).toThrow(invalid('"open" is no condition'));
  });

  it('counts', () => {
    expect(() => sf.table('t').limit('3' as never)).toThrow(invalid('"3" rows cannot be asked for'));
  });
});

it('a connection that was closed, by close() or at the end of its block', async () => {
  let left: Shardfold;
  {
    await using here = await connect({ url: sharedUrl(3), prefix: sf.link.prefix });
    expect([...(await here.table('t').agg({ n: count() }).collect())]).toEqual([{ n: 3 }]);
    left = here;
  }
  const closed = {
    code: 'CONNECTION_FAILED',
    message: 'the connection is closed: close() was called',
    hint: 'connect again',
  };
  expect(await failure(left.table('t').collect())).toMatchObject(closed);
  expect(await failure(left.tables())).toMatchObject(closed);
});

it('a URL at which nothing listens', async () => {
  const error = await failure(connect({ url: 'redis://127.0.0.1:1', timeout: 2000 }));
  expect(error).toMatchObject({ code: 'CONNECTION_FAILED', message: expect.stringContaining('127.0.0.1:1') });
  expect((await failure(connect({ url: 'http://example' }))).code).toBe('INVALID_ARGUMENT');
});

describe('a server without cluster mode', () => {
  const server = testCluster({ shards: 1, clusterMode: false });

  it('works, as one shard', async () => {
    const one = await connect({ url: server.url });
    try {
      await one.createTable('t', columns, { chunkRows: 2 });
      const result = await one
        .table('t')
        .groupBy('open')
        .agg({ sum: col('quantity').sum() })
        .collect({ side: 'shards' });
      expect([...result]).toEqual([
        { open: false, sum: 2 },
        { open: true, sum: 1 },
        { open: null, sum: 3 },
      ]);
      expect(Object.keys(result.receipt.shards)).toHaveLength(1);
    } finally {
      await one.close();
    }
  });

  it('a user who may not run scripts: NO_PERMISSION', async () => {
    const one = await connect({ url: server.url });
    try {
      const [node] = one.link.nodes();
      const rules = ['on', '>secret', '~*', '+@all', '-eval_ro', '-evalsha_ro', '-eval', '-evalsha'];
      await one.link.callNode(node?.id as string, ['ACL', 'SETUSER', 'reader', ...rules], one.link.context());
      const reader = await connect({ url: server.url, username: 'reader', password: 'secret' });
      try {
        const query = reader.table('t').agg({ sum: col('quantity').sum() });
        expect(await failure(query.collect({ side: 'shards' }))).toMatchObject({
          code: 'NO_PERMISSION',
          retryable: false,
        });
        expect([...(await query.collect({ side: 'client' }))]).toEqual([{ sum: 6 }]);
      } finally {
        await reader.close();
      }
    } finally {
      await one.close();
    }
  });
});

describe('a server without FUNCTION', () => {
  const server = testCluster({ shards: 1, clusterMode: false, config: { 'rename-command': 'FUNCTION ""' } });
  it('is too old', async () => {
    expect(await failure(connect({ url: server.url }))).toMatchObject({ code: 'SERVER_TOO_OLD' });
  });
});

it('an error of ours passes through unchanged', () => {
  const error = new ShardfoldError('DATA_LOSS', 'gone');
  expect(errorFromReply(error, { slot: 5 })).toBe(error);
});
