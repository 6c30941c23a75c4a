/** The nearest of some centres, by squared distance: for the passes of k-means, and as a function of rows. */

/** Squared distance of a row from the constants behind `offset`; operation by operation as in Lua. */
function squaredDistance(values: readonly number[], constants: readonly number[], offset: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i] as number) - (constants[offset + i] as number);
    sum = i === 0 ? difference * difference : sum + difference * difference;
  }
  return sum;
}

/** Number of the nearest centre, and the squared distance: NaN where no distance is a number. */
export function nearestCentre(values: readonly number[], centres: readonly number[]): [centre: number, square: number] {
  let [best, least, last] = [0, Number.POSITIVE_INFINITY, 0];
  for (let j = 0; j * values.length < centres.length; j++) {
    last = squaredDistance(values, centres, j * values.length);
    if (last < least) [best, least] = [j, last];
  }
  return [best, least === Number.POSITIVE_INFINITY ? last - last : least];
}

/** Centres as one constant: eight bytes a number, one char a byte. */
export const packCentres = (centres: readonly number[]): string =>
  Buffer.from(Float64Array.from(centres).buffer).toString('latin1');

let latest: { readonly packed: string; readonly centres: readonly number[] } | undefined;

/** All rows of a kernel have the same centres. */
function unpackCentres(packed: string): readonly number[] {
  if (latest?.packed !== packed) {
    const bytes = Uint8Array.from(Buffer.from(packed, 'latin1'));
    latest = { packed, centres: [...new Float64Array(bytes.buffer)] };
  }
  return latest.centres;
}

export const NEAREST = {
  /** Number of the nearest centre, the lower of two as near; -1 where a coordinate is NaN. */
  f_nearest: (packed: string, ...row: number[]): number =>
    row.some(Number.isNaN) ? -1 : nearestCentre(row, unpackCentres(packed))[0],
} as const;
