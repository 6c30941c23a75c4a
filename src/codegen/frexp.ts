/** C's frexp, as Lua has it. */

const bits = new DataView(new ArrayBuffer(8));

/** x = m * 2^e with 0.5 <= |m| < 1, for finite x. */
export function frexp(x: number): readonly [m: number, e: number] {
  if (x === 0) return [x, 0];
  const scale = Math.abs(x) < 2 ** -1000 ? 54 : 0;
  bits.setFloat64(0, x * 2 ** scale);
  const high = bits.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1022;
  bits.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return [bits.getFloat64(0), exponent - scale];
}
