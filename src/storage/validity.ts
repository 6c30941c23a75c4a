/** Validity: one byte a row in memory (1 = present), one bit a row on the servers (least significant first, as in Arrow). */

export function packValidity(valid: Uint8Array, rows: number): Buffer {
  const bitmap = Buffer.alloc((rows + 7) >> 3);
  for (let i = 0; i < rows; i++) {
    if (valid[i]) bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7));
  }
  return bitmap;
}

export function unpackValidity(bitmap: Uint8Array, rows: number): Uint8Array {
  const valid = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) valid[i] = ((bitmap[i >> 3] as number) >> (i & 7)) & 1;
  return valid;
}

export function countNulls(valid: Uint8Array | undefined, rows: number): number {
  if (valid === undefined) return 0;
  let nulls = 0;
  for (let i = 0; i < rows; i++) if (!valid[i]) nulls++;
  return nulls;
}
