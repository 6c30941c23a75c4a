// What the tests of vectors share: connections of 1, 3 and 5 shards, exact sums, and numbers that are hard to add.
import fc from 'fast-check';
import type { ClusterLink } from '../../src/cluster/types.js';
import { Matrix } from '../../src/linalg/matrix.js';
import { Vector } from '../../src/linalg/vector.js';
import { connect, type Shardfold } from '../../src/shardfold.js';
import { openTable } from '../../src/storage/catalog.js';
import { fsck } from '../../src/storage/fsck.js';
import { numberStats } from '../../src/storage/number-stats.js';
import { sharedUrl, uniquePrefix } from '../harness/cluster.js';

/** A connection to a shared cluster, for the describe block (or file) in which it is called. */
export function testShardfold(shards: 1 | 3 | 5 = 3): () => Shardfold {
  let sf: Shardfold | undefined;
  const prefix = uniquePrefix();
  beforeAll(async () => {
    sf = await connect({ url: sharedUrl(shards), prefix });
  });
  afterAll(() => sf?.close());
  return () => sf as Shardfold;
}

/** A finite double as a whole number of 2^-1074. */
export function exact(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return bits >> 63n === 1n ? -magnitude : magnitude;
}

export const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** Deterministic numbers in -1 … 1. */
export function numbers(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Finite doubles of all sizes, whole numbers (which are packed narrowly), and zeros of both signs. */
export const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }),
  fc.integer({ min: -100, max: 60_000 }),
  fc.constantFrom(0, -0, 1e16, -1e16, 1, 5e-324),
);

/** Lengths around the borders of blocks, units and chunks. */
export const SIZES = [0, 1, 2, 63, 64, 65, 127, 128, 8127, 8128, 8129, 16_257, 65_023, 65_024, 65_025, 130_100];

export const bits = (values: Float64Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
/** A matcher would take seconds over a megabyte. */
export const expectSame = (found: Float64Array, expected: Float64Array) =>
  expect(bits(found).equals(bits(expected))).toBe(true);
export const axpyOf = (a: number, x: Float64Array, y: Float64Array): Float64Array =>
  y.map((value, i) => value + a * (x[i] as number));

/** Nothing is wrong with the tables, whose checksums and zone maps were made in the shards. */
export async function expectSound(link: ClusterLink, name: string): Promise<void> {
  await expectTold(link, name, await new Vector(link, name).get());
}

export async function expectSoundMatrix(link: ClusterLink, name: string): Promise<void> {
  await expectTold(link, name, (await new Matrix(link, name).get()).data);
}

async function expectTold(link: ClusterLink, name: string, values: Float64Array): Promise<void> {
  expect(await fsck(link, {}, link.context())).toMatchObject({
    findings: [],
  });
  const { chunks } = await openTable(link, name, link.context());
  for (const { firstRow, rows, columns } of chunks) {
    const { min, max, hasNaN } = numberStats(values.slice(firstRow, firstRow + rows), undefined);
    const zone = [columns[0]?.min, columns[0]?.max];
    expect(zone).toEqual([min ?? Number.NaN, hasNaN ? Number.NaN : max]);
  }
}
