/**
 * Numbers that look random and depend on nothing but what is mixed into them: rounds of x → x³ + k modulo the prime 2^26 − 5, a permutation
 * (as in MiMC; Albrecht et al. 2016). Products stay below 2^53, so that Lua and JavaScript agree. For sampling; it keeps no secret.
 */

export const CHANCE_MODULUS = 2 ** 26 - 5;
/** Arbitrary: digits of π and e. */
export const CHANCE_CONSTANTS = [31_415_926, 27_182_818] as const;
const [FIRST, SECOND] = CHANCE_CONSTANTS;
/** The golden ratio less one: multiples of it lie apart. */
export const GOLDEN = 0.618_033_988_749_894_9;

const modulo = (x: number): number => x - Math.floor(x / CHANCE_MODULUS) * CHANCE_MODULUS;
const cubed = (s: number, constant: number): number => {
  const sum = modulo(modulo(s * s) * s) + constant;
  return sum >= CHANCE_MODULUS ? sum - CHANCE_MODULUS : sum;
};

/** Another whole number below the modulus, one for each. */
export const chanceRound = (s: number): number => cubed(cubed(s, FIRST), SECOND);

export function chanceMix(s: number, value: number): number {
  const scaled = (value < 0 ? 0.5 - value : value) * GOLDEN;
  const fraction = scaled - Math.floor(scaled);
  const mixed = fraction >= 0 && fraction < 1 ? s + Math.floor(fraction * CHANCE_MODULUS) : s;
  return chanceRound(mixed >= CHANCE_MODULUS ? mixed - CHANCE_MODULUS : mixed);
}

const sumOf = (a: number, b: number): number => (a + b >= CHANCE_MODULUS ? a + b - CHANCE_MODULUS : a + b);

export const CHANCE = {
  /** Of a row's number, a whole number below the modulus. */
  f_chance: (row: number, start: number): number =>
    chanceRound(sumOf(chanceRound(sumOf(start, modulo(row))), Math.floor(row / CHANCE_MODULUS))),
} as const;
