// The merge tree: one result whatever the order of arrival, and nothing missing or counted twice.
import fc from 'fast-check';
import { MergeTree } from '../../src/engine/tree.js';

/** Writes down how it was merged. */
const join = (left: string, right: string): string => `(${left} ${right})`;

interface Piece {
  readonly height: number;
  readonly index: number;
}

/** Cuts leaves 0 … leaves - 1 into aligned nodes, as wide as `wish` says and fits. */
function pieces(leaves: number, wish: (at: number) => number): Piece[] {
  const list: Piece[] = [];
  for (let at = 0; at < leaves; ) {
    let height = wish(at);
    while (at % 2 ** height !== 0 || at + 2 ** height > leaves) height -= 1;
    list.push({ height, index: at / 2 ** height });
    at += 2 ** height;
  }
  return list;
}

/** What a shard makes of its part: the same tree below. */
function below(first: number, height: number, empty: ReadonlySet<number>): string | undefined {
  if (height === 0) return empty.has(first) ? undefined : String(first);
  const half = 2 ** (height - 1);
  const [left, right] = [below(first, height - 1, empty), below(first + half, height - 1, empty)];
  return left === undefined ? right : right === undefined ? left : join(left, right);
}

it('gives one result for all cuts and orders', () => {
  const cuts = fc.array(fc.nat(3), { minLength: 80, maxLength: 80 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), cuts, cuts, fc.array(fc.nat(70)), (leaves, cut, order, gone) => {
      const empty = new Set(gone);
      const result = (list: Piece[]): string | undefined => {
        const tree = new MergeTree<string>(leaves, join);
        for (const { height, index } of list) {
          const state = below(index * 2 ** height, height, empty);
          if (state === undefined) tree.skip(height, index);
          else tree.add(height, index, state);
        }
        return tree.result();
      };
      const units = result(pieces(leaves, () => 0));
      const shuffled = pieces(leaves, (at) => cut[at] as number)
        .map((piece, i) => ({ piece, by: (order[i] as number) * 100 + i }))
        .sort((a, b) => b.by - a.by)
        .map(({ piece }) => piece);
      expect(result(shuffled)).toBe(units);
      // The leaves are there once each, in order.
      const there = Array.from({ length: leaves }, (_, i) => i).filter((i) => !empty.has(i));
      expect((units ?? '').match(/\d+/g)?.map(Number) ?? []).toEqual(there);
    }),
    { numRuns: 200 },
  );
});

it('an empty table has no state', () => {
  expect(new MergeTree<string>(0, join).result()).toBeUndefined();
});

it('a missing leaf is an error, and so is one that comes twice', () => {
  const tree = new MergeTree<string>(5, join);
  for (const leaf of [0, 1, 2, 3]) tree.add(0, leaf, String(leaf));
  expect(() => tree.result()).toThrow(/lacks a part/);
  tree.add(0, 4, '4');
  expect(tree.result()).toBe('(((0 1) (2 3)) 4)');
  tree.add(0, 3, '3');
  expect(() => tree.result()).toThrow(/twice/);
  const waiting = new MergeTree<string>(4, join);
  waiting.add(0, 1, '1');
  expect(() => waiting.add(0, 1, '1')).toThrow(/twice/);
  const whole = new MergeTree<string>(4, join);
  whole.add(2, 0, 'all');
  expect(() => whole.add(2, 0, 'all')).toThrow(/twice/);
  expect(whole.result()).toBe('all');
});

it('a part that comes again after its sibling has merged with it does not pass for another', () => {
  const tree = new MergeTree<string>(4, join);
  for (const leaf of [0, 1, 0, 1]) {
    try {
      tree.add(0, leaf, String(leaf));
    } catch (error) {
      expect(String(error)).toMatch(/twice/);
    }
  }
  expect(() => tree.result()).toThrow();
});
