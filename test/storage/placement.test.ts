// Where chunks lie: what is a law of golden-ratio sequences, for every seed and every count.
import { slotOf } from '../../src/cluster/slots.js';
import { chunkSlot, placeChunk, seedOf, shiftedSeed } from '../../src/storage/placement.js';

/** Chunks on the fullest of equal shards, over the mean. */
function fullness(seed: number, chunks: number, shards: number): number {
  const counts = new Array<number>(shards).fill(0);
  for (let j = 0; j < chunks; j++) {
    const shard = Math.floor((chunkSlot(seed, j) * shards) / 16384);
    counts[shard] = (counts[shard] as number) + 1;
  }
  return Math.max(...counts) / (chunks / shards);
}

const SEEDS = Array.from({ length: 500 }, (_, i) => seedOf(`table ${i}`));

it('47 chunks on three shards: the fullest holds at most 17, whatever the seed', () => {
  for (const seed of SEEDS) expect(fullness(seed, 47, 3)).toBeLessThanOrEqual(17 / (47 / 3));
});

it('any prefix is near-evenly spread: no shard holds two chunks more than its share, up to 300 chunks', () => {
  for (const shards of [2, 3, 5, 8]) {
    for (let chunks = 1; chunks <= 300; chunks += 7) {
      const over = (fullness(SEEDS[chunks] as number, chunks, shards) - 1) * (chunks / shards);
      expect(over).toBeLessThan(2.5);
    }
  }
});

it('does not drift: chunk numbers far out give what exact arithmetic gives', () => {
  // φ to 40 digits, as an integer ratio: an independent way to the same fraction.
  const phi = 6180339887498948482045868343656381177203n;
  for (const j of [1, 1e3, 1e6, 1e9, 2 ** 31, 2 ** 32 - 1]) {
    const fraction = (BigInt(j) * phi) % 10n ** 40n;
    const exact = (fraction * 16384n) / 10n ** 40n;
    expect(chunkSlot(0, j)).toBe(Number(exact));
  }
});

it('the seed of one group is one, and small tables of many names fall into many slots', () => {
  expect(chunkSlot(seedOf('a'), 5)).toBe(chunkSlot(seedOf('a'), 5));
  expect(new Set(SEEDS.map((seed) => chunkSlot(seed, 0))).size).toBeGreaterThan(450);
});

it('the tag lies in the slot, as the servers hash it', () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const { slot, tag } = placeChunk(seed, 3);
    expect(tag).toMatch(/^[a-z0-9]+$/);
    expect(slotOf(`sf:{${tag}}:x`)).toBe(slot);
  }
});

describe('a table that begins with a later chunk of another', () => {
  const fits = (from: number, to: number, first: number, count: number): boolean =>
    Array.from({ length: count }, (_, j) => chunkSlot(to, j) === chunkSlot(from, first + j)).every(Boolean);

  it('has a seed under which its chunks lie beside those', () => {
    for (const [i, seed] of SEEDS.entries()) {
      const shifted = shiftedSeed(seed, i * i, 20) as number;
      expect(fits(seed, shifted, i * i, 20)).toBe(true);
    }
    expect(shiftedSeed(7, 0, 1000)).toBe(7);
    expect(shiftedSeed(2 ** 32 - 1, 1, 0)).toBeLessThan(2 ** 32);
  });

  it.each([
    [1752011978, 4858, -1],
    [2939053570, 4522, 1],
  ])(
    'seed %i from chunk %i on: takes a neighbour where the nearest puts a chunk into the next slot',
    (seed, first, step) => {
      const nearest = shiftedSeed(seed, first, 40) as number;
      expect(fits(seed, nearest, first, 300)).toBe(false);
      expect(shiftedSeed(seed, first, 300)).toBe(nearest + step);
      expect(fits(seed, nearest + step, first, 300)).toBe(true);
    },
  );

  it('has none where chunks lie at both ends of their slots', () => {
    expect(shiftedSeed(3150413782, 1574, 67_206)).toBeUndefined();
  });
});
