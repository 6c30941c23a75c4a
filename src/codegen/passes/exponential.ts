/**
 * exp(−a), ln(1 + t) and −ln p from + − × ÷ and floor alone, so that shards and clients come to the same bits, as those of C libraries need not.
 * exp as in fdlibm (Sun 1993; within 1 ulp); ln(1 + t) = 2 artanh(t / (2 + t)) by its series, whose rest after 16 terms is below 2^−55.
 */

const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;
const { LOG2E: LOG2_E } = Math;
/** Beyond it exp(−a) is taken for 0: it would be no normal number any more. */
const FARTHEST = 708;
/** Of x (exp(x) + 1) / (exp(x) − 1) − 2, a polynomial in x². */
const P = [
  1.6666666666666602e-1, -2.7777777777015593e-3, 6.613756321437934e-5, -1.6533902205465252e-6, 4.1381367970572385e-8,
] as const;
/** Of artanh(z) / z, a polynomial in z²: 1 / 31, 1 / 29, … */
const TERMS = 16;
const ODD = Array.from({ length: TERMS }, (_, i) => 1 / (2 * (TERMS - 1 - i) + 1));

/** `exp_minus(a)` for a ≥ 0, `log_plus(t)` for 0 ≤ t ≤ 1, and `minus_log(p)` for 0 < p ≤ 1. NaN gives NaN. */
export const EXPONENTIAL_LUA = `local halves = { [0] = 1 }
local function exp_minus(a)
  if a ~= a then return a end
  if a > ${FARTHEST} then return 0 end
  local k = math.floor(a * ${LOG2_E} + 0.5)
  local high, low = k * ${LN2_HIGH} - a, k * ${LN2_LOW}
  local x = high + low
  local t = x * x
  local c = x - t * (${P[0]} + t * (${P[1]} + t * (${P[2]} + t * (${P[3]} + t * ${P[4]}))))
  local y = 1 - (0 - low - x * c / (2 - c) - high)
  while not halves[k] do halves[#halves + 1] = halves[#halves] * 0.5 end
  return y * halves[k]
end
local function log_plus(t)
  local z = t / (2 + t)
  local q = z * z
  local s = 1 / ${2 * TERMS - 1}
  for odd = ${2 * TERMS - 3}, 1, -2 do s = s * q + 1 / odd end
  return 2 * z * s
end
local function minus_log(p)
  local k = 0
  while p < 0.5 do p = p * 2 k = k + 1 end
  return k * ${Math.LN2} + log_plus((1 - p) / p)
end`;

const halves = [1];

export function expMinus(a: number): number {
  if (Number.isNaN(a)) return a;
  if (a > FARTHEST) return 0;
  const k = Math.floor(a * LOG2_E + 0.5);
  const [high, low] = [k * LN2_HIGH - a, k * LN2_LOW];
  const x = high + low;
  const t = x * x;
  const c = x - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
  const y = 1 - (0 - low - (x * c) / (2 - c) - high);
  while (halves.length <= k) halves.push((halves[halves.length - 1] as number) * 0.5);
  return y * (halves[k] as number);
}

export function logPlus(t: number): number {
  const z = t / (2 + t);
  const q = z * z;
  let sum = ODD[0] as number;
  for (let i = 1; i < TERMS; i++) sum = sum * q + (ODD[i] as number);
  return 2 * z * sum;
}

/** −ln p, for 0 < p ≤ 1. */
export function minusLog(p: number): number {
  let [rest, k] = [p, 0];
  for (; rest < 0.5; k++) rest *= 2;
  return k * Math.LN2 + logPlus((1 - rest) / rest);
}
