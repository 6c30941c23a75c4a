// Random numbers that are the same on every machine and in every version of Node: xoshiro128** (Blackman & Vigna 2018), its state
// filled from the seed by SplitMix32.

/** @returns {{ integer(from: number, to: number): number, real(): number }} whole numbers of [from, to], reals of [0, 1) with 32 bits */
export function randomSource(seed) {
  let mixed = seed >>> 0;
  const next = () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  const bits = () => {
    let word = Math.imul(b, 5);
    word = Math.imul((word << 7) | (word >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return word;
  };
  const real = () => bits() / 2 ** 32;
  return { real, integer: (from, to) => from + Math.floor(real() * (to - from + 1)) };
}
