/** Parts of products, put together here. */

/** Adds a tile to rows of `stride` columns. */
export function addTile(
  values: Float64Array,
  stride: number,
  tile: Float64Array,
  { row, col, width }: { readonly row: number; readonly col: number; readonly width: number },
): void {
  for (let from = 0, start = row * stride + col; from < tile.length; from += width, start += stride) {
    for (let j = 0; j < width; j++) values[start + j] = (values[start + j] as number) + (tile[from + j] as number);
  }
}
