/**
 * Numbers that look random and depend on nothing but what is mixed into them: rounds of x → x³ + k modulo the prime 2^26 − 5, a permutation
 * (as in MiMC; Albrecht et al. 2016). Products stay below 2^53, so that Lua and JavaScript agree. For sampling; it keeps no secret.
 */

export const CHANCE_MODULUS = 2 ** 26 - 5;
/** Arbitrary: digits of π and e. */
const [FIRST, SECOND] = [31_415_926, 27_182_818];
/** The golden ratio less one: multiples of it lie apart. */
const GOLDEN = 0.618_033_988_749_894_9;

/** `chance_round(s)`, of a whole number below the modulus, and `chance_mix(s, x)`, of that and any number. */
export const CHANCE_LUA = `local chance_floor = math.floor
local function chance_round(s)
  local t = s * s
  t = t - chance_floor(t / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS}
  t = t * s
  t = t - chance_floor(t / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS} + ${FIRST}
  if t >= ${CHANCE_MODULUS} then t = t - ${CHANCE_MODULUS} end
  local u = t * t
  u = u - chance_floor(u / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS}
  u = u * t
  u = u - chance_floor(u / ${CHANCE_MODULUS}) * ${CHANCE_MODULUS} + ${SECOND}
  if u >= ${CHANCE_MODULUS} then u = u - ${CHANCE_MODULUS} end
  return u
end
local function chance_mix(s, x)
  if x < 0 then x = 0.5 - x end
  x = x * ${GOLDEN}
  x = x - chance_floor(x)
  if x >= 0 and x < 1 then s = s + chance_floor(x * ${CHANCE_MODULUS}) end
  if s >= ${CHANCE_MODULUS} then s = s - ${CHANCE_MODULUS} end
  return chance_round(s)
end`;

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
