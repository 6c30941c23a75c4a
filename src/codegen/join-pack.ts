/** How the right side of a join travels: numbers in as few bytes as they need, strings as their sizes and their bytes. */

type Format = 'B' | 'H' | 'f' | 'd';
const SIZES: Record<Format, number> = { B: 1, H: 2, f: 4, d: 8 };
/** The letter, a double that is added to each number, then the numbers. */
export const NUMBERS_HEADER = 9;

export function packNumbers(values: readonly number[]): Buffer {
  const { format, base } = formatOf(values);
  const size = SIZES[format];
  const buffer = Buffer.allocUnsafe(NUMBERS_HEADER + values.length * size);
  buffer.write(format, 0, 'latin1');
  buffer.writeDoubleLE(base, 1);
  values.forEach((value, i) => {
    const at = NUMBERS_HEADER + i * size;
    if (format === 'B') buffer[at] = value - base;
    else if (format === 'H') buffer.writeUInt16LE(value - base, at);
    else if (format === 'f') buffer.writeFloatLE(value, at);
    else buffer.writeDoubleLE(value, at);
  });
  return buffer;
}

function formatOf(values: readonly number[]): { readonly format: Format; readonly base: number } {
  let [low, high, whole, short] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, true];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
    whole &&= Number.isSafeInteger(value) && !Object.is(value, -0);
    short &&= Object.is(Math.fround(value), value);
  }
  if (values.length === 0) return { format: 'B', base: 0 };
  if (whole && high - low <= 0xff) return { format: 'B', base: low };
  if (whole && high - low <= 0xffff) return { format: 'H', base: low };
  return { format: short ? 'f' : 'd', base: 0 };
}

/** Strings of bytes, one char each. */
export function packStrings(values: readonly string[]): Buffer[] {
  return [packNumbers(values.map(({ length }) => length)), Buffer.from(values.join(''), 'latin1')];
}
