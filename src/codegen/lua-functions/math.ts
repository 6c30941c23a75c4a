/** Functions of numbers in Lua, the twins of src/expr/runtime/math.ts. */

export const MATH_LUA = {
  f_abs: 'local f_abs = math.abs',
  f_floor: 'local f_floor = math.floor',
  f_ceil: 'local f_ceil = math.ceil',
  f_round: `local function f_round(x)
  local size = x < 0 and -x or x
  if not (size < 4503599627370496) then return x end
  local whole = floor(size)
  if size - whole >= 0.5 then whole = whole + 1 end
  if whole == 0 then return x * 0 end
  return x < 0 and -whole or whole
end`,
  f_roundQuotient: `local function f_roundQuotient(x, unit)
  local rest = fmod(x, unit)
  local whole = (x - rest) / unit
  if rest * 2 >= unit then return whole + 1 end
  return rest * 2 <= -unit and whole - 1 or whole + 0
end`,
  f_roundPlaces: `local function f_roundPlaces(x, unit)
  local rounded = f_round(x * unit) / unit
  return rounded - rounded == 0 and rounded or x
end`,
  f_roundTens: `local function f_roundTens(x, unit)
  local rounded = f_round(x / unit) * unit
  return rounded - rounded == 0 and rounded or 0
end`,
  f_roundWhole: 'local function f_roundWhole(x, unit) return f_roundQuotient(x, unit) * unit + 0 end',
  f_floorQuotient: 'local function f_floorQuotient(x, unit) return floor(x / unit) end',
  f_ceilQuotient: 'local function f_ceilQuotient(x, unit) return math.ceil(x / unit) + 0 end',
  f_sign: 'local function f_sign(x) return x > 0 and 1 or x < 0 and -1 or 0 end',
  f_sqrt: `local root = math.sqrt
local function f_sqrt(x)
  if x < 0 then fail('OUT_OF_RANGE', 'sqrt') end
  return root(x)
end`,
  f_intDiv: 'local function f_intDiv(a, b) return (a - fmod(a, b)) / b + 0 end',
  f_exp: 'local f_exp = math.exp',
  f_positive: `local function f_positive(x)
  if x < 0 then fail('OUT_OF_RANGE', 'lognegative') end
  if x == 0 then fail('OUT_OF_RANGE', 'logzero') end
  return x
end`,
  f_ln: 'local function f_ln(x) return math.log(f_positive(x)) end',
  // Lua 5.1 has no log2; powers of two are exact.
  f_log2: `local function f_log2(x)
  local m, e = math.frexp(f_positive(x))
  return m == 0.5 and e - 1 or math.log(x) / 0.6931471805599453
end`,
  f_log10: 'local function f_log10(x) return math.log10(f_positive(x)) end',
  f_angle: `local function f_angle(x)
  if x == INF or x == -INF then fail('OUT_OF_RANGE', 'angle') end
  return x
end`,
  f_sin: 'local function f_sin(x) return math.sin(f_angle(x)) end',
  f_cos: 'local function f_cos(x) return math.cos(f_angle(x)) end',
  f_tan: 'local function f_tan(x) return math.tan(f_angle(x)) end',
  f_atan2: 'local f_atan2 = math.atan2',
  f_pow: `local function f_pow(a, b)
  if a == 1 or (a == -1 and (b == INF or b == -INF)) then return 1 end
  return a ^ b
end`,
} as const;
