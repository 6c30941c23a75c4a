/** Scores of sorted sets: as the servers write them, as they take them, and as whole numbers in the same order. */

/** As replies write it. */
export function readScore(text: Buffer): number {
  const latin = text.toString('latin1');
  if (latin === 'inf') return Number.POSITIVE_INFINITY;
  return latin === '-inf' ? Number.NEGATIVE_INFINITY : Number(latin);
}

const bits = new DataView(new ArrayBuffer(8));
const SIGN = 1n << 63n;

/** Its place in the order of all doubles, which no number lies between; 0 and -0 have one. */
export function orderOf(score: number): bigint {
  bits.setFloat64(0, score === 0 ? 0 : score);
  const raw = bits.getBigInt64(0);
  return raw < 0n ? -(raw + SIGN) : raw;
}

export function scoreAt(order: bigint): number {
  bits.setBigInt64(0, order < 0n ? -order - SIGN : order);
  return bits.getFloat64(0);
}
