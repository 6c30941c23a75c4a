/**
 * Sums of products of columns that are gathered for 64 rows: Σ a_i b_j for i ≤ j, row by row of the upper triangle. A block has sums of
 * its own, which then go to the totals: fewer roundings meet a large total than row by row. Tiles of two columns by two keep four sums in
 * registers, so that one look-up serves one product; each sum is of the same products in the same order whatever the tile.
 */

/** Rows of a block. */
export const BLOCK_ROWS = 64;

/** @param name of the function: `name(a, b, n, sums, p)` adds what the first n rows of p columns come to */
export const productsLua = (name: string): string => `local function ${name}(A, B, n, sums, p)
  for i = 1, p, 2 do
    local base = (i - 1) * p - (i - 1) * (i - 2) / 2
    local a1, a2, isPair = A[i], A[i + 1], i < p
    if not isPair then a2 = a1 end
    for j = i, p, 2 do
      local b1, b2, isWhole = B[j], B[j + 1], j < p
      if not isWhole then b2 = b1 end
      local s11, s12, s21, s22 = 0, 0, 0, 0
      for r = 1, n do
        local u, v, x, y = a1[r], a2[r], b1[r], b2[r]
        s11, s12, s21, s22 = s11 + u * x, s12 + u * y, s21 + v * x, s22 + v * y
      end
      local k = base + (j - i) + 1
      sums[k] = sums[k] + s11
      if isWhole then sums[k + 1] = sums[k + 1] + s12 end
      if isPair then
        k = k + p - i
        if j > i then sums[k] = sums[k] + s21 end
        if isWhole then sums[k + 1] = sums[k + 1] + s22 end
      end
    end
  end
end`;

type Columns = readonly Float64Array[];

/** The twin. */
export function addProducts(a: Columns, b: Columns, rows: number, sums: number[]): void {
  const width = a.length;
  for (let i = 0, k = 0; i < width; i++) {
    for (let j = i; j < width; j++, k++) {
      const [left, right] = [a[i] as Float64Array, b[j] as Float64Array];
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += (left[r] as number) * (right[r] as number);
      sums[k] = (sums[k] as number) + sum;
    }
  }
}

export const pairCount = (width: number): number => (width * (width + 1)) / 2;

/** Columns that hold a block. */
export const blockColumns = (width: number): Float64Array[] =>
  Array.from({ length: width }, () => new Float64Array(BLOCK_ROWS));

/** `x1`, `x2`, … */
export const numbered = (width: number, prefix: string): string[] =>
  Array.from({ length: width }, (_, i) => `${prefix}${i + 1}`);
