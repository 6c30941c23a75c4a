// Leaderboards over many sorted sets, against all their rows sorted here.
import { connectCluster } from '../../../src/cluster/connect.js';
import type { ClusterLink, Reply } from '../../../src/cluster/types.js';
import type { Board, BoardRow, Place } from '../../../src/engine/keys/board.js';
import { boardPage } from '../../../src/engine/keys/leaderboard.js';
import { type ShortcutReceipt, ShortcutReceiptBuilder } from '../../../src/engine/keys/shortcut-receipt.js';
import { col, count, type Expr, lit, when } from '../../../src/expr/expr.js';
import { ALL_SCORES, type ScoreRange, scoreText } from '../../../src/plan/keys/score-range.js';
import { Shardfold } from '../../../src/shardfold.js';
import { testCluster } from '../../harness/cluster.js';
import { halfMove } from './half-moved.js';

const cluster = testCluster({ shards: 3 });
let link: ClusterLink;
beforeAll(async () => {
  link = await connectCluster({ url: cluster.url });
});
afterAll(() => link.close());

const send = (name: string, key: string | Buffer, ...rest: (string | Buffer)[]): Promise<Reply> =>
  link.call({ key, command: [name, key, ...rest], readOnly: false, idempotent: true }, link.context());

const random = (below: number): number => Math.floor(Math.random() * below);
const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;

const TIED = [0, -0, 1, -1, 2, 1e300, -1e-300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1];
const SCORES: readonly (() => number)[] = [
  () => pick(TIED),
  () => random(50),
  () => (Math.random() - 0.5) * 10 ** random(12),
  () => 7,
];

interface Given {
  readonly keys: readonly Buffer[];
  readonly rows: readonly BoardRow[];
}

/** Makes boards; some keys are missing, and one is of another type. */
async function boards(prefix: string, sizes: readonly number[], score: () => number): Promise<Given> {
  const [keys, rows]: [Buffer[], BoardRow[]] = [[], []];
  for (const [i, size] of sizes.entries()) {
    const key = Buffer.from(`${prefix}${i}\xff`, 'latin1');
    keys.push(key);
    const members = new Map<string, BoardRow>();
    for (let n = 0; n < size; n++) {
      const member = Buffer.from(pick([`m${random(3 * size)}`, `é${random(size)}`, `\xff${random(size)}`]), 'latin1');
      members.set(member.toString('latin1'), { key, member, score: score() });
    }
    const all = [...members.values()];
    rows.push(...all);
    if (all.length > 0) await send('ZADD', key, ...all.flatMap((row) => [scoreText(row.score), row.member]));
  }
  keys.push(Buffer.from(`${prefix}missing`), Buffer.from(`${prefix}text`));
  await send('SET', `${prefix}text`, 'x');
  return { keys, rows };
}

let receipt: ShortcutReceiptBuilder;
const boardOf = (keys: readonly Buffer[], descending = true, range: ScoreRange = ALL_SCORES): Board => {
  receipt = new ShortcutReceiptBuilder();
  return { link, context: link.context(), receipt, keys, descending, range };
};
const receiptOf = (board: Board): ShortcutReceipt => receipt.finish(board.context.tally);

function sorted(rows: readonly BoardRow[], descending: boolean, range: ScoreRange = ALL_SCORES): BoardRow[] {
  const { min, max, minOpen, maxOpen } = range;
  const kept = rows.filter(
    ({ score }) => !(score < min || score > max || (minOpen && score === min) || (maxOpen && score === max)),
  );
  return kept.sort((a, b) => {
    if (a.score !== b.score) return (a.score < b.score ? -1 : 1) * (descending ? -1 : 1);
    return Buffer.compare(a.key, b.key) || Buffer.compare(a.member, b.member);
  });
}

const shown = (rows: readonly BoardRow[]): string[] =>
  rows.map(({ key, member, score }) => `${key.toString('latin1')} ${member.toString('latin1')} ${score}`);

async function allPages(board: Board, size: number): Promise<BoardRow[]> {
  const rows: BoardRow[] = [];
  for (let after: Place | undefined; ; ) {
    const page = await boardPage(board, { size, ...(after && { after }) });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    expect(page.rows).toHaveLength(size);
    after = page.next;
  }
}

describe.each([
  ['in many slots', ''],
  ['in one slot', '{one}'],
])('keys %s', (_, tag) => {
  it.each(SCORES.map((score, i) => [i, score] as const))('pages, scores %i', async (i, score) => {
    const { keys, rows } = await boards(`${tag}${i}:`, [0, 1, 2, 70, 30, 300, 3, 20], score);
    const ranges: ScoreRange[] = [ALL_SCORES];
    for (const minOpen of [false, true]) {
      const [a, b] = [pick(rows).score, pick(rows).score];
      ranges.push({ min: Math.min(a, b), max: Math.max(a, b), minOpen, maxOpen: !minOpen || random(2) === 0 });
    }
    for (const range of ranges) {
      for (const descending of [true, false]) {
        const expected = sorted(rows, descending, range);
        const board = boardOf(keys, descending, range);
        for (const size of [40 + random(100), descending ? 300 : 10_000]) {
          expect(shown(await allPages(board, size))).toEqual(shown(expected));
        }
        for (const offset of [3, random(500), random(500), expected.length - 1, expected.length]) {
          if (offset < 0) continue;
          const { rows: found, next } = await boardPage(board, { size: 4, offset });
          expect(shown(found)).toEqual(shown(expected.slice(offset, offset + 4)));
          expect(next !== undefined).toBe(expected.length > offset + 4);
        }
      }
    }
  });
});

it('moves no more than the page and what is counted for it', async () => {
  const { keys, rows } = await boards(
    'many:',
    Array.from({ length: 60 }, () => 100),
    () => random(1e9),
  );
  const expected = sorted(rows, true);
  const board = boardOf(keys);
  const page = await boardPage(board, { size: 10, offset: 2000 });
  expect(shown(page.rows)).toEqual(shown(expected.slice(2000, 2010)));
  const { bytesReceived, calls, longestCallMs, keys: asked } = receiptOf(board);
  // A row takes some 30 bytes, a probe of a key some 350; all rows would be 180,000.
  expect(bytesReceived).toBeLessThan(calls * 400 + 300 * 30);
  expect(calls).toBeLessThan(62 * 8);
  expect([asked, longestCallMs > 0]).toEqual([62, true]);
});

it('has no rows without keys', async () => {
  const none = boardOf([Buffer.from('no'), Buffer.from('none')]);
  expect(await boardPage(none, { size: 3 })).toEqual({ rows: [], next: undefined });
  expect(await boardPage(none, { size: 3, offset: 10 })).toEqual({ rows: [], next: undefined });
  expect(await boardPage(boardOf([]), { size: 3 })).toEqual({ rows: [], next: undefined });
});

it('reads keys of one slot that lie on two nodes', async () => {
  const { keys, rows } = await boards('{half}:', [30, 30, 30, 30, 30], () => random(20));
  const end = await halfMove(link, '{half}');
  await send('ZADD', '{half}:new', '3', 'new'); // made on the node that the slot moves to
  const all = [...rows, { key: Buffer.from('{half}:new'), member: Buffer.from('new'), score: 3 }];
  const named = [...keys, Buffer.from('{half}:new')];
  const look = async () => {
    expect(shown(await allPages(boardOf(named), 17))).toEqual(shown(sorted(all, true)));
    expect((await boardPage(boardOf(named), { size: 5, offset: 100 })).rows).toHaveLength(5);
  };
  await look();
  await end();
  await look();
});

it('pages exactly while slots move and other keys come and go', async () => {
  const { keys, rows } = await boards('moving:', [50, 50, 50, 50, 50, 50], () => random(30));
  const expected = sorted(rows, true);
  const other = Buffer.from('moving:other');
  let [done, moved] = [false, 0];
  const mover = (async () => {
    for (let i = 0; !done; i++) {
      const end = await halfMove(link, keys[i % keys.length] as Buffer);
      await end();
      moved += 1;
      if (i % 2 === 0) await send('ZADD', other, '5', 'x', '1000', 'y');
      else await send('DEL', other);
    }
  })();
  try {
    for (let round = 0; round < 8; round++) {
      const found = await allPages(boardOf([...keys, other]), 40);
      expect(shown(found.filter(({ key }) => !key.equals(other)))).toEqual(shown(expected));
      const page = await boardPage(boardOf(keys), { size: 5, offset: 200 });
      expect(shown(page.rows)).toEqual(shown(expected.slice(200, 205)));
    }
  } finally {
    done = true;
    await mover;
  }
  expect(moved).toBeGreaterThan(2);
});

describe('queries over sorted sets read no more than they need', () => {
  let sf: Shardfold;
  const rows: { key: string; member: string; score: number }[] = [];
  beforeAll(async () => {
    sf = new Shardfold(link);
    for (const [key, size] of Object.entries({ 'q:a': 30, 'q:b': 200, '{q:a}c': 1, '{q:a}large': 2500, 'q:none': 0 })) {
      for (let i = 0; i < size; i++)
        rows.push({ key, member: `m${i}`, score: i === 7 ? Number.NEGATIVE_INFINITY : random(60) - 5.5 });
      const own = rows.filter((row) => row.key === key);
      for (let at = 0; at < own.length; at += 500) {
        await send('ZADD', key, ...own.slice(at, at + 500).flatMap(({ score, member }) => [scoreText(score), member]));
      }
    }
    await send('SET', 'q:text', 'x');
  });

  const score = col('score');
  const FILTERS: readonly (readonly [string, Expr<string, 'score' | 'key'> | undefined, (score: number) => boolean])[] =
    [
      ['all', undefined, () => true],
      ['gtEq', score.gtEq(10), (x) => x >= 10],
      ['lt, other side', lit(20.5).gt(score), (x) => x < 20.5],
      ['between', score.gt(3).and(score.ltEq(12.5)), (x) => x > 3 && x <= 12.5],
      ['eq', score.eq(7.5), (x) => x === 7.5],
      ['twice', score.gt(3).and(score.gtEq(3.5)).and(score.lt(3.5)), () => false],
      ['infinite', score.ltEq(Number.NEGATIVE_INFINITY), (x) => x === Number.NEGATIVE_INFINITY],
      ['neq', score.neq(7.5), (x) => x !== 7.5],
      ['NaN', score.lt(Number.NaN), () => true],
      ['with a key', score.gt(10).and(col('key').neq('q:b')), (x) => x > 10],
    ];

  it.each(FILTERS)('%s', async (name, filter, passes) => {
    const from = filter === undefined ? sf.zset('*q:*') : sf.zset('*q:*').filter(filter);
    const kept = rows.filter((row) => passes(row.score) && (name !== 'with a key' || row.key !== 'q:b'));
    const scores = kept.map((row) => row.score);
    const ends = {
      least: scores.length > 0 ? Math.min(...scores) : null,
      most: scores.length > 0 ? Math.max(...scores) : null,
    };
    const totals = await from
      .agg({ n: count(), scored: score.count(), least: score.min(), most: score.max() })
      .collect();
    expect([...totals]).toEqual([{ n: kept.length, scored: kept.length, ...ends }]);
    const counted = await from.agg({ n: count() }).collect();
    expect([...counted]).toEqual([{ n: kept.length }]);
    if (name !== 'neq' && name !== 'NaN') {
      for (const { receipt } of [totals, counted]) expect(receipt.keys?.[0]?.keys.inSlices).toBe(0);
    }

    const byKey = await from.groupBy('key').agg({ n: count(), most: score.max() }).collect();
    const keys = [...new Set(kept.map(({ key }) => key))].sort();
    expect([...byKey].sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1))).toEqual(
      keys.map((key) => {
        const own = kept.filter((row) => row.key === key).map((row) => row.score);
        return { key, n: own.length, most: Math.max(...own) };
      }),
    );

    if (name === 'twice' || name === 'gtEq' || name === 'lt, other side') return;
    const members = await from
      .agg({ members: col('member').countDistinct(), odd: when(score.gt(20)).then(1).otherwise(null).count() })
      .collect();
    expect([...members]).toEqual([
      { members: new Set(kept.map(({ member }) => member)).size, odd: kept.filter((row) => row.score > 20).length },
    ]);
    const top = await from.sort('score', 'desc').limit(12).collect();
    expect([...top].map((row) => row.score)).toEqual(
      scores.sort((a, b) => (a === b ? 0 : a < b ? 1 : -1)).slice(0, 12),
    );
    expect([...(await from.select('member').limit(5000).collect())]).toHaveLength(kept.length);
  });

  it.each([
    ['desc', undefined],
    ['asc', undefined],
    ['desc', score.gtEq(10).and(score.lt(40))],
    ['asc', score.gt(3.5)],
  ] as const)('pages, %s', async (direction, filter) => {
    const all = sf.zset('*q:*');
    const query = (filter === undefined ? all : all.filter(filter)).select('member', 'score').sort('score', direction);
    const passes = (x: number) => filter === undefined || (direction === 'desc' ? x >= 10 && x < 40 : x > 3.5);
    const bytes = (text: string) => Buffer.from(text);
    const sign = direction === 'desc' ? -1 : 1;
    const expected = rows
      .filter((row) => passes(row.score))
      .sort((a, b) => {
        if (a.score !== b.score) return a.score < b.score ? -sign : sign;
        return Buffer.compare(bytes(a.key), bytes(b.key)) || Buffer.compare(bytes(a.member), bytes(b.member));
      })
      .map((row) => ({ member: row.member, score: row.score }));
    const found: object[] = [];
    for (let after: string | undefined; ; ) {
      const page = await query.page({ size: 400, ...(after && { after }) });
      found.push(...page.rows);
      after = page.next;
      if (after === undefined) break;
    }
    expect(found).toEqual(expected);
    const { rows: some, receipt } = await query.page({ size: 20, offset: 900 });
    expect(some).toEqual(expected.slice(900, 920));
    // How many calls it takes depends on how fast they are; each brings little beside the page.
    expect(receipt.bytesReceived).toBeLessThan(receipt.calls * 400 + 10_000);
    expect(receipt.keys?.[0]?.source).toBe('zset("*q:*")');
    // By other columns, the client side, and a limit: the same rows.
    expect([...(await query.limit(30).page({ size: 20, offset: 15 })).rows]).toEqual(expected.slice(15, 30));
    for (const value of [10, 20.5, 1000, Number.NEGATIVE_INFINITY]) {
      const before = expected.filter((row) => (direction === 'desc' ? row.score > value : row.score < value)).length;
      expect(await query.rank(value)).toBe(before);
    }
    const pulled = await query.page({ size: 20, offset: 900, side: 'client' });
    expect(pulled.rows).toEqual(expected.slice(900, 920));
  });

  it('finds an offset among many small ones', async () => {
    const small = await boards(
      'small:',
      Array.from({ length: 150 }, () => 20),
      () => random(400),
    );
    const query = (direction: 'asc' | 'desc') => sf.zset('small:*').select('score', 'member').sort('score', direction);
    for (const direction of ['asc', 'desc'] as const) {
      const expected = sorted(small.rows, direction === 'desc');
      const { rows: found, receipt } = await query(direction).page({ size: 5, offset: 2400 });
      expect(found.map((row) => row.score)).toEqual(expected.slice(2400, 2405).map((row) => row.score + 0));
      // Pulling them would be some hundred kilobytes; how many calls there are depends on how busy the servers are.
      expect(receipt.calls).toBeLessThan(600);
      expect((await query(direction).page({ size: 5, offset: expected.length })).rows).toEqual([]);
    }
    // Most rows have one score.
    const tied = await boards(
      'tied:',
      Array.from({ length: 150 }, () => 20),
      () => (random(10) > 0 ? 7 : 8),
    );
    const asked = sf.zset('tied:*').sort('score', 'desc');
    const expected = shown(sorted(tied.rows, true)).slice(2000, 2020);
    const { rows: found } = await asked.page({ size: 20, offset: 2000 });
    expect(found.map((row) => row.score)).toEqual(expected.map((row) => Number(row.split(' ').at(-1))));
    const { rows: before } = await asked.page({ size: 19, offset: 1981 });
    const { rows: beside } = await asked.page({ size: 39, offset: 1981 });
    expect(beside).toEqual([...before, ...found]);
  });
});
